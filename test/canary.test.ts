import fc from 'fast-check'
import {
  bulkUpsert,
  type ChangeEvent,
  createService,
  defineFamily,
  deleteService,
  type Family,
  getService,
  listServices,
  listVersions,
  MASK,
  openBook,
  patchService,
  restoreService,
  revealConnection,
  upsertService,
} from 'servicebook'
import { describe, expect, test } from 'vitest'
import { stores, testCipher } from './catalogue.js'

const text = { type: 'string' }
const map = { type: 'object', additionalProperties: true }
const properties = {
  uri: text,
  list: { type: 'array', items: text },
  map,
  deep: { type: 'object', properties: { uri: text, map } },
}
const family = defineFamily({
  entityType: 'canaryService',
  collection: 'canaryServices',
  serviceTypes: { A: { type: 'object', properties, additionalProperties: false } },
} as unknown as Family)

const words = [
  'password',
  'pwd',
  'passwd',
  'secret',
  'token',
  'sig',
  'signature',
  'access key',
  'api key',
  'sslpassword',
]
const spelt: ((word: string) => string)[] = [
  (word) => word,
  (word) => word.toUpperCase(),
  (word) => word.replace(' ', '_'),
  (word) => word.replace(' ', ''),
  (word) => `x-${word.replace(' ', '-')}`,
  (word) => `user${word[0]?.toUpperCase()}${word.slice(1).replace(/ (.)/, (_, first: string) => first.toUpperCase())}`,
]
const keys = fc.tuple(fc.constantFrom(...words), fc.constantFrom(...spelt)).map(([word, spell]) => spell(word))

/** A text around a canary: every form of credential. */
const forms: ((canary: string, key: string) => string)[] = [
  (canary) => `postgresql://ada:${canary}@db:5432/runs`,
  (canary) => `redis://:${canary}@cache`,
  (canary) => `https://${canary}@host/x`,
  (canary) => `http://u:${canary}@a,http://v:${canary}2@b`,
  (canary, key) => `postgresql://h/db?x=1&${encodeURIComponent(key)}=${canary}&y=2`,
  (canary, key) => `http://h/p;${encodeURIComponent(key)}=${canary};x=y`,
  (canary, key) => `Server=s;${key}=${canary};Encrypt=yes`,
  (canary, key) => `host=h ${key.replace(' ', '')}=${canary} user=u`,
  (canary, key) => `host=h ${key}='${canary} x' user=u`,
  (canary, key) => `mssql+pyodbc:///?odbc_connect=${encodeURIComponent(`DRIVER={x};${key}=${canary};UID=u`)}&a=b`,
  (canary, key) => `x=${encodeURIComponent(encodeURIComponent(`${key}=${canary}`))}`,
  (canary) => `x=${encodeURIComponent(`mysql://u:${canary}@h/x`)}`,
]

interface Canary {
  readonly canary: string
  readonly config: object
}

const canaries: fc.Arbitrary<Canary> = fc
  .tuple(fc.nat({ max: 999 }), keys, fc.constantFrom(...forms), fc.constantFrom(...forms), fc.nat({ max: 6 }))
  .map(([number, key, form, other, place]) => {
    const canary = `C4NARY${number}`
    const [one, two] = [form(canary, key), other(`${canary}b`, key)]
    const places: object[] = [
      { uri: one },
      { list: [one, 'plain', two] },
      { map: { [one]: 1, plain: two } },
      { map: { plain: { deeper: [one, { [two]: one }] } } },
      { deep: { uri: one, map: { [one]: { [two]: [two] } } } },
      { uri: one, list: [two], map: { [two]: true } },
      { map: { [one]: { [one]: one } } },
    ]
    return { canary, config: places[place] as object }
  })

describe.each(stores.filter(({ name }) => name !== 'postgres'))('on the $name store', ({ open }) => {
  test('S1 §8 no credential in a text leaves the request, whatever its form and place, and it comes back whole', async () => {
    await fc.assert(
      fc.asyncProperty(canaries, async ({ canary, config }) => {
        const { store, bytes, close } = await open()
        const events: ChangeEvent[] = []
        const onChange = (event: ChangeEvent) => void events.push(event)
        const book = openBook({ family, store, cipher: testCipher(), onChange })
        const request = (rest = {}, connection: unknown = { config }) =>
          ({ name: 'a', serviceType: 'A', connection, ...rest }) as never
        const seen: unknown[] = [await createService(book, request())]
        const made = (await getService(book, 'a'))._unsafeUnwrap()
        const revealed = async () => (await revealConnection(book, 'a'))._unsafeUnwrap()?.config
        expect(await revealed()).toEqual({ type: 'A', ...config })
        expect(JSON.stringify(made)).toContain(MASK)
        for (const again of [request(), request({}, made.connection)])
          expect((await upsertService(book, again))._unsafeUnwrap().outcome).toBe('unchanged')
        seen.push(await upsertService(book, request({ description: 'x' }, made.connection)))
        seen.push(
          await bulkUpsert(book, [
            request({ description: 'y' }),
            request({ nope: 1 }),
            request({}, { config, nope: 1 }),
          ]),
        )
        expect(await revealed()).toEqual({ type: 'A', ...config })
        seen.push(
          await createService(
            book,
            request({}, { config: { ...config, uri: 1, nope: config, ...(config as { map?: object }).map } }),
          ),
        )
        seen.push(
          await patchService(book, 'a', [{ op: 'add', path: '/connection/config/list', value: Object.values(config) }]),
        )
        seen.push(await patchService(book, 'a', [{ op: 'test', path: '/connection/config', value: config }]))
        seen.push(await deleteService(book, 'a'), await restoreService(book, 'a'), await getService(book, 'a'))
        seen.push(await listServices(book), await listVersions(book, 'a'), events, await bytes())
        expect(JSON.stringify(seen)).not.toContain(canary)
        seen.push(await upsertService(openBook({ family, store: { ...store, durable: true } }), request()))
        expect(JSON.stringify(seen)).not.toContain(canary)
        await close()
      }),
      { numRuns: 60 },
    )
  })
})

test('S1 §8 two keys that are the same once masked are refused at their path', async () => {
  const { store } = await (stores[0] as (typeof stores)[number]).open()
  const book = openBook({ family, store })
  const config = { map: { 'http://u:one@h': 1, 'http://u:two@h': 2 } }
  const error = (
    await createService(book, { name: 'a', serviceType: 'A', connection: { config } } as never)
  )._unsafeUnwrapErr()
  const path = `/connection/config/map/http:~1~1u:${MASK}@h`
  expect(error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path, message: expect.stringContaining('same key') }] })
  expect(JSON.stringify(error)).not.toMatch(/one@|two@/)
})

test('S1 §8 a long key is held and told once, however many secrets are under it', async () => {
  const { store } = await (stores[0] as (typeof stores)[number]).open()
  const book = openBook({ family, store })
  const long = 'k'.repeat(100_000)
  const under = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`k${at}`, 'password=hush']))
  const request = { name: 'a', serviceType: 'A', connection: { config: { map: { [long]: under } } } } as never
  const { id } = (await createService(book, request))._unsafeUnwrap()
  expect((await store.find('canaryService', id))?.sealed?.length).toBeLessThan(200_000)
  const durable = openBook({ family, store: { ...store, durable: true } })
  expect(JSON.stringify((await createService(durable, request))._unsafeUnwrapErr()).length).toBeLessThan(400_000)
  const twins = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`x?password=${at}`, 1]))
  const same = { name: 'a', serviceType: 'A', connection: { config: { map: { [long]: twins } } } } as never
  expect(JSON.stringify((await createService(book, same))._unsafeUnwrapErr()).length).toBeLessThan(400_000)
})

describe('S1 §8 what an older servicebook sealed', () => {
  const old = { '/uri': ['hush'], '/list/1': ['one', 'two'], '/map/http:~1~1u:pw@h/x': ['three'] }
  const config = {
    type: 'A',
    uri: `password=http://u:${MASK}@h;x=y`,
    list: ['x', `http://u:${MASK}@a?password=shown,http://u:${MASK}@b`],
    map: { 'http://u:pw@h': { x: `redis://:${MASK}@c` } },
  }
  const clear = {
    type: 'A',
    uri: 'password=http://u:hush@h;x=y',
    list: ['x', 'http://u:one@a?password=shown,http://u:two@b'],
    map: { 'http://u:pw@h': { x: 'redis://:three@c' } },
  }

  test('is revealed whole, and what was shown in clear is masked at the next upsert', async () => {
    const { store } = await (stores[0] as (typeof stores)[number]).open()
    const book = openBook({ family, store })
    const request = (config: object) => ({ name: 'a', serviceType: 'A', connection: { config } }) as never
    const { id } = (await createService(book, request({})))._unsafeUnwrap()
    const before = await store.find('canaryService', id)
    if (before === undefined) throw new Error('lost')
    const service = { ...before.service, connection: { config } } as never
    await store.commit('canaryService', [
      { before, after: { service, sealed: JSON.stringify(old), beside: null, revision: 2 } },
    ])
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toEqual(clear)
    const { service: masked } = (await upsertService(book, request(clear)))._unsafeUnwrap()
    expect(JSON.stringify(masked.connection)).not.toMatch(/pw@|shown|hush|one|two|three/)
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toEqual(clear)
  })

  test('is unchanged by the same request where nothing else is a secret today', async () => {
    const { store } = await (stores[0] as (typeof stores)[number]).open()
    const book = openBook({ family, store })
    const request = { name: 'a', serviceType: 'A', connection: { config: { uri: 'http://u:hush@h' } } } as never
    const { id } = (await createService(book, request))._unsafeUnwrap()
    const before = await store.find('canaryService', id)
    if (before === undefined) throw new Error('lost')
    const sealed = JSON.stringify({ '/uri': ['hush'] })
    await store.commit('canaryService', [{ before, after: { ...before, sealed, revision: 2 } }])
    expect((await upsertService(book, request))._unsafeUnwrap().outcome).toBe('unchanged')
  })
})
