import type { Book } from '../book.js'
import type { ServiceStore } from '../ports/store.js'
import { oneForAllCopies } from './copies.js'

const turns = oneForAllCopies('turns/1', () => new WeakMap<ServiceStore, Map<string, Promise<unknown>>>())

/**
 * Single writes of one name take turns within a process, so that they never refuse each other. `work` is told whether it
 * had to wait for others.
 */
export async function inTurn<T>(book: Book, name: string, work: (waited: boolean) => Promise<T>): Promise<T> {
  const tails = turns.get(book.store) ?? new Map<string, Promise<unknown>>()
  turns.set(book.store, tails)
  const key = `${book.family.entityType} ${name}`
  const before = tails.get(key)
  const late = () => work(true)
  const mine = before === undefined ? work(false) : before.then(late, late)
  tails.set(key, mine)
  try {
    return await mine
  } finally {
    if (tails.get(key) === mine) tails.delete(key)
  }
}
/*
 * The timers as they were when the package was imported: a test runner that fakes them later would keep a verb waiting for
 * ever, while no test means to control how a verb yields.
 */
const later = globalThis.setTimeout.bind(globalThis)
const soon = globalThis.setImmediate?.bind(globalThis) ?? ((work: () => void) => later(work, 0))

/** Lets timers, sockets and signals have their turn, also between two chunks of a store that never waits. */
export function breath(): Promise<void> {
  return new Promise((resolve) => soon(resolve))
}

/** Up to 64 ms, longer the more often the race was lost, and never the same for two rivals. */
export function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => later(resolve, Math.random() * Math.min(2 ** attempt, 64)))
}
