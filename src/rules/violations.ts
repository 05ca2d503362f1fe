import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/schema'
import { Settings } from 'typebox/system'
import { branchOf } from '../families/defaults.js'
import { isSecretAt, type SecretPlaces } from '../families/places.js'
import { MASK } from '../model/credentials.js'
import type { Issue } from '../model/errors.js'
import { NAME_PATTERN, UUID_PATTERN } from '../model/fields.js'
import { maskText } from '../model/texts.js'
import { pointer } from './copy.js'
import { add, type Findings, findings } from './findings.js'

type SchemaError = ReturnType<Validator['Errors']>[1][number]

/** Whether a value fits its schema. A long text can be too much for a pattern that a host has in its; then it does not. */
export function fits(validator: Validator, value: unknown): boolean {
  try {
    return validator.Check(value)
  } catch {
    return false
  }
}

/**
 * Every violation of the schema, each once, in words, at the path of what is wrong. What was found before at a path is all
 * there is to say of it. What a text with a mask in it breaks is none: it stands for another text, which is checked when it
 * is known.
 */
export function addViolations(
  found: Findings,
  validator: Validator,
  value: unknown,
  places: SecretPlaces | null,
): void {
  const known = new Set(found.issues.map(({ path }) => path))
  const longest = Math.max(0, ...Array.from(known, (path) => path.length))
  const isKnown = (path: string) => path.length <= longest && known.has(path)
  const isDeferred = (error: SchemaError) => isOfMask(error, value)
  try {
    const meant = (error: SchemaError) => branchMeant(error, validator.Schema(), value)
    for (const error of nearestBranches(allErrors(validator, value), isDeferred, meant)) {
      if (isDeferred(error)) continue
      const wording = isValueOfSecret(error, places) ? untoldInWords(error) : inWords(error)
      for (const { message, path } of wording) if (!isKnown(path)) add(found, message, () => path)
    }
  } catch {
    add(found, 'cannot be checked, since a pattern of the schema is too much for it', () => '')
  }
}

/** The violations of a value by itself. */
export function violations(validator: Validator, value: unknown, places: SecretPlaces | null): readonly Issue[] {
  const found = findings()
  addViolations(found, validator, value, places)
  return found.issues
}

/**
 * TypeBox stops at eight errors unless told otherwise, and can be told only for the whole process. Where paths are long,
 * fewer are asked for: each has its own.
 */
function allErrors(validator: Validator, value: unknown): readonly SchemaError[] {
  const { maxErrors } = Settings.Get()
  Settings.Set({ maxErrors: Math.min(Math.max(Math.floor(PATHS / longestPath(value)), 16), 10_000) })
  try {
    return validator.Errors(value)[1]
  } finally {
    Settings.Set({ maxErrors })
  }
}

/** Characters in the paths of all errors. */
const PATHS = 2 ** 25

function longestPath(value: unknown): number {
  let longest = 1
  if (typeof value !== 'object' || value === null) return longest
  for (const [key, inner] of Object.entries(value)) longest = Math.max(longest, key.length + 1 + longestPath(inner))
  return longest
}

/**
 * A union reports the errors of all its branches, just before its own; only those of the branch that the caller meant
 * help. A list of unions has the same places in the schema for each of its elements.
 */
function nearestBranches(
  errors: readonly SchemaError[],
  isDeferred: (error: SchemaError) => boolean,
  meant: (error: SchemaError) => string,
): readonly SchemaError[] {
  const kept: SchemaError[] = []
  for (const error of errors) {
    if (error.keyword !== 'anyOf') {
      kept.push(error)
      continue
    }
    const inside = `${error.schemaPath}/anyOf/`
    let first = kept.length
    while (first > 0 && isWithin(kept[first - 1] as SchemaError, inside, error.instancePath)) first--
    const branches = new Map<string, SchemaError[]>()
    for (const inner of kept.splice(first)) {
      const branch = inner.schemaPath.slice(inside.length).split('/', 1)[0] ?? ''
      const those = branches.get(branch)
      if (those === undefined) branches.set(branch, [inner])
      else those.push(inner)
    }
    const far = (errors: readonly SchemaError[]) => distance(errors.filter((error) => !isDeferred(error)))
    const [nearest = [error]] = [...branches.values()].sort((a, b) => far(a) - far(b))
    for (const one of branches.get(meant(error)) ?? nearest) kept.push(one)
  }
  return kept
}

function isWithin({ schemaPath, instancePath }: SchemaError, inside: string, at: string): boolean {
  if (!schemaPath.startsWith(inside) || !instancePath.startsWith(at)) return false
  return instancePath.length === at.length || instancePath[at.length] === '/'
}

/** The branch whose defaults were filled in, by its place in the union. */
function branchMeant({ schemaPath, instancePath }: SchemaError, schema: unknown, value: unknown): string {
  const { anyOf = [] } = (valueAt(schema, schemaPath) ?? {}) as { anyOf?: readonly TSchema[] }
  const branch = branchOf(valueAt(value, instancePath), anyOf)
  return String(branch === undefined ? '' : anyOf.indexOf(branch))
}

/** What a JSON Pointer leads to. */
function valueAt(root: unknown, path: string): unknown {
  let found = root
  for (const key of keysOf(path)) {
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined
  }
  return found
}

/** A branch whose own `type` the value names is nearer than any other. */
function distance(errors: readonly SchemaError[]): number {
  return errors.length + (errors.some(({ keyword }) => keyword === 'const') ? 1000 : 0)
}

const patternsInWords = new Map([
  [NAME_PATTERN, 'must not hold "::" or a line break'],
  [UUID_PATTERN, 'must be a UUID'],
])

const OF_TEXTS: ReadonlySet<string> = new Set(['pattern', 'minLength', 'maxLength', 'enum', 'const'])

/** Whether an error is about a text that has a mask in it. */
function isOfMask({ keyword, instancePath }: SchemaError, value: unknown): boolean {
  if (!OF_TEXTS.has(keyword) || !instancePath.startsWith(CONFIG)) return false
  const text = valueAt(value, instancePath)
  return typeof text === 'string' && maskText(text)?.values.includes(MASK) === true
}

const keysOf = (path: string) =>
  path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

/** The values that a secret may have are not for whoever has sent another. */
function isValueOfSecret({ keyword, instancePath }: SchemaError, places: SecretPlaces | null): boolean {
  if (keyword !== 'enum' && keyword !== 'const') return false
  if (!instancePath.startsWith(CONFIG)) return false
  return isSecretAt(places, keysOf(instancePath.slice(CONFIG.length)))
}

const CONFIG = '/connection/config'

function untoldInWords({ instancePath }: SchemaError): readonly Issue[] {
  return [{ path: instancePath, message: 'is not a value it may have' }]
}

function inWords({ keyword, instancePath, params, message }: SchemaError): readonly Issue[] {
  const at = (text: string) => [{ path: instancePath, message: text }]
  switch (keyword) {
    case 'required':
      return params.requiredProperties.map((key) => ({ path: instancePath + pointer([key]), message: 'is required' }))
    case 'boolean':
      return at('is not a known field')
    case 'additionalProperties':
      return [] // each such property has an error of its own
    case 'enum':
      return at(`must be one of ${params.allowedValues.join(', ')}`)
    case 'const':
      return at(`must be ${JSON.stringify(params.allowedValue)}`)
    case 'type':
      return at(`must be ${/^[aeiou]/.test(String(params.type)) ? 'an' : 'a'} ${params.type}`)
    case 'pattern':
      return at(patternsInWords.get(String(params.pattern)) ?? `must match ${params.pattern}`)
    default:
      return at(message)
  }
}
