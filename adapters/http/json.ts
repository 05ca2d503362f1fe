import type { Issue } from 'servicebook'
import { numberAt } from './numbers.js'

/*
 * JSON as RFC 8259 has it, and stricter in three things. A key that occurs twice in an object is refused, since what reads it
 * next may take the other one; so is a number that a JavaScript number cannot hold, since it would become another one; and
 * so is what is nested far deeper than any request, before the parser makes room for it.
 * Messages never show the text, which may hold a secret.
 */

export type Parsed = { readonly value: unknown } | { readonly issues: readonly Issue[] }

export function parse(text: string): Parsed {
  const { issues, tooDeep } = scan(text)
  if (tooDeep) return { issues: [{ path: '', message: `is nested deeper than ${DEPTH} levels` }] }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const [, position] = /at position (\d+)/.exec((error as Error).message) ?? []
    const where = position === undefined ? '' : `, at character ${position}`
    return { issues: [{ path: '', message: text.trim() === '' ? 'is empty' : `is not JSON${where}` }] }
  }
  return issues.length > 0 ? { issues } : { value }
}

/** Levels at most; a book allows fewer. */
const DEPTH = 100

/** Issues at most, of which there may be as many as there are characters. */
const ISSUES = 100

/** An object or a list that is open, with the key or index that is being read. */
interface Level {
  readonly keys: Set<string> | null
  at: string | number
}

/** What JSON is built of; comparing codes takes half the time of comparing texts. */
const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c] as const
const [MINUS, ZERO, NINE] = [0x2d, 0x30, 0x39] as const
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d] as const

/** The keys that occur again in one object, the numbers that would be rounded, and whether there are too many levels. What is no JSON is not its matter. */
function scan(text: string): { readonly issues: readonly Issue[]; readonly tooDeep: boolean } {
  const issues: Issue[] = []
  const levels: Level[] = []
  let level: Level | undefined
  /** Where the last string stands, quotes included. */
  let [from, to] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const { end, isRounded } = numberAt(text, at)
      if (isRounded && issues.length < ISSUES)
        issues.push({ path: pointerOf(levels), message: 'is a number that would be rounded' })
      at = end - 1
      continue
    }
    switch (code) {
      case QUOTE:
        from = at
        to = endOfString(text, at)
        at = to - 1
        break
      case COLON: {
        // Outside of strings only an object has a colon, behind a key.
        if (level === undefined || level.keys === null) break
        level.at = keyIn(text.slice(from + 1, to - 1))
        if (level.keys.has(level.at) && issues.length < ISSUES)
          issues.push({ path: pointerOf(levels), message: 'is there twice' })
        level.keys.add(level.at)
        break
      }
      case COMMA:
        if (typeof level?.at === 'number') level.at++
        break
      case OPEN_OBJECT:
      case OPEN_LIST:
        if (levels.length === DEPTH) return { issues, tooDeep: true }
        level = code === OPEN_LIST ? { keys: null, at: 0 } : { keys: new Set(), at: '' }
        levels.push(level)
        break
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        levels.pop()
        level = levels.at(-1)
    }
  }
  return { issues, tooDeep: false }
}

/** Behind the quote that ends the string which begins at `start`: the first with an even number of backslashes before. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote
    while (text.charCodeAt(before - 1) === BACKSLASH) before--
    if ((quote - before) % 2 === 0) return quote + 1
  }
  return text.length
}

function keyIn(text: string): string {
  if (!text.includes('\\')) return text
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return text // and the whole is no JSON
  }
}

/** An RFC 6901 JSON Pointer. */
function pointerOf(levels: readonly Level[]): string {
  return levels.map(({ at }) => `/${String(at).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
