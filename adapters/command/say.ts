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

/** Tells how far something is: a line that is drawn again on a terminal, nothing in a pipe, where its end is told. */
export function progress(what: string) {
  const isTerminal = process.stderr.isTTY === true
  return {
    at(count: number): void {
      if (isTerminal) process.stderr.write(`\r${what} ${count.toLocaleString('en')}`)
    },
    end(): void {
      if (isTerminal) process.stderr.write('\r\u001b[K')
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

/** Every reason of an error, a line each. */
export function reasonsOf(error: {
  readonly message: string
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
}): readonly string[] {
  return (error.issues?.map(({ path, message }) => `${path} ${message}`.trim()) ?? [error.message]).map(shown)
}
