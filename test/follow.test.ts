import {
  bulkUpsert,
  createService,
  type Family,
  MASK,
  openBook,
  type Policy,
  patchService,
  revealConnection,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'

const text = { type: 'string' }
const password = { type: 'string', format: 'password' }
const options = { type: 'object', additionalProperties: password }
const deep = { type: 'object', properties: { endPointURL: text, note: text, nodes: { type: 'array', items: text } } }
const properties = { hostPort: text, port: { type: 'number' }, user: text, password, uri: text, options, deep }
const family = {
  entityType: 'aService',
  collection: 'as',
  serviceTypes: { A: { type: 'object', properties } },
} as unknown as Family

const ada = { name: 'ada' }
const admin = { name: 'root', isAdmin: true }
const policy: Policy = (by, operation) => (operation === 'ViewSecrets' && by?.name !== 'root' ? 'forbidden' : 'allow')
const request = (config: object) => ({ name: 'a', serviceType: 'A', connection: { config } }) as never
const stored = {
  hostPort: 'db:5432',
  port: 5432,
  user: 'u',
  password: 'hush',
  uri: 'http://u:hush@h/x',
  options: { host: 'h', key: 'hush' },
  deep: { endPointURL: 'http://e', note: 'n', nodes: ['one:1', 'two:2'] },
}
const masked = {
  ...stored,
  password: MASK,
  uri: `http://u:${MASK}@h/x`,
  options: { host: MASK, key: MASK },
}

async function opened(secretsFollow?: boolean, asked: Policy = policy) {
  const book = openBook({
    family,
    store: memoryStore(),
    policy: asked,
    ...(secretsFollow !== undefined && { secretsFollow }),
  })
  await createService(book, request(stored))
  return book
}

/** What an upsert, a bulk and a patch make of a config: the issues' paths, or what was kept. */
async function answers(config: object, secretsFollow: boolean | undefined, by = ada) {
  const found: unknown[] = []
  for (const verb of ['upsert', 'bulk', 'patch'] as const) {
    const book = await opened(secretsFollow)
    let error: unknown
    if (verb === 'upsert')
      error = (await upsertService(book, request(config), { by })).match(
        () => undefined,
        (e) => e,
      )
    else if (verb === 'patch')
      error = (
        await patchService(book, 'a', [{ op: 'replace', path: '/connection/config', value: config }], { by })
      ).match(
        () => undefined,
        (e) => e,
      )
    else {
      const [row] = (await bulkUpsert(book, [request(config)], { by }))._unsafeUnwrap().rows
      error = row !== undefined && 'error' in row ? row.error : undefined
    }
    if (error === undefined) found.push((await revealConnection(book, 'a', { by: admin }))._unsafeUnwrap()?.config)
    else
      found.push(
        (error as { issues: { path: string }[] }).issues.map(({ path }) => path.replace('/connection/config', '')),
      )
  }
  return found
}

describe('S4 §8 secretsFollow: false', () => {
  const moved: [string, object, string[]][] = [
    ['a host', { ...masked, hostPort: 'evil:5432' }, ['/hostPort']],
    ['a port', { ...masked, port: 1 }, ['/port']],
    ['the host of the URI that has the secret', { ...masked, uri: `http://u:${MASK}@evil/x` }, ['/uri']],
    ['an endpoint, deeper', { ...masked, deep: { ...stored.deep, endPointURL: 'http://evil' } }, ['/deep/endPointURL']],
    ['an endpoint that is gone', { ...masked, deep: { note: 'n', nodes: stored.deep.nodes } }, ['/deep/endPointURL']],
    ['a node of a list', { ...masked, deep: { ...stored.deep, nodes: ['one:1', 'evil:2'] } }, ['/deep/nodes/1']],
    ['a host that is itself secret', { ...masked, options: { host: 'evil', key: MASK } }, ['/options/host']],
    ['one that was not there', { ...masked, proxyServer: 'evil' }, ['/proxyServer']],
  ]
  test.each(moved)(
    'refuses the mask with %s changed, in every verb, unless the caller may see secrets',
    async (_, config, paths) => {
      expect(await answers(config, false)).toEqual([paths, paths, paths])
      for (const kept of await answers(config, false, admin)) expect(kept).toMatchObject({ password: 'hush' })
      for (const kept of await answers(config, undefined)) expect(kept).toMatchObject({ password: 'hush' })
    },
  )

  test.each<[string, object]>([
    ['nothing', masked],
    ['what names no place', { ...masked, user: 'v', deep: { ...stored.deep, note: 'm' } }],
    ['a host that is itself secret, sent again', { ...masked, options: { host: 'h', key: MASK } }],
    ['a host, with all secrets in clear', { ...stored, hostPort: 'other:1' }],
  ])('takes it with %s changed', async (_, config) => {
    for (const kept of await answers(config, false)) expect(kept).toMatchObject({ password: 'hush' })
  })

  test('the policy is asked for all rows of a bulk before any answer is waited for', async () => {
    let waiting = 0
    let most = 0
    const book = await opened(false, async (_, operation) => {
      if (operation !== 'ViewSecrets') return 'allow'
      most = Math.max(most, ++waiting)
      await new Promise(setImmediate)
      waiting--
      return 'forbidden'
    })
    const rows = (config: object) => ['a', 'b', 'c'].map((name) => ({ ...(request(config) as object), name }) as never)
    await bulkUpsert(book, rows(stored))
    const moved = await bulkUpsert(book, rows({ ...masked, hostPort: 'evil:1' }))
    expect(moved._unsafeUnwrap()).toMatchObject({ failed: 3 })
    expect(most).toBe(3)
  })

  test('a policy that fails refuses; the option is a boolean', async () => {
    const book = await opened(false, (_, operation) => {
      if (operation === 'ViewSecrets') throw new Error('down')
      return 'allow'
    })
    const error = (await upsertService(book, request({ ...masked, hostPort: 'evil:1' })))._unsafeUnwrapErr()
    expect(error).toMatchObject({ code: 'STORE_FAILED', during: 'authorise', applied: false })
    expect(() => openBook({ family, store: memoryStore(), secretsFollow: 'no' as never })).toThrow('secretsFollow')
  })
})
