import fs from 'node:fs'
import path from 'node:path'
import type { ServiceStore } from 'servicebook'
import type { Compacted } from './compact.js'
import { type Journal, openJournal } from './journal.js'
import { type Lock, lock } from './lock.js'
import { recent } from './node.js'
import type { Cut } from './open.js'
import { checked, type FsStoreOptions } from './options.js'
import { FAMILY, familiesIn, SUFFIX } from './ours.js'
import { emptyReader, noLock, openReader, readOnlyIn } from './reader.js'
import { nothingApplied, reason } from './reason.js'

export type { Compacted, Cut, FsStoreOptions }

/** What was found in the directory. */
export interface FsStoreOpened {
  /** How many services there are, of all families, soft-deleted ones included. */
  readonly services: number
  /** Ends of writes that a crash interrupted, cut off and kept in a file beside. Empty after an orderly end. */
  readonly cut: readonly Cut[]
}

/** A store in a directory. */
export interface FsStore extends ServiceStore {
  /**
   * Opens the directory now rather than at first use, and tells what was found. Rejects when it cannot be had: it cannot
   * be written or synced, another process has it, a file is damaged; the message says which. No service is changed then,
   * and it may be tried again. Also opens a store that was closed.
   *
   * A file that was not closed in order is put in a new one, synced, before anything builds on it: what the system shows
   * of it may never have reached the disk. That takes as much room again, for the moment. A torn end is kept in a file
   * beside first, once, however often opening is tried.
   */
  open(): Promise<FsStoreOpened>
  /**
   * Waits for what is under way, and lets the directory go. Then the store answers nothing until it is opened again.
   * Rejects when a file could not be synced at its end; the directory is free all the same, and nothing that was answered
   * before is taken back.
   */
  close(): Promise<void>
  /**
   * Rewrites each file without what no longer counts: services that were removed, versions that were dropped, secrets
   * that were replaced. Reads and writes go on meanwhile. A crash at any moment leaves either the old file or the new
   * one, and both hold every write that was answered. Rejects when there is no room, and then nothing has changed.
   */
  compact(): Promise<Compacted>
}

/**
 * A store in a directory on disk, for one process at a time: one file of JSON Lines per family, which holds every
 * version of every service and can be read with `jq`. A write is answered when it is on disk (`fdatasync`); concurrent
 * writes share that wait.
 *
 * The directory is made if there is none, and opened at first use. A relative one is meant from where the process is when
 * the store is made. One process has it at a time. One that ended in any way is no
 * obstacle: at once where that is proved, which takes Linux, one container and one start of the machine; elsewhere when
 * it has given no sign of life for 30 seconds, for which opening waits. Whoever was silent for so long and wakes up
 * acknowledges nothing more. What it does not have in memory it reads from disk when it is asked for.
 *
 * When a write fails for want of room, verbs answer `STORE_FAILED` with `applied: false`, nothing of it stays, and the
 * next one may succeed. When a sync fails it is unknown what is on disk: the store refuses everything until it is closed
 * and opened again. So too when a file is moved, replaced, cut or written to by anything else: that is noticed before a
 * write is answered, the write ends with `applied: 'unknown'`, and nothing more is answered as written.
 *
 * Throws `TypeError` when the directory is no path, or an option is not known or not what it must be.
 *
 * @example
 * const store = fsStore('./services')
 * const book = openBook({ family: mlmodelServices, store })
 * await store.close()
 */
export function fsStore(where: string, options: FsStoreOptions = {}): FsStore {
  checked(where, options)
  const directory = path.resolve(where)
  const readOnly = options.readOnly === true
  const memory = recent(options.memory ?? 1 << 27)
  /** What was asked for last, while the store is open or being opened. */
  let opening: Promise<Session> | undefined
  /** What is open: a memory-fast answer asks it without a wait. */
  let current: Session | undefined
  /** One opening or closing at a time, in the order in which they were asked for. */
  let turn: Promise<unknown> = Promise.resolve()
  let closed = false

  async function openDirectory(): Promise<Session> {
    let session: Session | undefined
    try {
      if (!readOnly) fs.mkdirSync(directory, { recursive: true })
      const opened = newSession(readOnly ? noLock : await lock(directory))
      session = opened
      // Each takes hold of its file at once, so that what is only read is of one moment.
      await Promise.all(familiesIn(directory).map((family) => journal(opened, family)))
      opened.held.renewed()
      if (readOnly) opened.seen = new Set(fs.readdirSync(directory))
      return session
    } catch (cause) {
      if (session !== undefined) await letGo(session).catch(() => {}) // what fails then must not hide why
      throw nothingApplied(new Error(`${directory} cannot be opened: ${reason(cause)}`, { cause }))
    }
  }

  /** Also of the files that are being opened at this moment: nothing may be open when another process has the lock. */
  async function letGo(session: Session): Promise<void> {
    session.over = true
    await session.compacting.catch(() => {})
    const journals = await Promise.allSettled(session.journals.values())
    const ended = await Promise.allSettled(
      journals.map((opened) => (opened.status === 'fulfilled' ? opened.value.close() : undefined)),
    )
    session.held.release()
    for (const end of ended) if (end.status === 'rejected') throw end.reason
  }

  function journal(session: Session, family: string): Promise<Journal> {
    if (session.over) throw overIn(directory)
    const known = session.journals.get(family)
    if (known !== undefined) return known
    if (!FAMILY.test(family)) throw nothingApplied(new Error('A family is named by letters and digits'))
    const opened = openFile(session, family)
    session.journals.set(family, opened)
    opened.then(
      (journal) => session.ready.set(family, journal),
      () => session.journals.delete(family),
    )
    return opened
  }

  function openFile({ held, seen }: Session, family: string): Promise<Journal> {
    const file = path.join(directory, family + SUFFIX)
    if (!readOnly) return openJournal(file, family, memory, held)
    return seen?.has(family + SUFFIX) === false
      ? Promise.resolve(emptyReader(file, memory))
      : openReader(file, family, memory)
  }

  /** At once where the file is open already, which spares a memory-fast answer a wait. */
  function of<T>(family: string, answer: (journal: Journal) => T | Promise<T>): T | Promise<T> {
    const open = current?.ready.get(family)
    if (open !== undefined) return answer(open)
    return (async (): Promise<T> => {
      const session = await atUse()
      const opened = await journal(session, family).catch((cause) => {
        const file = path.join(directory, family + SUFFIX)
        throw nothingApplied(new Error(`${file} cannot be opened: ${reason(cause)}`, { cause }))
      })
      if (session.over) throw overIn(directory)
      return await answer(opened)
    })()
  }

  function atUse(): Promise<Session> {
    return closed ? Promise.reject(overIn(directory)) : begin()
  }

  function begin(): Promise<Session> {
    closed = false
    if (opening !== undefined) return opening
    const asked = turn.catch(() => {}).then(openDirectory)
    opening = asked
    turn = asked.catch(() => {}) // whoever asked is told
    asked.then(
      (session) => {
        if (opening === asked) current = session
      },
      () => {
        if (opening === asked) opening = undefined
      },
    )
    return asked
  }

  return {
    durable: true,
    chunk: 250,
    load: (family, fqns) => of(family, (journal) => journal.load(fqns)),
    commit: (family, changes) =>
      readOnly ? Promise.reject(readOnlyIn(directory)) : of(family, (journal) => journal.commit(changes)),
    find: (family, id) => of(family, (journal) => journal.find(id)),
    list: (family, query) => of(family, (journal) => journal.list(query)),
    versions: (family, fqn, id, query) => of(family, (journal) => journal.versions(fqn, id, query)),

    async open() {
      const opened = [...(await begin()).ready.values()]
      const services = opened.reduce((sum, { index }) => sum + index.size, 0)
      return { services, cut: opened.flatMap(({ cut }) => cut ?? []) }
    },

    async close() {
      closed = true
      const last = opening
      opening = undefined
      if (current !== undefined) current.over = true
      current = undefined
      if (last !== undefined) {
        // Whatever fails to open has let go of the directory by itself.
        turn = turn.catch(() => {}).then(() => last.then(letGo, () => {}))
      }
      await turn
    },

    async compact() {
      if (readOnly) throw readOnlyIn(directory)
      const session = await atUse()
      if (session.over) throw overIn(directory)
      const all = session.compacting
        .catch(() => {})
        .then(async () => {
          const sizes = { before: 0, after: 0 }
          for (const journal of session.ready.values()) {
            const { before, after } = await journal.compact()
            sizes.before += before
            sizes.after += after
          }
          return sizes
        })
      session.compacting = all
      return all
    },
  }
}

/** From an opening of the directory to its closing. */
interface Session {
  readonly held: Lock
  readonly journals: Map<string, Promise<Journal>>
  /** Those that are open. */
  readonly ready: Map<string, Journal>
  compacting: Promise<unknown>
  /** What was in the directory when it was opened for reading only, once that is known: what comes later is not there. */
  seen?: ReadonlySet<string>
  /** Nothing more is taken: it was closed, or is about to be. */
  over: boolean
}

function newSession(held: Lock): Session {
  return { held, journals: new Map(), ready: new Map(), compacting: Promise.resolve(), over: false }
}

function overIn(directory: string): Error {
  return nothingApplied(new Error(`The store in ${directory} is closed`))
}
