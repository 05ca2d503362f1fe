import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fateOf, thisThread } from './holder.js'
import { inUse, type Other, otherOf, othersIn } from './others.js'
import { every, pause } from './pace.js'

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
  /**
   * Said when every journal is there. Until then the guess outlives whoever made it: it stands in his lock, and whoever
   * removes that lock makes it his own.
   */
  renewed(): void
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
    const held = put(path.join(directory, `${randomUUID()}.lock`))
    let other: string | undefined
    try {
      const found = await others(directory, held.name)
      if (found.alive === undefined) return { ...held, guessed: takeFrom(directory, found, held) }
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

interface Held extends Omit<Lock, 'guessed'> {
  readonly name: string
  /** From here on the lock says that it rests on a guess, on disk too. */
  guess(): void
}

/** Puts down a file and gives signs of life in it. */
function put(file: string): Held {
  const name = path.basename(file)
  const holder = thisThread()
  let beat = 0
  /** What is said beside, and never taken back: the text, which is written in place, only grows. */
  const said: { guessed?: true; over?: true } = {}
  let owed = false
  const text = () => `${JSON.stringify({ ...holder, beat: String(beat).padStart(16, '0'), ...said })}\n`
  /** In place, and never made anew: somebody may have taken it. */
  const rewrite = (isSynced: boolean) => {
    const fd = fs.openSync(file, 'r+')
    try {
      fs.writeSync(fd, text(), 0)
      if (isSynced) fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  }
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
    tried(() => rewrite(false)) // one missed sign is none too many; who takes the directory is noticed where it counts
  })
  return {
    name,
    isHeld: () => fs.existsSync(file),
    guess() {
      said.guessed = true
      owed = true
      rewrite(true)
    },
    renewed() {
      owed = false
    },
    release() {
      stop()
      mine.set(name, 'released')
      if (owed) {
        said.over = true
        tried(() => rewrite(true))
      } else if (remove(file)) mine.delete(name)
    },
  }
}

interface Found {
  readonly alive?: string
  readonly dead: readonly Other[]
  /** Those of whom nothing is known, and who gave no sign of life. */
  readonly silent: readonly Other[]
}

/** Who else wants or has the directory. Nothing is removed yet: whoever steps back must not take a guess along. */
async function others(directory: string, own: string): Promise<Found> {
  const found = othersIn(directory, own).map((other) => ({ other, fate: fateOfOther(other) }))
  const alive = found.find(({ fate }) => fate === 'alive')
  if (alive !== undefined) return { alive: inUse(alive.other), dead: [], silent: [] }
  const dead = found.filter(({ fate }) => fate === 'dead').map(({ other }) => other)
  let silent = found.filter(({ fate }) => fate === 'unknown').map(({ other }) => other)
  for (let waited = 0; waited < PATIENCE && silent.length > 0; waited += STEP) {
    await pause(STEP)
    const now = silent.map(({ name }) => otherOf(directory, name))
    const woken = now.find((other, at) => other !== undefined && other.text !== silent[at]?.text)
    if (woken !== undefined) return { alive: inUse(woken), dead: [], silent: [] }
    silent = silent.filter((_, at) => now[at] !== undefined)
  }
  return { dead, silent }
}

/**
 * Removes the locks of the dead and of the silent, and answers whether that is a guess, its own or one that it inherits.
 * That is on disk before any lock goes: whoever ends in between has not hidden it. The dead are read once more, since they
 * may have written between the first look and their end.
 */
function takeFrom(directory: string, { dead, silent }: Found, held: Held): boolean {
  const guessed = silent.length > 0 || dead.some(({ name }) => otherOf(directory, name)?.guessed === true)
  if (guessed) held.guess()
  for (const { file } of silent) fs.rmSync(file, { force: true }) // whoever wakes up must see that it is gone
  for (const { file } of dead) remove(file)
  return guessed
}

function fateOfOther(other: Other): 'alive' | 'dead' | 'unknown' {
  const known = mine.get(other.name)
  if (known === 'held') return 'alive'
  return known === 'released' || other.over ? 'dead' : fateOfStranger(other)
}

/** That this thread lives proves nothing of what this code may hold in another realm of it. */
function fateOfStranger({ holder }: Other): 'alive' | 'dead' | 'unknown' {
  if (holder === 'empty') return 'unknown'
  const fate = fateOf(holder)
  const me = thisThread()
  return fate === 'alive' && holder.pid === me.pid && holder.thread === me.thread ? 'unknown' : fate
}

function remove(file: string): boolean {
  return tried(() => fs.rmSync(file, { force: true }))
}

function tried(step: () => void): boolean {
  try {
    step()
    return true
  } catch {
    return false
  }
}
