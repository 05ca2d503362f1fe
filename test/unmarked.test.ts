import {
  createService,
  defineFamily,
  type Family,
  MASK,
  mlmodelServices,
  openBook,
  requestSchema,
  revealConnection,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'

const text = { type: 'string' }
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const closed = { additionalProperties: false }
const map = { type: 'object', additionalProperties: text }
const open = { type: 'object', additionalProperties: true }

const familyOf = (schema: object, unmarkedSecrets?: object) =>
  ({ entityType: 'aService', collection: 'as', serviceTypes: { A: schema }, unmarkedSecrets }) as unknown as Family

/** The config as a service shows it; what `revealConnection` shows is what went in. */
async function shown(family: Family, config: object, serviceType = 'A') {
  const book = openBook({ family, store: memoryStore() })
  const made = await createService(book, { name: 'a', serviceType, connection: { config: config as never } })
  expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toMatchObject(config)
  const { type: _, ...rest } = { ...made._unsafeUnwrap().connection?.config } as Record<string, unknown>
  return rest
}

const deep = { x: 's', y: [{ z: ['s', 1, true] }], n: { m: { k: 's' } } }
const masked = { x: MASK, y: [{ z: [MASK, 1, true] }], n: { m: { k: MASK } } }

describe('§1 freeTexts: every text of what a schema leaves open is secret', () => {
  test.each<[string, object, object, object]>([
    ['a map of texts', object({ m: map }, closed), { m: { a: 's' } }, { m: { a: MASK } }],
    ['a map of anything', object({ m: open }, closed), { m: deep }, { m: masked }],
    [
      'a map of open objects',
      object({ m: { type: 'object', additionalProperties: object({ d: text }) } }, closed),
      { m: { a: { d: 's' } } },
      { m: { a: { d: MASK } } },
    ],
    [
      'keys that an open object does not declare',
      object({ d: text }),
      { d: 'd', e: 's', f: deep },
      { d: 'd', e: MASK, f: masked },
    ],
    [
      'a field that may be anything',
      object({ a: {}, b: true }, closed),
      { a: deep, b: deep },
      { a: masked, b: masked },
    ],
    ['a list of anything', object({ a: { type: 'array' } }, closed), { a: ['s', deep] }, { a: [MASK, masked] }],
    [
      'in a list',
      object({ a: { type: 'array', items: object({ d: text }) } }, closed),
      { a: [{ d: 'd', e: 's' }] },
      { a: [{ d: 'd', e: MASK }] },
    ],
    [
      'in allOf',
      object({}, { allOf: [object({ d: text }), object({ e: text })] }),
      { d: 'd', e: 'e', f: 's' },
      { d: 'd', e: 'e', f: MASK },
    ],
  ])('%s', async (_, schema, given, wanted) => {
    expect(await shown(defineFamily(familyOf(schema, { freeTexts: true })), given)).toEqual(wanted)
    expect(await shown(familyOf(schema), given)).toEqual(given)
  })

  test('a key that one branch of a union declares is no unknown key of another one', async () => {
    const anyOf = [object({ d: text, s: { type: 'string', format: 'password' } }, closed), object({ kind: text })]
    const family = familyOf(object({ u: { anyOf } }, closed), { freeTexts: true })
    expect(await shown(family, { u: { kind: 'k', d: 'd', e: 's' } })).toEqual({ u: { kind: 'k', d: 'd', e: MASK } })
    expect(await shown(family, { u: { d: 'd', s: 's' } })).toEqual({ u: { d: 'd', s: MASK } })
  })

  test('type is no unknown key, and what is closed stays as it was', async () => {
    const book = openBook({ family: familyOf(object({}), { freeTexts: true }), store: memoryStore() })
    const made = await createService(book, { name: 'a', serviceType: 'A', connection: { config: {} } })
    expect(made._unsafeUnwrap().connection).toEqual({ config: { type: 'A' } })
    const family = familyOf(object({ d: text, l: { type: 'array', items: text } }, closed), { freeTexts: true })
    expect(await shown(family, { d: 'd', l: ['e'] })).toEqual({ d: 'd', l: ['e'] })
  })

  test('but for mapsOfNoSecrets, where only what is declared secret is', async () => {
    const fields = { m: map, filters: open, deep: object({ m: map }, closed) }
    const given = { m: { a: 'x' }, filters: { b: ['x'] }, deep: { m: { c: 'x' } } }
    const except = (...mapsOfNoSecrets: string[]) =>
      familyOf(object(fields, closed), { freeTexts: true, mapsOfNoSecrets })
    expect(await shown(except('filters', 'A/m'), given)).toEqual({ ...given, deep: { m: { c: MASK } } })
    expect(await shown(except('filters', 'm'), given)).toEqual(given)
  })
})

describe('§1 fields that no schema declares secret', () => {
  const fields = {
    token: text,
    key: text,
    deep: object({ token: text, key: text, list: { type: 'array', items: object({ token: text }) } }),
    m: map,
  }
  test('are named by the end of the path to them', async () => {
    const family = familyOf(object(fields), { fields: ['token', 'deep/key', 'A/m'] })
    const given = {
      token: 's',
      key: 'k',
      deep: { token: 's', key: 's', list: [{ token: 's' }] },
      m: { a: 's' },
      free: 'f',
    }
    const deep = { token: MASK, key: MASK, list: [{ token: MASK }] }
    expect(await shown(family, given)).toEqual({ token: MASK, key: 'k', deep, m: { a: MASK }, free: 'f' })
    expect(requestSchema(defineFamily(family), 'A')).toMatchObject({
      properties: {
        connection: { properties: { config: { properties: { token: { format: 'password' }, key: text } } } },
      },
    })
  })

  test.each<[object, string]>([
    [{ fields: ['tokn'] }, 'names tokn'],
    [{ mapsOfNoSecrets: ['ken'] }, 'names ken'],
    [{ fields: 'token' }, 'lists of names'],
    [{ freeTexts: 'yes' }, 'boolean'],
    [{ freeText: true }, 'freeText,'],
  ])('%j is refused', (unmarked, message) => {
    expect(() => defineFamily(familyOf(object(fields), unmarked))).toThrow(message)
  })
})

test('§1 ML model services: every text of a free map and of keys that an open object does not declare', async () => {
  const gcpConfig = { type: 'external_account', audience: 'a', credentialSource: { url: 's' } }
  expect(await shown(mlmodelServices, { location: 'l', credentials: { gcpConfig } }, 'VertexAI')).toMatchObject({
    credentials: { gcpConfig: { ...gcpConfig, credentialSource: { url: MASK } } },
  })
  const custom = { sourcePythonClass: 'x', connectionOptions: { a: 's' }, extra: deep }
  expect(await shown(mlmodelServices, custom, 'CustomMlModel')).toEqual({
    ...custom,
    supportsMetadataExtraction: true,
    connectionOptions: { a: MASK },
    extra: masked,
  })
})
