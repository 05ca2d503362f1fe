import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import type { Change, Fqn, ListQuery, Page, Service, Stored, VersionQuery } from 'servicebook'
import { appender } from './appender.js'
import { besideOf } from './beside.js'
import { type Compacted, copyLive } from './compact.js'
import { epochIn } from './front.js'
import { addDrop, addPut } from './line.js'
import { type Lock, mustHold } from './lock.js'
import { isSame, sightOf } from './look.js'
import { addTail, distrust, endWithMark } from './mark.js'
import { chainOf, type Index, isHeld, keptBelow, type Node, type recent, tenthsOf } from './node.js'
import type { Cut } from './open.js'
import { openedFile } from './opened.js'
import { placeOf } from './place.js'
import { readsOf } from './reads.js'
import { datasync, openForAppend, syncDirectory } from './sync.js'

/** An open file of a family, for writing or, in `reader.ts`, for reading alone. */
export interface Journal {
  readonly index: Index
  readonly cut: Cut | undefined
  load(fqns: readonly Fqn[]): Map<Fqn, Stored> | Promise<Map<Fqn, Stored>>
  commit(changes: readonly Change[]): Promise<readonly Fqn[]>
  find(id: string): Stored | undefined
  list(query: ListQuery): Page
  versions(fqn: Fqn, id: string, query: VersionQuery): readonly Service[]
  compact(): Promise<Compacted>
  close(): Promise<void>
}

/**
 * One family's file: the journal is the history. A commit is decided at once, on all that was accepted so far, and
 * answered when its lines are on disk. What is not yet on disk is never handed out: a crash must not take back what was
 * said.
 */
export async function openJournal(
  file: string,
  family: string,
  memory: ReturnType<typeof recent>,
  lock: Lock,
): Promise<Journal> {
  const { fd, size, index, cut, ...last } = await openedFile(file, family, lock)
  const epoch = epochIn(sightOf(fd).head)
  /** Whether the last line already says that everything before it is on disk. */
  let marked = last.marked
  /** Accepted and on its way to disk; `null` is a drop. */
  const pending = new Map<Fqn, Node | null>()
  /** The ids of these. */
  const coming = new Set<string>()
  const lines = appender<readonly [Fqn, Node | null]>(file, { fd, size }, written, () => {
    pending.clear()
    coming.clear()
  })
  const reads = readsOf(file, index, memory, lines.read)
  const { names } = reads
  /** While a compaction copies, the lines that were taken since it began. */
  let born: Node[] | undefined

  function written(entries: readonly (readonly [Fqn, Node | null])[]): void {
    marked = false
    for (const [fqn, node] of entries) {
      if (pending.get(fqn) === node) pending.delete(fqn)
      names.changed(fqn, index.get(fqn), node ?? undefined)
      if (node === null) index.delete(fqn)
      else {
        index.set(fqn, node)
        coming.delete(node.id)
      }
    }
  }

  /** Whether a service has this id, be it one that is still on its way to disk. */
  function isTaken(id: string): boolean {
    return coming.has(id) || names.fqnOf(id) !== undefined
  }

  /**
   * Puts the copy in the place of the journal. A rename that answers an error may have taken effect all the same, so the
   * path is looked at: when it can be told which of the two it leads to, that is what counts.
   */
  function rename(beside: string, place: string, copy: number, now: number): void {
    try {
      fs.renameSync(beside, place)
    } catch (cause) {
      if (isSame(file, sightOf(copy))) return
      if (isSame(file, sightOf(now))) throw cause
      throw lines.breaks('was compacted, and it cannot be told whether the new file is in its place', cause)
    }
  }

  function heldNow(fqn: Fqn): Node | null | undefined {
    const next = pending.get(fqn)
    return next === undefined ? index.get(fqn) : next
  }

  function accept(fqn: Fqn, held: Node | null | undefined, after: Stored | null): void {
    if (after === null) {
      lines.take([fqn, null], (to, synced) => addDrop(to, fqn, synced))
      pending.set(fqn, null)
      return
    }
    const { id, version, deleted } = after.service
    const tenths = tenthsOf(version)
    const older = keptBelow(tenths, held)
    const offset = lines.end()
    const node: Node = { id, revision: after.revision, tenths, deleted, offset, length: 0, older, stored: undefined }
    lines.take([fqn, node], (to, synced) => {
      node.length = addPut(to, after, synced)
    })
    born?.push(node)
    memory.keep(node, after)
    pending.set(fqn, node)
    coming.add(id)
  }

  function load(fqns: readonly Fqn[]): Map<Fqn, Stored> | Promise<Map<Fqn, Stored>> {
    lines.usable()
    if (pending.size > 0 && fqns.some((fqn) => pending.has(fqn))) {
      return lines.settled().then(
        () => load(fqns),
        () => load(fqns),
      )
    }
    return reads.load(fqns)
  }

  return {
    index,
    cut,
    load,

    async commit(changes: readonly Change[]): Promise<readonly Fqn[]> {
      lines.usable()
      const refused: Fqn[] = []
      for (const { before, after } of changes) {
        const fqn = ((after ?? before) as Stored).service.fullyQualifiedName
        const held = heldNow(fqn)
        if (isHeld(before, held) && !(before === null && after !== null && isTaken(after.service.id)))
          accept(fqn, held, after)
        else refused.push(fqn)
      }
      // A refusal may be due to what is not on disk yet, so it waits like an acceptance.
      await lines.settled()
      return refused
    },

    find(id: string): Stored | undefined {
      lines.usable()
      return reads.find(id)
    },

    list(query: ListQuery): Page {
      lines.usable()
      return reads.list(query)
    },

    versions(fqn: Fqn, id: string, query: VersionQuery): readonly Service[] {
      lines.usable()
      return reads.versions(fqn, id, query)
    },

    /** Copies what is still needed to a file beside, while appends go on, and puts that in its place. */
    async compact(): Promise<Compacted> {
      lines.usable()
      await lines.alone(async () => lines.look())
      const from = lines.size()
      born = [...pending.values()].flatMap((node) => chainOf(node).filter(({ offset }) => offset >= from))
      const place = placeOf(file)
      const beside = besideOf(place, randomUUID())
      const copy = openForAppend(beside)
      let sizes: Compacted | undefined
      try {
        const live = await copyLive(index.values(), lines.read, copy, family, epoch)
        await lines.alone(async (now, replace) => {
          const end = addTail(copy, live.size, lines.read(from, now.size - from))
          await datasync(copy)
          lines.look()
          mustHold(lock) // whoever took the directory copies from the file that he found
          rename(beside, place, copy, now.fd)
          // From the rename to here nothing waits: no read may see the index of one file and the bytes of the other.
          live.move()
          for (const node of born ?? []) node.offset += node.offset < now.size ? live.size - from : end - now.size
          replace({ fd: copy, size: end })
          sizes = { before: now.size, after: end }
          marked = true
          fs.close(now.fd, () => {})
          await syncDirectory(place).catch((cause) => {
            throw lines.breaks('was compacted, but its directory could not be synced', cause)
          })
        })
        return sizes as unknown as Compacted
      } catch (cause) {
        if (sizes === undefined) leave(copy, beside)
        throw cause
      } finally {
        born = undefined
      }
    },

    /** Everything is on disk, and the last line says so; where that is not known, it does not. */
    async close(): Promise<void> {
      await lines.settled().catch(() => {})
      try {
        if (marked !== lines.isBroken()) return
        await lines.alone(async ({ fd, size }) => {
          if (!lines.isInPlace()) return // the mark is for what this store has written, and it is not there
          if (marked) distrust(fd)
          else await endWithMark(file, fd, size)
        })
      } finally {
        lines.close()
      }
    },
  }
}

/** Lets go of a copy that is not needed; what fails then must not hide why. */
function leave(copy: number, beside: string): void {
  try {
    fs.closeSync(copy)
    fs.rmSync(beside, { force: true })
  } catch {
    // Removed when the journal is opened next.
  }
}
