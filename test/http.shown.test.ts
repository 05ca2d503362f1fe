import { MASK } from 'servicebook'
import { describe, expect, test } from 'vitest'
import { ADA, aws, CHANGE, MODELS, openEdge, row } from './edge.js'

describe('§1 domain and domains', () => {
  const named = { id: ADA, type: 'domain', fullyQualifiedName: 'Sales' }
  const both = { domain: 'Sales', domains: [{ type: 'domain', name: 'Sales', fullyQualifiedName: 'Sales' }] }

  test.each([
    [{ domain: 'Sales' }],
    [{ domain: named }],
    [{ domains: ['Sales'] }],
    [{ domains: [named] }],
    [{ domain: 'Sales', domains: [named, 'Sales'] }],
    [{ domain: 'Sales', domains: [] }],
    [{ domain: null, domains: ['Sales'] }],
  ])('%j comes in, both go out', async (given) => {
    const { ask } = openEdge({ shape: 'documented' })
    expect((await ask('POST', MODELS, row('a', given))).body).toMatchObject(both)
    expect((await ask('PUT', MODELS, row('a', given))).headers.get(CHANGE)).toBe('entityNoChange')
  })

  test('at most one, and each violation has its path in the body', async () => {
    const { ask } = openEdge()
    const paths = async (given: object) =>
      (await ask('POST', MODELS, row('a', given))).body.issues.map(({ path }: { path: string }) => path)
    expect(await paths({ domains: ['A', 'B'] })).toEqual(['/domains/1'])
    expect(await paths({ domain: 'A', domains: ['A', 'B'] })).toEqual(['/domains/1'])
    expect(await paths({ domain: 'A', domains: ['B'] })).toEqual(['/domains/0'])
    expect(await paths({ domains: 'A' })).toEqual(['/domains'])
    expect(await paths({ domains: ['a..b'] })).toEqual(['/domains/0'])
    expect(await paths({ domain: 'a..b' })).toEqual(['/domain'])
    expect(await paths({ domains: [{ id: ADA, type: 'domain' }] })).toEqual(['/domains/0'])
    expect(await paths({ domain: 'A', dataProducts: [7, 'a..b', { id: ADA, type: 'dataProduct' }] })).toEqual([
      '/dataProducts/1',
      '/dataProducts/0',
      '/dataProducts/2',
    ])
    expect(await paths({ dataProducts: ['A'] })).toEqual(['/dataProducts'])
  })

  test('shape server leaves domain out, as the server’s closed schema does', async () => {
    const { ask } = openEdge({ shape: 'server' })
    const { body } = await ask('POST', MODELS, row('a', { domain: 'Sales', dataProducts: ['Churn'] }))
    expect(body).not.toHaveProperty('domain')
    expect(body).toMatchObject({
      domains: both.domains,
      dataProducts: [{ fullyQualifiedName: 'Churn', type: 'dataProduct' }],
    })
    const patched = await ask('PATCH', `${MODELS}/name/a`, [
      { op: 'remove', path: '/dataProducts/0' },
      { op: 'replace', path: '/domains/0', value: 'Ops' },
    ])
    expect(patched.body).toMatchObject({ domains: [{ fullyQualifiedName: 'Ops' }], dataProducts: [] })
    const bulk = await ask('PUT', `${MODELS}/bulk`, [{}])
    expect(Object.keys(bulk.body.failedRequest[0])).toEqual(['request', 'status', 'message'])
  })
})

test('§3 change descriptions: scalars as they are, all else as JSON text, references whole', async () => {
  const { ask } = openEdge({ shape: 'documented' })
  await ask('POST', MODELS, { ...aws('a', 'hush'), domain: 'Sales', dataProducts: ['Churn'] })
  const { body } = await ask('PUT', MODELS, {
    ...aws('a', 'other', {
      description: 'x',
      domain: '"a.b".c',
      owners: [{ id: ADA, type: 'user' }],
      tags: [{ tagFQN: 'PII.None' }],
    }),
  })
  const { fieldsAdded, fieldsUpdated, fieldsDeleted, previousVersion } = body.changeDescription
  const read = (changes: Record<string, string>[]) =>
    Object.fromEntries(changes.map(({ name, oldValue = 'null', newValue = 'null' }) => [name, [oldValue, newValue]]))
  expect(previousVersion).toBe(0.1)
  expect(fieldsAdded).toContainEqual({ name: 'description', newValue: 'x' })
  expect(JSON.parse(read(fieldsAdded).owners?.[1] as string)).toEqual([{ id: ADA, type: 'user' }])
  expect(JSON.parse(read(fieldsAdded).tags?.[1] as string)).toMatchObject([{ tagFQN: 'PII.None' }])
  const [before, after] = read(fieldsUpdated).domains as [string, string]
  expect(JSON.parse(before)).toMatchObject([{ type: 'domain', fullyQualifiedName: 'Sales' }])
  expect(JSON.parse(after)).toEqual(body.domains)
  expect(body.domains).toEqual([{ id: expect.any(String), type: 'domain', name: 'c', fullyQualifiedName: '"a.b".c' }])
  const [old, now] = read(fieldsUpdated).connection as [string, string]
  expect([JSON.parse(old), JSON.parse(now)].map(({ config }) => config.awsConfig.awsSecretAccessKey)).toEqual([
    MASK,
    MASK,
  ])
  expect(JSON.parse(read(fieldsDeleted).dataProducts?.[0] as string)).toMatchObject([
    { type: 'dataProduct', name: 'Churn' },
  ])
})

test('references have an id that is the same everywhere, or what the host knows of them', async () => {
  const one = await openEdge().ask('POST', MODELS, row('a', { domain: 'Sales', dataProducts: ['Sales'] }))
  const other = await openEdge().ask('POST', MODELS, row('b', { domain: 'Sales', dataProducts: ['Sales'] }))
  const uuidv5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  expect(one.body.domains[0].id).toMatch(uuidv5)
  expect(one.body.domains).toEqual(other.body.domains)
  expect(one.body.dataProducts[0].id).not.toBe(one.body.domains[0].id)
  const asked: unknown[] = []
  const { ask } = openEdge({
    describe: async (references) => {
      asked.push(references)
      return references.map(({ type }) => {
        if (type === 'user') return { name: 'ada', displayName: 'Ada', id: 'not hers', type: 'team' }
        return type === 'domain' ? { id: ADA, href: 'http://x', fullyQualifiedName: 'Ops' } : undefined
      })
    },
  })
  const owners = [{ id: ADA, type: 'user' }]
  await ask(
    'PUT',
    `${MODELS}/bulk`,
    ['a', 'b', 'c'].map((name) => row(name, { domain: 'Sales', owners })),
  )
  const { body } = await ask('GET', `${MODELS}?fields=*`)
  expect(body.data[2].owners).toEqual([{ id: ADA, type: 'user', name: 'ada', displayName: 'Ada' }])
  expect(body.data[2].domains).toEqual([
    { id: ADA, type: 'domain', name: 'Sales', fullyQualifiedName: 'Sales', href: 'http://x' },
  ])
  const sales = { type: 'domain', fullyQualifiedName: 'Sales' }
  expect(asked).toEqual([[...owners, sales]])
})
