import { styleText } from 'node:util'
import type { ChangeDescription } from 'servicebook'

/*
 * What people are told: results on stdout, progress on stderr, each a line of its own in a pipe.
 */

type Style = 'green' | 'yellow' | 'red' | 'dim'

/** A line on stdout, in colour on a terminal. */
export function say(text = '', style?: Style): void {
  const isColoured = style !== undefined && process.stdout.isTTY === true && !process.env.NO_COLOR
  console.log(isColoured ? styleText(style, text) : text)
}

/** Text of others, in which nothing moves the cursor or ends the line. */
export function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

const BAR = 24

/**
 * Tells how far something is: a bar that is drawn again on a terminal, or a count where nobody knows how much there is;
 * nothing in a pipe, where its end is told.
 */
export function progress(what: string, output: NodeJS.WriteStream = process.stderr) {
  let drawn = 0
  return {
    /** Whether somebody sees it. */
    isSeen: output.isTTY === true,
    /** `part` of 1 is all. */
    at(count: number, part?: number): void {
      if (output.isTTY !== true || Date.now() - drawn < 40) return
      drawn = Date.now()
      const filled = Math.round(BAR * Math.min(1, part ?? 0))
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${Math.floor(100 * Math.min(1, part ?? 0))} % `
      output.write(`\r\u001b[K${what} ${part === undefined ? '' : bar}${count.toLocaleString('en')}`)
    },
    end(): void {
      if (drawn > 0) output.write('\r\u001b[K')
      drawn = 0
    },
  }
}

const LONGEST = 100

/** A change, a line for each value that is another: `path: "old" → "new"`. */
export function linesOf({ fieldsAdded, fieldsUpdated, fieldsDeleted }: ChangeDescription): readonly string[] {
  return [...fieldsAdded, ...fieldsUpdated, ...fieldsDeleted].flatMap(({ name, oldValue, newValue }) => {
    const lines = differences(name, oldValue, newValue)
    // Two masks look the same.
    return lines.length > 0 ? lines : [`${shown(name)}: a secret is another`]
  })
}

function differences(path: string, before: unknown, after: unknown): readonly string[] {
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((key) => differences(`${path}/${key}`, before[key], after[key]))
  }
  const [old, now] = [before, after].map((value) => (value === undefined ? undefined : brief(JSON.stringify(value))))
  if (before !== undefined && after !== undefined && JSON.stringify(before) === JSON.stringify(after)) return []
  if (old === undefined) return [`${shown(path)}: + ${now}`]
  return now === undefined ? [`${shown(path)}: - ${old}`] : [`${shown(path)}: ${old} → ${now}`]
}

function brief(text: string): string {
  const characters = Array.from(shown(text))
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : characters.join('')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** What the library says of a cipher, which is a key to whoever calls the command. */
const CIPHER = /give the book a cipher.*$/s
const KEY = 'set SERVICEBOOK_KEY, 32 bytes in base64, to seal it with'

/** Every reason of an error, a line each. */
export function reasonsOf(error: {
  readonly message: string
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}): readonly string[] {
  const reasons = error.issues?.map(({ path, message }) => `${path} ${message}`.trim()) ?? [error.message]
  return reasons.map((reason) => shown(reason.replace(CIPHER, KEY)))
}
