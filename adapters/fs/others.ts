import fs from 'node:fs'
import path from 'node:path'
import { type Holder, thisThread } from './holder.js'
import { reason } from './reason.js'

/** A lock in the directory, whoever put it there. */
export interface Other {
  readonly name: string
  readonly file: string
  readonly text: string
  readonly holder: Holder | 'empty'
  /** Whoever put it took the directory from somebody who may wake up, and may not have put every journal elsewhere. */
  readonly guessed: boolean
  /** Whoever put it has let the directory go; it stays only to hand on what it guessed. */
  readonly over: boolean
}

const NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.lock$/

/** The locks that others have put in a directory. */
export function othersIn(directory: string, own: string): readonly Other[] {
  return fs
    .readdirSync(directory)
    .filter((name) => NAME.test(name) && name !== own)
    .flatMap((name) => otherOf(directory, name) ?? [])
}

/** A file with our name and our content; an empty one is what a power failure leaves of it. Any other is not ours. */
export function otherOf(directory: string, name: string): Other | undefined {
  const file = path.join(directory, name)
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR') return undefined
    throw new Error(`it cannot be told whose ${name} is: ${reason(cause)}`, { cause })
  }
  if (text.replaceAll('\0', '').trim() === '') return { name, file, text, holder: 'empty', guessed: false, over: false }
  const said = saidIn(text)
  return said && { name, file, text, ...said }
}

function saidIn(text: string): (Pick<Other, 'guessed' | 'over'> & { holder: Holder }) | undefined {
  try {
    const { host, pid, place = null, started = null, thread = null, threadStarted = null, ...rest } = JSON.parse(text)
    if (typeof host !== 'string' || !Number.isInteger(pid)) return undefined
    const holder = { host, pid, place, started, thread, threadStarted }
    return { holder, guessed: rest.guessed === true, over: rest.over === true }
  } catch {
    return undefined
  }
}

export function inUse({ holder, name }: Other): string {
  if (holder === 'empty') return `it is in use by whoever wrote ${name}`
  const { pid, host, place } = holder
  const here = place !== null && place === thisThread().place
  return `it is in use by process ${pid}${here && pid === process.pid ? ', this one' : here ? '' : ` on ${host}`}`
}
