import { createRequire } from 'node:module'
import vm from 'node:vm'
import { EdgeVM } from '@edge-runtime/vm'
import { build } from 'esbuild'
import { Window } from 'happy-dom'
import { mlmodelServices, openBook, upsertService } from 'servicebook'
import * as ciphers from 'servicebook/cipher'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { utf8Length } from '../src/rules/limits.js'
import { LIFE, lifeOf } from './realm.js'

/* Test environments and frames are realms of their own, with classes of their own, and not all of them have everything (V7). */

/** What every test environment has beside the language itself; jest's jsdom has no encoder, and no structuredClone. */
const least = { setTimeout, clearTimeout, crypto, atob, btoa, console }

/** The built package in one text. */
const packed = build({
  stdin: {
    contents: ['index', 'memory', 'http', 'postgres'].map((entry) => `export * from './dist/${entry}.js'`).join('\n'),
    resolveDir: process.cwd(),
  },
  alias: { servicebook: './dist/index.js' },
  bundle: true,
  write: false,
  format: 'iife',
  globalName: 'servicebook',
  logLevel: 'error',
})

/** What `expression` returns in a realm of its own, in which the package is. */
async function inRealm(expression: string, context = vm.createContext({ ...least })): Promise<unknown> {
  const { outputFiles } = await packed
  vm.runInContext(outputFiles[0]?.text as string, context)
  return vm.runInContext(`(async () => { ${expression} })()`, context)
}

test('V7 the built package is imported, validates, writes and reads where there is little beside the language', async () => {
  const shown = await inRealm(`
    const { memoryStore, mlmodelServices, openBook, upsertService, listServices, bulkUpsert, patchService } = servicebook
    const store = { ...memoryStore() }
    const book = openBook({ family: mlmodelServices, store })
    const rows = ['ü', '\\u{1f600}', 'c'].map((name) => ({ name, serviceType: 'Mlflow' }))
    const report = await bulkUpsert(book, rows)
    const first = (await listServices(book, { limit: 2 })).value
    const next = (await listServices(book, { limit: 2, after: first.paging.after })).value
    const refused = await upsertService(book, { name: 'a::', serviceType: 'Mlflow', description: 'ü'.repeat(3e6) })
    const changed = await patchService(book, 'c', [{ op: 'add', path: '/description', value: 'x' }])
    return [
      report.value.status, ...first.services.map(({ name }) => name), ...next.services.map(({ name }) => name),
      refused.error.issues.map(({ path }) => path).join(), changed.value.outcome,
    ].join(' ')`)
  expect(shown).toBe('success c ü 😀 /description,/name updated')
})

test('V7 postgresStore is made where there is no encoder, and counts the bytes of names all the same', async () => {
  const answers = await inRealm(`
    const made = (schema) => {
      try { return servicebook.postgresStore({ query() {} }, { schema }).durable } catch (error) { return error.message }
    }
    return ['ä'.repeat(31), '😀'.repeat(15), '€'.repeat(21), 'ä'.repeat(32), '😀'.repeat(16), '€'.repeat(22)].map(made).join()`)
  const refused = 'schema must be text of at most 63 bytes, without NUL'
  expect(answers).toBe(['true', 'true', 'true', refused, refused, refused].join())
})

// It brings no types.
const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
  JSDOM: new (html: string, options: object) => { getInternalVMContext(): vm.Context }
}

const realms = {
  jsdom() {
    const dom = new JSDOM('', { runScripts: 'outside-only' })
    const context = dom.getInternalVMContext()
    // It has neither encoders nor `fetch`; hosts that test HTTP in it hand it those of Node.
    return Object.assign(context, { TextEncoder, TextDecoder, Request, Response, Headers, ReadableStream })
  },
  'happy-dom': () => vm.createContext(new Window() as object),
  'the edge runtime': () => new EdgeVM().context as vm.Context,
}

test.each(Object.keys(realms) as (keyof typeof realms)[])(
  'V7 the built package lives in %s, with its own classes',
  async (name) => {
    const context = realms[name]()
    Object.assign(context, { outside: ciphers })
    expect(vm.runInContext('Object', context)).not.toBe(Object)
    expect(await inRealm(`return (${lifeOf})(servicebook, outside)`, context)).toEqual(LIFE)
  },
)

test('V7 an error of another realm tells its reason, wherever a host throws one', async () => {
  const thrown = vm.runInNewContext(`Object.assign(new Error('the disk is full'), { applied: false })`)
  const store = memoryStore()
  const failing = openBook({
    family: mlmodelServices,
    store: {
      ...store,
      commit: () => {
        throw thrown
      },
    },
  })
  const row = { name: 'a', serviceType: 'Sklearn' } as const
  expect((await upsertService(failing, row))._unsafeUnwrapErr()).toMatchObject({
    code: 'STORE_FAILED',
    applied: false,
    message: expect.stringContaining('the disk is full'),
  })
  const cipher = {
    seal: (clear: readonly unknown[]) => clear.map(() => 'x'),
    open: () => [thrown],
    isCurrent: () => true,
  }
  const book = openBook({ family: mlmodelServices, store, cipher })
  const secret = (password: string) => ({
    ...{ name: 'b', serviceType: 'Mlflow' as const },
    connection: { config: { trackingUri: `mysql://ml:${password}@db/runs`, registryUri: 'http://r' } },
  })
  await upsertService(book, secret('one'))
  const refused = (await upsertService(book, secret('two')))._unsafeUnwrapErr()
  expect(refused).toMatchObject({ during: 'open', cause: thrown, message: expect.stringContaining('the disk is full') })
})

test('V7 a key of another realm is a key', () => {
  const bytes = vm.runInNewContext('new Uint8Array(32).fill(7)')
  const cipher = ciphers.aesCipher({ keys: { k: bytes }, current: 'k' })
  const belonging = { family: 'f', id: 'i' }
  const own = ciphers.aesCipher({ keys: { k: new Uint8Array(32).fill(7) }, current: 'k' })
  const sealed = cipher.seal([{ ...belonging, text: 'hush' }]) as readonly string[]
  expect(own.open([{ ...belonging, text: sealed[0] as string }])).toEqual(['hush'])
  for (const wrong of [
    'new Uint8Array(31)',
    'new Float64Array(4)',
    'new DataView(new ArrayBuffer(32))',
    '({ length: 32 })',
  ])
    expect(() => ciphers.aesCipher({ keys: { k: vm.runInNewContext(wrong) }, current: 'k' }), wrong).toThrow(
      /the key k/,
    )
})

test('§1 V7 bytes are counted as an encoder counts them', () => {
  for (const text of ['', 'a', 'ü', '€', '😀', '\ud83d', '\ude00\ud83d', 'a\ud83dü😀\ude00', '\ud83d\ud83d\ude00'])
    expect(utf8Length(text), JSON.stringify(text)).toBe(new TextEncoder().encode(text).length)
})
