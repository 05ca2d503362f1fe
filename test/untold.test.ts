// biome-ignore-all lint/suspicious/noThenProperty: a keyword of JSON Schema

import { createService, defineFamily, type Family, openBook, requestSchema, serviceSchema } from 'servicebook'
import { openApiDocument } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'

type Plain = Record<string, unknown>
const object = (properties: Plain, more: Plain = {}) => ({ type: 'object', properties, ...more })
const password = (more: Plain = {}) => ({ type: 'string', format: 'password', ...more })
const told = { default: 'hush', examples: ['hush'], enum: ['hush'] }

describe('S3 no schema tells the values of a field that is declared secret', () => {
  test.each<[string, Plain]>([
    ['a field', object({ s: password(told), c: password({ const: 'hush' }) })],
    [
      'beside a $ref',
      object({ s: { $ref: '#/$defs/S', default: 'hush', examples: ['hush'] } }, { $defs: { S: password() } }),
    ],
    ['behind a $ref', object({ s: { $ref: '#/$defs/S' } }, { $defs: { S: password(told) } })],
    [
      'a list and a map',
      object({ l: { type: 'array', items: password(told) }, m: { additionalProperties: password(told) } }),
    ],
    [
      'the default of what it is in',
      object({ f: object({ s: password() }, { default: { s: 'hush' }, examples: [{ s: 'hush' }] }) }),
    ],
    ['the same value of another branch', object({ s: { anyOf: [password(), { type: 'string', ...told }] } })],
    [
      'the same key of another branch',
      object({}, { oneOf: [object({ s: password() }), object({ s: { const: 'hush' } })] }),
    ],
    [
      'a map of another branch',
      object({}, { anyOf: [object({ s: password() }), { additionalProperties: { enum: ['hush'] } }] }),
    ],
    ['a pattern of keys', object({}, { patternProperties: { '^s': password({ enum: ['hush'] }) } })],
    ['then', object({ s: password() }, { if: object({ s: { const: 'hush' } }), then: { required: ['s'] } })],
    ['not', object({ s: password({ not: { const: 'hush' } }) })],
  ])('%s', (_, schema) => {
    const serviceTypes = { A: schema }
    const family = defineFamily({ entityType: 'aService', collection: 'as', serviceTypes } as unknown as Family)
    const book = openBook({ family, store: memoryStore() })
    const shown = [openApiDocument(book), requestSchema(family, 'A'), serviceSchema(family, 'A')]
    for (const one of shown) expect(JSON.stringify(one)).not.toContain('hush')
    expect(JSON.stringify(shown[0])).toContain('password')
  })

  test('nor does a refusal, while requests are still checked with them', async () => {
    const serviceTypes = { A: object({ s: password({ enum: ['hush', 'hush2'] }), c: password({ const: 'hush' }) }) }
    const family = { entityType: 'aService', collection: 'as', serviceTypes } as unknown as Family
    const book = openBook({ family, store: memoryStore() })
    const create = (s: string, c: string) =>
      createService(book, { name: 'a', serviceType: 'A', connection: { config: { s, c } as never } })
    const error = (await create('loud', 'loud'))._unsafeUnwrapErr()
    expect(error).toMatchObject({
      issues: ['s', 'c'].map((key) => ({ path: `/connection/config/${key}`, message: 'is not a value it may have' })),
    })
    expect(JSON.stringify(error)).not.toContain('hush')
    expect((await create('hush2', 'hush')).isOk()).toBe(true)
  })

  test('what is no secret is told as before', () => {
    const A = object({ k: { type: 'string', default: 'known' }, s: password() })
    const family = defineFamily({ entityType: 'aService', collection: 'as', serviceTypes: { A } } as unknown as Family)
    expect(JSON.stringify(serviceSchema(family, 'A'))).toContain('known')
    expect(JSON.stringify(openApiDocument(openBook({ family, store: memoryStore() })))).toContain('known')
  })
})
