import fs from 'node:fs'
import os from 'node:os'

/**
 * A thread of a process, told apart from any other that ever had its numbers. Times of start are in the clock of the
 * system; what the system does not say is `null`, and then nothing is proved by it.
 */
export interface Holder {
  /** For people only: two machines, or two containers, may have one name. */
  readonly host: string
  readonly pid: number
  /**
   * Where a pid means what it means here: this start of the machine, this namespace of pids, and this one of times, by
   * which starts are told.
   */
  readonly place: string | null
  readonly started: string | null
  /** The thread in the system's numbers: a worker thread may end while its process goes on. */
  readonly thread: number | null
  readonly threadStarted: string | null
}

export function thisThread(): Holder {
  const place = thisPlace()
  const thread = place === null ? null : Number(linkOf('/proc/thread-self')?.split('/').at(-1) ?? Number.NaN)
  const known = thread !== null && Number.isInteger(thread) ? thread : null
  return {
    host: os.hostname(),
    pid: process.pid,
    place,
    started: place === null ? null : stateOf(`/proc/${process.pid}/stat`).started,
    thread: known,
    threadStarted: known === null ? null : stateOf(`/proc/${process.pid}/task/${known}/stat`).started,
  }
}

/**
 * What can be proved of a holder from here. Only in one namespace of pids and since one start of the machine do numbers
 * say anything: there a process, or a thread, that is gone, that is a zombie, or that started at another time is dead,
 * and any other lives. Of everybody else it is unknown.
 */
export function fateOf({ pid, place, started, thread, threadStarted }: Holder): 'alive' | 'dead' | 'unknown' {
  if (place === null || started === null || place !== thisPlace()) return 'unknown'
  const process = fateOfOne(`/proc/${pid}/stat`, started)
  if (process !== 'alive' || thread === null || threadStarted === null) return process
  return fateOfOne(`/proc/${pid}/task/${thread}/stat`, threadStarted)
}

function fateOfOne(file: string, then: string): 'alive' | 'dead' | 'unknown' {
  const { gone, zombie, started } = stateOf(file)
  if (gone || zombie) return 'dead'
  if (started === null) return 'unknown'
  return started === then ? 'alive' : 'dead'
}

/** `null` unless `/proc` is that of the namespace this process is in, whole and open to it. */
function thisPlace(): string | null {
  if (linkOf('/proc/self') !== String(process.pid)) return null
  const boot = textOf('/proc/sys/kernel/random/boot_id')?.trim()
  const pids = linkOf('/proc/self/ns/pid')
  // Others' processes may be hidden: then that one is not seen says nothing. The first one is always there.
  if (!boot || pids === null || stateOf('/proc/1/stat').started === null) return null
  return `${boot} ${pids} ${linkOf('/proc/self/ns/time') ?? ''}`
}

/** Of the fields behind the name in parentheses, which may hold anything: the 1st is the state, the 20th the start. */
function stateOf(file: string): { gone: boolean; zombie: boolean; started: string | null } {
  try {
    const stat = fs.readFileSync(file, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { gone: false, zombie: fields[0] === 'Z' || fields[0] === 'X', started: fields[19] ?? null }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { gone: code === 'ENOENT' || code === 'ESRCH', zombie: false, started: null }
  }
}

function textOf(file: string): string | null {
  try {
    return fs.readFileSync(file, 'latin1')
  } catch {
    return null
  }
}

function linkOf(file: string): string | null {
  try {
    return fs.readlinkSync(file)
  } catch {
    return null
  }
}
