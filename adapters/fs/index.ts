import fs from 'node:fs'
import path from 'node:path'
import type { ServiceStore } from 'servicebook'
import { nothingApplied, reason } from './appender.js'
import type { Compacted } from './compact.js'
import { type Journal, openJournal } from './journal.js'
import { lock } from './lock.js'
import { recent } from './node.js'
import type { Cut } from './open.js'

export type { Compacted, Cut }

export interface FsStoreOptions {
  /** Services kept in memory once read or written, in bytes of the file they stand in. Default 128 MiB. */
  readonly memory?: number
}

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
   * be written, another process has it, a file is damaged; the message says which. Nothing is changed then, and it may
   * be tried again. Also opens a store that was closed.
   */
  open(): Promise<FsStoreOpened>
  /** Waits for what is under way, and lets the directory go. Then the store answers nothing until it is opened again. */
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
 * The directory is made if there is none, and opened at first use. One process has it at a time; the lock of a process
 * that ended in any way is no obstacle. What it does not have in memory it reads from disk when it is asked for.
 *
 * When a write fails for want of room, verbs answer `STORE_FAILED` with `applied: false`, nothing of it stays, and the
 * next one may succeed. When a sync fails it is unknown what is on disk: the store refuses everything until it is closed
 * and opened again.
 *
 * @example
 * const store = fsStore('./services')
 * const book = openBook({ family: mlmodelServices, store })
 * await store.close()
 */
export function fsStore(directory: string, options: FsStoreOptions = {}): FsStore {
  const memory = recent(options.memory ?? 1 << 27)
  const journals = new Map<string, Promise<Journal>>()
  const ready = new Map<string, Journal>()
  let unlock: (() => void) | undefined
  let opening: Promise<FsStoreOpened> | undefined
  let closed = false
  let compacting: Promise<unknown> = Promise.resolve()

  async function openDirectory(): Promise<FsStoreOpened> {
    try {
      fs.mkdirSync(directory, { recursive: true })
      unlock = await lock(directory)
      for (const file of fs.readdirSync(directory)) {
        const family = path.basename(file, SUFFIX)
        if (file.endsWith(SUFFIX) && FAMILY.test(family) && isOurs(path.join(directory, file))) await journal(family)
      }
      const opened = [...ready.values()]
      const services = opened.reduce((sum, { index }) => sum + index.size, 0)
      return { services, cut: opened.flatMap(({ cut }) => cut ?? []) }
    } catch (cause) {
      await letGo()
      opening = undefined
      throw nothingApplied(new Error(`${directory} cannot be opened: ${reason(cause)}`, { cause }))
    }
  }

  async function letGo(): Promise<void> {
    const opened = [...ready.values()]
    ready.clear()
    journals.clear()
    try {
      await Promise.all(opened.map((journal) => journal.close()))
    } finally {
      unlock?.()
      unlock = undefined
    }
  }

  function journal(family: string): Promise<Journal> {
    const known = journals.get(family)
    if (known !== undefined) return known
    if (!FAMILY.test(family)) throw nothingApplied(new Error('A family is named by letters and digits'))
    const opened = openJournal(path.join(directory, family + SUFFIX), family, memory)
    journals.set(family, opened)
    opened.then(
      (journal) => ready.set(family, journal),
      () => journals.delete(family),
    )
    return opened
  }

  /** At once where the file is open already, which spares a memory-fast answer a wait. */
  function of<T>(family: string, answer: (journal: Journal) => T | Promise<T>): T | Promise<T> {
    const open = ready.get(family)
    if (open !== undefined) return answer(open)
    return (async (): Promise<T> => {
      await atUse()
      return await answer(await journal(family))
    })()
  }

  function atUse(): Promise<FsStoreOpened> {
    return closed ? Promise.reject(nothingApplied(new Error(`The store in ${directory} is closed`))) : open()
  }

  function open(): Promise<FsStoreOpened> {
    closed = false
    opening ??= openDirectory()
    return opening
  }

  return {
    durable: true,
    load: (family, fqns) => of(family, (journal) => journal.load(fqns)),
    commit: (family, changes) => of(family, (journal) => journal.commit(changes)),
    find: (family, id) => of(family, (journal) => journal.find(id)),
    list: (family, query) => of(family, (journal) => journal.list(query)),
    versions: (family, fqn, id, query) => of(family, (journal) => journal.versions(fqn, id, query)),

    open,

    async close() {
      closed = true
      await opening?.catch(() => {})
      await compacting.catch(() => {})
      opening = undefined
      await letGo()
    },

    async compact() {
      await atUse()
      const all = compacting
        .catch(() => {})
        .then(async () => {
          const sizes = { before: 0, after: 0 }
          for (const journal of ready.values()) {
            const { before, after } = await journal.compact()
            sizes.before += before
            sizes.after += after
          }
          return sizes
        })
      compacting = all
      return all
    },
  }
}

const SUFFIX = '.jsonl'
const FAMILY = /^[A-Za-z][A-Za-z0-9]*$/

/** What services are called in OpenMetadata; a file of that name is refused, not passed over, when it is no journal. */
const OF_SERVICES = /Service\.jsonl$/
const BEGINNING = '{"format":"servicebook/'

/** Whether a file of the directory claims to be a journal, by its name or by how it begins. Others are left alone. */
function isOurs(file: string): boolean {
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return false
  if (OF_SERVICES.test(file)) return true
  const start = Buffer.alloc(BEGINNING.length)
  const fd = fs.openSync(file, 'r')
  try {
    fs.readSync(fd, start, 0, start.length, 0)
  } finally {
    fs.closeSync(fd)
  }
  return start.toString('latin1') === BEGINNING
}
