import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/compile'
import { Settings } from 'typebox/system'
import { branchOf } from '../families/defaults.js'
import { isSecretAt, type SecretPlaces } from '../families/places.js'
import type { Issue } from '../model/errors.js'
import { NAME_PATTERN, UUID_PATTERN } from '../model/service.js'
import { MASK, maskText } from '../model/texts.js'
import { pointer } from './copy.js'

type SchemaError = ReturnType<Validator['Errors']>[number]

/** Whether a value fits its schema. A long text can be too much for a pattern that a host has in its; then it does not. */
export function fits(validator: Validator, value: unknown): boolean {
  try {
    return validator.Check(value)
  } catch {
    return false
  }
}

/**
 * Every violation of the schema, each once, in words, at the path of what is wrong. What a text with a mask in it breaks is
 * none: it stands for another text, which is checked when it is known.
 */
export function violations(validator: Validator, value: unknown, places: SecretPlaces | null): readonly Issue[] {
  try {
    const isDeferred = (error: SchemaError) => isOfMask(error, value)
    const meant = (error: SchemaError) => branchMeant(error, validator.Type(), value)
    return nearestBranches(allErrors(validator, value), isDeferred, meant).flatMap((error) => {
      if (isDeferred(error)) return []
      return isValueOfSecret(error, places) ? untoldInWords(error) : inWords(error)
    })
  } catch {
    return [{ path: '', message: 'cannot be checked, since a pattern of the schema is too much for it' }]
  }
}

/** TypeBox stops at eight errors unless told otherwise, and can be told only for the whole process. */
function allErrors(validator: Validator, value: unknown): readonly SchemaError[] {
  const { maxErrors } = Settings.Get()
  Settings.Set({ maxErrors: Number.MAX_SAFE_INTEGER })
  try {
    return validator.Errors(value)
  } finally {
    Settings.Set({ maxErrors })
  }
}

/** A union reports the errors of all its branches; only those of the branch that the caller meant help. */
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
    const first = kept.findIndex(({ schemaPath, instancePath }) => {
      return schemaPath.startsWith(inside) && instancePath.startsWith(error.instancePath)
    })
    const branches = new Map<string, SchemaError[]>()
    for (const inner of first === -1 ? [] : kept.splice(first)) {
      const branch = inner.schemaPath.slice(inside.length).split('/', 1)[0] ?? ''
      branches.set(branch, [...(branches.get(branch) ?? []), inner])
    }
    const far = (errors: readonly SchemaError[]) => distance(errors.filter((error) => !isDeferred(error)))
    const [nearest] = [...branches.values()].sort((a, b) => far(a) - far(b))
    kept.push(...(branches.get(meant(error)) ?? nearest ?? [error]))
  }
  return kept
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
