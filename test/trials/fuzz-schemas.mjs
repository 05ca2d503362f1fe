import fc from 'fast-check'
import { createService, defineFamily, listServices, openBook } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expectThat } from './check.mjs'
import { anything, mutated } from './mutate.mjs'
import { sizeOf, timely } from './timely.mjs'

/* Families of any schema: refused as a mistake in the program, or taken, and then every request has an answer. */

const keyword = fc.constantFrom(
  'type',
  'properties',
  'required',
  'additionalProperties',
  'anyOf',
  'oneOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
  '$ref',
  '$defs',
  'items',
  'prefixItems',
  'contains',
  'patternProperties',
  'default',
  'const',
  'enum',
  'format',
  'pattern',
  'dependentSchemas',
  '$dynamicRef',
  'minimum',
  '__proto__',
)
const schemas = fc.letrec((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      true,
      false,
      { type: 'string' },
      { type: 'string', format: 'password' },
      { type: 'number' },
      { $ref: '#/$defs/a' },
      { $ref: '#' },
    ),
    fc.dictionary(keyword, fc.oneof(tie('schema'), anything, fc.array(tie('schema'), { maxLength: 3 })), {
      maxKeys: 3,
    }),
    fc
      .dictionary(fc.constantFrom('a', 'b', 'password', '__proto__'), tie('schema'), { maxKeys: 3 })
      .map((properties) => ({ type: 'object', properties })),
  ),
})).schema

async function familyAnswers(schema, config) {
  let family
  try {
    family = await timely(sizeOf(schema), () =>
      defineFamily({ entityType: 'oneService', collection: 'oneServices', serviceTypes: { One: schema } }),
    )
  } catch (error) {
    return expectThat(error instanceof TypeError, () => `defineFamily threw ${error}`)
  }
  const book = openBook({ family, store: memoryStore() })
  const answer = await timely(sizeOf(schema) + sizeOf(config), () =>
    createService(book, { name: 'a', serviceType: 'One', connection: { config } }),
  )
  if (answer.isOk()) return
  const { code, message } = answer.error
  expectThat(code === 'BAD_REQUEST', () => `answered ${code}: ${message}`)
  const { services } = (await listServices(book))._unsafeUnwrap()
  expectThat(services.length === 0, 'what was refused is there')
}

export const fuzzSchemas = {
  name: 'schemas',
  runs: 200,
  property: () =>
    fc.asyncProperty(schemas, mutated(fc.constantFrom({ a: 'x', b: 1, password: 'p' }, {})), familyAnswers),
}
