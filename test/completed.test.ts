import {
  bulkUpsert,
  createService,
  type Family,
  getService,
  MASK,
  openBook,
  patchService,
  revealConnection,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { testCipher } from './catalogue.js'

const text = { type: 'string' }
const password = { type: 'string', format: 'password' }
const object = (properties: object) => ({ type: 'object', properties, additionalProperties: false })
const familyOf = (schema: object) =>
  ({ entityType: 'aService', collection: 'as', serviceTypes: { A: schema } }) as unknown as Family
const request = (config: object, rest = {}) =>
  ({ name: 'a', serviceType: 'A', connection: { config }, ...rest }) as never

describe('§1 the same request after an upgrade is unchanged', () => {
  const older = object({
    host: text,
    password,
    deep: object({ a: text }),
    list: { type: 'array', items: object({ p: password, a: text }) },
  })
  const newer = object({
    host: text,
    password,
    ssl: { type: 'boolean', default: true },
    authString: { ...password, default: '' },
    deep: object({ a: text, b: { type: 'number', default: 1 } }),
    list: { type: 'array', items: object({ p: password, a: text, b: { ...text, default: 'new' } }) },
  })
  const config = {
    host: 'h',
    password: 'hush',
    deep: { a: 'x' },
    list: [
      { p: 'one', a: 'x' },
      { p: 'two', a: 'y' },
    ],
  }

  async function upgraded() {
    const store = memoryStore()
    await createService(openBook({ family: familyOf(older), store }), request(config))
    return openBook({ family: familyOf(newer), store })
  }

  test('a family that gains a default', async () => {
    const book = await upgraded()
    expect((await upsertService(book, request(config)))._unsafeUnwrap()).toMatchObject({
      outcome: 'unchanged',
      service: { version: 0.1 },
    })
    expect((await bulkUpsert(book, [request(config)]))._unsafeUnwrap().outcomes.unchanged).toBe(1)
    const patch = [{ op: 'replace' as const, path: '/connection/config', value: config }]
    expect((await patchService(book, 'a', patch))._unsafeUnwrap().outcome).toBe('unchanged')
    expect((await getService(book, 'a'))._unsafeUnwrap().version).toBe(0.1)
  })

  test('a change tells nothing of the defaults, and is stored with them', async () => {
    const book = await upgraded()
    const { service } = (await upsertService(book, request(config, { description: 'x' })))._unsafeUnwrap()
    expect(service.changeDescription).toMatchObject({
      fieldsAdded: [{ name: 'description' }],
      fieldsUpdated: [],
      fieldsDeleted: [],
    })
    expect(service.connection?.config).toMatchObject({ ssl: true, deep: { b: 1 } })
  })

  test('elements of lists are still the same, so that masks keep their secrets', async () => {
    const book = await upgraded()
    const list = [{ p: MASK, a: 'y' }]
    expect((await upsertService(book, request({ ...config, list })))._unsafeUnwrap().outcome).toBe('updated')
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toMatchObject({
      list: [{ p: 'two', a: 'y', b: 'new' }],
    })
  })
})

describe('§8 an empty text is no secret', () => {
  const family = familyOf(object({ authString: { ...password, default: '' }, host: text }))
  test('so that a durable store without a cipher takes a schema whose secret is empty by default', async () => {
    const book = openBook({ family, store: { ...memoryStore(), durable: true } })
    const made = (await createService(book, request({ host: 'h' })))._unsafeUnwrap()
    expect(made.connection).toEqual({ config: { type: 'A', authString: '', host: 'h' } })
    expect((await createService(book, request({ authString: 'x' }))).isErr()).toBe(true)
  })
})

describe('§8 a field that is a secret takes its own mask back', () => {
  const enumerated = { anyOf: [{ type: 'object' }, { ...password, pattern: '^k' }] }
  const schema = object({
    a: { ...password, pattern: '^hush' },
    b: { ...password, minLength: 12 },
    c: { ...password, maxLength: 4 },
    d: { ...password, enum: ['one', 'two'] },
    uri: { ...text, pattern: '^http://[a-z:]+@h$' },
    e: enumerated,
  })
  const config = { a: 'hush1', b: 'twelve chars', c: 'four', d: 'one', uri: 'http://u:pw@h', e: 'key' }
  const store = memoryStore()
  const book = openBook({ family: familyOf(schema), store, cipher: testCipher() })

  test('whatever else it must be, while what is not the mask is checked', async () => {
    const { connection } = (await createService(book, request(config)))._unsafeUnwrap()
    expect(connection?.config).toEqual({
      type: 'A',
      a: MASK,
      b: MASK,
      c: MASK,
      d: MASK,
      uri: `http://u:${MASK}@h`,
      e: MASK,
    })
    const again = { ...connection?.config }
    expect((await upsertService(book, request(again)))._unsafeUnwrap().outcome).toBe('unchanged')
    const { service } = (await upsertService(book, request(again, { description: 'x' })))._unsafeUnwrap()
    expect(service.description).toBe('x')
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toEqual({ type: 'A', ...config })
    for (const [wrong, key] of [
      [{ ...again, a: 'loud' }, 'a'],
      [{ ...again, d: 'three' }, 'd'],
      [{ ...again, uri: `https://u:${MASK}@h` }, 'uri'],
    ] as const) {
      const error = (await upsertService(book, request(wrong)))._unsafeUnwrapErr()
      expect(error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: `/connection/config/${key}` }] })
      expect(JSON.stringify(error)).not.toMatch(/hush1|twelve|pw@/)
    }
  })

  test('and a mask with nothing behind it is refused', async () => {
    const error = (
      await createService(book, { ...(request({ a: MASK }) as object), name: 'b' } as never)
    )._unsafeUnwrapErr()
    expect(error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/connection/config/a' }] })
  })
})
