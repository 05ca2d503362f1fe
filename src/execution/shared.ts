import type { Fqn } from '../model/fqn.js'
import type { Awaitable, Change, ServiceStore, Stored } from '../ports/store.js'
import { isThenable } from './thenable.js'
import { weightOf } from './weight.js'

/*
 * Store calls of single verbs that come together travel together, as DataLoader does it. This stands behind the loop: each
 * verb asks the policy, the directory and the cipher by itself, in its own time and context, and only its load and its
 * commit wait for company. They depart one microtask late, so that a lone caller waits for nothing; those that come while
 * calls are under way gather until one is back.
 */

type Shared = Pick<ServiceStore, 'load' | 'commit'>

const KEY = Symbol.for('servicebook.shared')

/** One for all copies of this package in the process, as the names are of whom they serve. */
function crossings(): WeakMap<ServiceStore, Map<string, Shared>> {
  const all = globalThis as { [KEY]?: WeakMap<ServiceStore, Map<string, Shared>> }
  all[KEY] ??= new WeakMap()
  return all[KEY]
}

/** What single verbs load and commit by. A store inside a transaction of the host serves each caller by himself. */
export function shared(store: ServiceStore, family: string): Shared {
  if (store.provisional) return store
  const stores = crossings()
  let families = stores.get(store)
  if (families === undefined) {
    families = new Map()
    stores.set(store, families)
  }
  let crossing = families.get(family)
  if (crossing === undefined) {
    crossing = crossingOf(store, family)
    families.set(family, crossing)
  }
  return crossing
}

function crossingOf(store: ServiceStore, family: string): Shared {
  const load = ferry<Fqn, ReadonlyMap<Fqn, Stored>>({
    send: (fqns) => store.load(family, fqns),
    nameOf: (fqn) => fqn,
    weigh: () => 0,
    // Whatever a load dies of, it has written nothing.
    isHarmless: () => true,
    rows: store.chunk,
    startsWaiting: store.durable,
  })
  const commit = ferry<Change, readonly Fqn[]>({
    send: (changes) => store.commit(family, changes),
    nameOf: ({ before, after }) => ((after ?? before) as Stored).service.fullyQualifiedName,
    weigh: weightOf,
    isHarmless: (cause) => (cause as { applied?: unknown } | null | undefined)?.applied === false,
    rows: store.chunk,
    startsWaiting: store.durable,
  })
  return { load: (_, fqns) => load(fqns), commit: (_, changes) => commit(changes) }
}

/** About as many characters as a chunk of a bulk has, whose names are as many as the store likes. */
const CHARACTERS = 8 * 2 ** 20

/** Calls under way at once. One that hangs keeps others from company, not from departing, until all of them do. */
const LANES = 4

interface Ferry<T, A> {
  send(all: readonly T[]): Awaitable<A>
  nameOf(one: T): Fqn
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

function ferry<T, A>({ send, nameOf, weigh, isHarmless, rows, startsWaiting }: Ferry<T, A>) {
  /** Whether the store made its last caller wait. While it does not, there is nothing to share. */
  let waits = startsWaiting
  let sailing = 0
  let called = false
  let waiting: Passenger<T, A>[] = []

  /** One microtask late, for who comes in the same turn. */
  function call(): void {
    if (called) return
    called = true
    queueMicrotask(() => {
      called = false
      while (waiting.length > 0 && sailing < LANES) sail(boarded())
    })
  }

  /** Takes the passengers that came first, as far as there is room; a name cannot travel twice. */
  function boarded(): readonly Passenger<T, A>[] {
    const names = new Set<Fqn>()
    let weight = 0
    let count = 0
    for (const passenger of waiting) {
      weight += passenger.weight
      const isFull = names.size + passenger.all.length > rows || weight > CHARACTERS
      if (count > 0 && (isFull || passenger.all.some((one) => names.has(nameOf(one))))) break
      for (const one of passenger.all) names.add(nameOf(one))
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
