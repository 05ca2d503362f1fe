import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fateOf, type Holder, thisThread } from './holder.js'
import { every, pause } from './pace.js'
import { reason } from './reason.js'

/** Every so many milliseconds a holder gives a sign of life. */
export const BEAT = 5_000
/** Whoever has given none for so long, of whom nothing else can be known, is taken for dead. */
export const PATIENCE = 30_000
const STEP = 1_000

/** What a process that has a directory holds. */
export interface Lock {
  /**
   * Whether it was taken from somebody who is not proved dead, and may wake up. Then every journal is put where he does
   * not write (`renew.ts`).
   */
  readonly guessed: boolean
  /** Whether it is still held: somebody who waited without a sign of life may have taken it. */
  isHeld(): boolean
  release(): void
}

/** Asked right before each step that puts a file in the place of another: it may be somebody else's by now. */
export function mustHold(lock: Lock): void {
  if (!lock.isHeld()) throw new Error('it was taken by another process, which found no sign of life in this one')
}

/**
 * What this thread holds or has let go: of that it needs no proof, and a file that could not be removed is no obstacle.
 * One for all copies of this code that are loaded in it, as ESM and as CommonJS.
 */
const mine = inThread(Symbol.for('servicebook/directories/1'), () => new Map<string, 'held' | 'released'>())

function inThread<T>(key: symbol, make: () => T): T {
  const thread = globalThis as unknown as Record<symbol, T | undefined>
  thread[key] ??= make()
  return thread[key]
}

/**
 * Makes this process the only one that writes in a directory. Every process that wants the directory puts down a file
 * of its own and then looks for others: of two that come at once at least one sees the other and steps back. Whoever is
 * proved dead is no obstacle; whoever is proved alive is an error that names him. Of anybody else, in another container
 * or on another machine, signs of life are waited for: one is an error, none for `PATIENCE` and the directory is taken.
 * The wait is counted in steps, so that no clock that is put forward, and no sleep of the machine, shortens it.
 */
export async function lock(directory: string): Promise<Lock> {
  for (let attempt = 1; ; attempt++) {
    const file = path.join(directory, `${randomUUID()}.lock`)
    const held = put(file)
    let other: string | undefined
    try {
      const found = await others(directory, path.basename(file))
      if (found.alive === undefined) return { ...held, guessed: found.guessed }
      other = found.alive
    } catch (cause) {
      held.release()
      throw cause
    }
    held.release()
    // Two that came at once have both stepped back; whoever comes again first has it.
    if (attempt === 4) throw new Error(other)
    await pause(Math.random() * 10 * attempt)
  }
}

/** Puts down a file and gives signs of life in it. */
function put(file: string): Omit<Lock, 'guessed'> {
  const name = path.basename(file)
  const holder = thisThread()
  let beat = 0
  const text = () => `${JSON.stringify({ ...holder, beat: String(beat).padStart(16, '0') })}\n`
  try {
    // Renamed into place, so that nobody ever reads half of it.
    fs.writeFileSync(`${file}.new`, text(), { mode: 0o600 })
    fs.renameSync(`${file}.new`, file)
  } catch (cause) {
    // Left there, it would keep others out.
    for (const left of [file, `${file}.new`]) remove(left)
    throw cause
  }
  mine.set(name, 'held')
  const stop = every(BEAT, () => {
    beat++
    try {
      // In place, and never made anew: somebody may have taken it.
      const fd = fs.openSync(file, 'r+')
      try {
        fs.writeSync(fd, text(), 0)
      } finally {
        fs.closeSync(fd)
      }
    } catch {
      // One missed sign is none too many; who takes the directory is noticed where it counts.
    }
  })
  return {
    isHeld: () => fs.existsSync(file),
    release() {
      stop()
      mine.set(name, 'released')
      if (remove(file)) mine.delete(name)
    },
  }
}

interface Other {
  readonly name: string
  readonly file: string
  readonly text: string
  readonly holder: Holder | 'empty'
}

/** Who lives in the directory; when nobody, whether that is a guess. The files of the dead are removed. */
async function others(directory: string, own: string): Promise<{ alive?: string; guessed: boolean }> {
  const unknown: Other[] = []
  for (const name of fs.readdirSync(directory)) {
    if (!NAME.test(name) || name === own) continue
    const other = read(directory, name)
    if (other === undefined) continue
    const fate = mine.get(name) === 'held' ? 'alive' : mine.has(name) ? 'dead' : fateOfOther(other)
    if (fate === 'alive') return { alive: inUse(other), guessed: false }
    if (fate === 'dead') remove(other.file)
    else unknown.push(other)
  }
  if (unknown.length === 0) return { guessed: false }
  let silent: readonly Other[] = unknown
  for (let waited = 0; waited < PATIENCE && silent.length > 0; waited += STEP) {
    await pause(STEP)
    const now = silent.map(({ name }) => read(directory, name))
    const woken = now.find((other, at) => other !== undefined && other.text !== silent[at]?.text)
    if (woken !== undefined) return { alive: inUse(woken), guessed: false }
    silent = silent.filter((_, at) => now[at] !== undefined)
  }
  for (const { file } of silent) fs.rmSync(file, { force: true }) // whoever wakes up must see that it is gone
  return { guessed: silent.length > 0 }
}

/** That this thread lives proves nothing of what this code may hold in another realm of it. */
function fateOfOther({ holder }: Other): 'alive' | 'dead' | 'unknown' {
  if (holder === 'empty') return 'unknown'
  const fate = fateOf(holder)
  const me = thisThread()
  return fate === 'alive' && holder.pid === me.pid && holder.thread === me.thread ? 'unknown' : fate
}

const NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.lock$/

/** A file with our name and our content; an empty one is what a power failure leaves of it. Any other is not ours. */
function read(directory: string, name: string): Other | undefined {
  const file = path.join(directory, name)
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR') return undefined
    throw new Error(`it cannot be told whose ${name} is: ${reason(cause)}`, { cause })
  }
  if (text.replaceAll('\0', '').trim() === '') return { name, file, text, holder: 'empty' }
  const holder = holderIn(text)
  return holder && { name, file, text, holder }
}

function holderIn(text: string): Holder | undefined {
  try {
    const { host, pid, place = null, started = null, thread = null, threadStarted = null } = JSON.parse(text)
    if (typeof host !== 'string' || !Number.isInteger(pid)) return undefined
    return { host, pid, place, started, thread, threadStarted }
  } catch {
    return undefined
  }
}

function inUse({ holder, name }: Other): string {
  if (holder === 'empty') return `it is in use by whoever wrote ${name}`
  const { pid, host, place } = holder
  const here = place !== null && place === thisThread().place
  return `it is in use by process ${pid}${here && pid === process.pid ? ', this one' : here ? '' : ` on ${host}`}`
}

function remove(file: string): boolean {
  try {
    fs.rmSync(file, { force: true })
    return true
  } catch {
    return false
  }
}
