import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/schema'
import { type TestConnectionResult, testConnectionResultSchema } from '../model/beside.js'
import { type BadRequest, badRequest } from '../model/errors.js'
import { maskedText } from '../model/texts.js'
import { frozenCopy } from './copy.js'
import type { Limits } from './limits.js'
import { opened, type Shape, shapeOf } from './shape.js'
import { addViolations } from './violations.js'

/*
 * What is reported of a test of a connection, checked like a request. It is shown to whoever may see the service, and what
 * a driver says of a failure may repeat what it was given: all of it is masked. Source: `semantics.md` §1, §7.
 */

let checks: { readonly shape: Shape; readonly validator: Validator } | undefined

/** The result as it is kept; or what is wrong with what was passed. */
export function checkedResult(given: unknown, limits: Limits): TestConnectionResult | BadRequest {
  checks ??= checksOf(testConnectionResultSchema())
  const { shape, validator } = checks
  const { value, found } = frozenCopy(given, shape, limits)
  if (found.issues.every(({ path }) => path !== '')) addViolations(found, validator, value, null)
  if (found.issues.length > 0) return badRequest(found.issues, found.more)
  return masked(value) as TestConnectionResult
}

function checksOf(schema: TSchema) {
  return { shape: shapeOf(schema), validator: Compile(opened(schema)) }
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(masked))
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)])))
}
