import { err, ok, type Result } from 'neverthrow'
import { type BadRequest, badRequest } from './errors.js'

/** A fully qualified name, quoted where it must be. */
export type Fqn = string

/*
 * Fully qualified names. Source: OpenMetadata's FullyQualifiedName, newest form (wrap in quotes, double inner quotes);
 * `semantics.md` §2. Names are raw: a service named `"a"` and one named `a` are two services.
 */

const PLAIN_PART = /[^."]+/y

function quote(name: string): string {
  return name.includes('.') || name.includes('"') ? `"${name.replaceAll('"', '""')}"` : name
}

function unquote(part: string): string {
  return part.length > 1 && part.startsWith('"') && part.endsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part
}

function build(names: readonly string[]): string {
  return names.map(quote).join('.')
}

function split(text: string): Result<readonly string[], BadRequest> {
  const parts: string[] = []
  let at = 0
  do {
    const part = text[at] === '"' ? quotedPart(text, at) : plainPart(text, at)
    if (part === undefined) return err(badRequest([{ path: '', message: 'is not a well-formed FQN' }]))
    parts.push(part)
    at += part.length
  } while (text[at++] === '.')
  return at > text.length ? ok(parts) : err(badRequest([{ path: '', message: 'is not a well-formed FQN' }]))
}

function plainPart(text: string, at: number): string | undefined {
  PLAIN_PART.lastIndex = at
  return PLAIN_PART.exec(text)?.[0]
}

/** Up to the first quote that is not doubled; a part of nothing is none. */
function quotedPart(text: string, at: number): string | undefined {
  for (let quote = text.indexOf('"', at + 1); quote !== -1; quote = text.indexOf('"', quote + 2)) {
    if (text[quote + 1] !== '"') return quote === at + 1 ? undefined : text.slice(at, quote + 1)
  }
  return undefined
}

/** Whether a text is a well-formed FQN; without quotes that takes no parsing. */
export function isFqn(text: string): boolean {
  if (text.includes('"')) return split(text).isOk()
  return text !== '' && !text.startsWith('.') && !text.endsWith('.') && !text.includes('..')
}

function parent(text: string): Result<string | null, BadRequest> {
  return split(text).map((parts) => (parts.length > 1 ? parts.slice(0, -1).join('.') : null))
}

function root(text: string): Result<string | null, BadRequest> {
  return split(text).map((parts) => (parts.length > 1 ? (parts[0] ?? null) : null))
}

/** Fully qualified names: built from raw names, taken apart again. A malformed FQN is an error value, never a throw. */
export const fqn = {
  /**
   * The FQN of a path of raw names. `fqn.split(fqn.build(names))` gives the names back, quoted where they must be.
   *
   * @example fqn.build(['a.b', 'model']) // '"a.b".model'
   */
  build,
  /**
   * The parts of an FQN, each still quoted as it stands there; `BAD_REQUEST` when it is malformed.
   *
   * @example fqn.split('"a.b".model') // ok(['"a.b"', 'model'])
   */
  split,
  /**
   * A raw name as one part of an FQN: wrapped in `"` when it holds `.` or `"`, inner `"` doubled.
   *
   * @example fqn.quote('a.b') // '"a.b"'
   */
  quote,
  /**
   * The raw name of one part.
   *
   * @example fqn.unquote('"a""b"') // 'a"b'
   */
  unquote,
  /**
   * The FQN without its last part; `null` for a single part; `BAD_REQUEST` when it is malformed.
   *
   * @example fqn.parent('a."b.c".d') // ok('a."b.c"')
   */
  parent,
  /**
   * The first part of an FQN of at least two; `null` for a single part, as on the OpenMetadata server; `BAD_REQUEST`
   * when it is malformed.
   *
   * @example fqn.root('a.b') // ok('a')
   */
  root,
}

/** How a verb names a service: by id, by raw name, or by a string that is an FQN if it parses as one part, else a raw name. */
export type Subject = string | { readonly id: string } | { readonly name: string }

/**
 * The FQN that a plain string means: a string that parses as one part is an FQN, any other is a raw name.
 *
 * @example fqnOf('a.b') // '"a.b"', as is fqnOf('"a.b"')
 */
export function fqnOf(text: string): string {
  const parts = split(text)
  return parts.isOk() && parts.value.length === 1 ? quote(unquote(text)) : quote(text)
}
