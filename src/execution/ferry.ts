import type { Awaitable } from '../ports/store.js'
import { isThenable } from './thenable.js'

/*
 * What takes the calls of one method of a store across, in company. Its words: passengers wait, board and arrive.
 */

/** About as many characters as a chunk of a bulk has, whose names are as many as the store likes. */
const CHARACTERS = 8 * 2 ** 20

/** Calls under way at once; what comes while all are gathers, which is where the gain is. While one hangs, the other goes on. */
const LANES = 2

/** The method, and what has to be known of what it is given. */
interface Ferry<T, A> {
  send(all: readonly T[]): Awaitable<A>
  weigh(one: T): number
  /** Whether a failure left nothing behind, so that each call may be sent again by itself. */
  isHarmless(cause: unknown): boolean
  readonly rows: number
  readonly startsWaiting: boolean
}

/** A call that waits to be sent with others. */
interface Passenger<T, A> {
  readonly all: readonly T[]
  readonly weight: number
  arrive(answer: Awaitable<A>): void
  fail(cause: unknown): void
}

/**
 * The method in company: calls depart one microtask late with all that wait by then, at most `LANES` at once, each as full as
 * `rows` and `CHARACTERS` allow.
 */
export function ferry<T, A>({ send, weigh, isHarmless, rows, startsWaiting }: Ferry<T, A>) {
  /** Whether the store made its last caller wait. While it does not, there is nothing to share. */
  let waits = startsWaiting
  let sailing = 0
  let called = false
  let waiting: Passenger<T, A>[] = []

  /** One microtask late, for who comes in the same turn. */
  function call(): void {
    if (called) return
    called = true
    // By a promise: nobody can fake those.
    Promise.resolve().then(() => {
      called = false
      while (waiting.length > 0 && sailing < LANES) sail(boarded())
    })
  }

  /** Takes the passengers that came first, as far as there is room. A name is in one of them alone: they take turns. */
  function boarded(): readonly Passenger<T, A>[] {
    let taken = 0
    let weight = 0
    let count = 0
    for (const passenger of waiting) {
      taken += passenger.all.length
      weight += passenger.weight
      if (count > 0 && (taken > rows || weight > CHARACTERS)) break
      count++
    }
    const aboard = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return aboard
  }

  async function sail(aboard: readonly Passenger<T, A>[]): Promise<void> {
    sailing++
    try {
      const answer = send(aboard.length === 1 ? (aboard[0] as Passenger<T, A>).all : aboard.flatMap(({ all }) => all))
      waits = isThenable(answer)
      const arrived = waits ? await answer : answer
      for (const { arrive } of aboard) arrive(arrived)
    } catch (cause) {
      if (aboard.length > 1 && isHarmless(cause)) for (const passenger of aboard) alone(passenger)
      else for (const { fail } of aboard) fail(cause)
    }
    sailing--
    if (waiting.length > 0) call()
  }

  /** What one of them was refused for must not hit the others. */
  function alone({ all, arrive, fail }: Passenger<T, A>): void {
    try {
      arrive(send(all))
    } catch (cause) {
      fail(cause)
    }
  }

  return (all: readonly T[]): Awaitable<A> => {
    if (!waits) {
      const answer = send(all)
      waits = isThenable(answer)
      return answer
    }
    return new Promise<A>((arrive, fail) => {
      waiting.push({ all, weight: all.reduce((sum, one) => sum + weigh(one), 0), arrive, fail })
      call()
    })
  }
}
