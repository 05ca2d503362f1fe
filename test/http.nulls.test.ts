import { type Book, openBook, requestSchema } from 'servicebook'
import { allFamilies } from 'servicebook/families'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { ADA, asking, MODELS, openEdge, row } from './edge.js'

/*
 * Clients that write every field they know send `null` for what they do not mean.
 */

const values: Readonly<Record<string, unknown>> = {
  displayName: 'Shown',
  description: 'What it is for',
  connection: { config: {} },
  owners: [{ id: ADA, type: 'user' }],
  domain: 'Sales',
  domains: ['Sales'],
  dataProducts: ['Churn'],
  tags: [{ tagFQN: 'PII.None' }],
  style: { color: '#f00' },
  ingestionRunner: { id: ADA, type: 'ingestionRunner' },
  provider: 'user',
  scheduleInterval: '0 0 * * *',
  lifeCycle: {},
}

describe.each(allFamilies)('§1 $collection', (family) => {
  const at = `/v1/services/${family.collection}`
  const [serviceType = ''] = Object.keys(family.serviceTypes)
  const schema = requestSchema(family, serviceType) as { properties: object; required: readonly string[] }
  const known = [...Object.keys(schema.properties), 'domains']
  const optional = known.filter((key) => !schema.required.includes(key))
  const some = (name: string, rest: object = {}) => ({ name, serviceType, ...rest })
  const whole = Object.fromEntries(optional.map((key) => [key, values[key]]))
  const nulls = Object.fromEntries(optional.map((key) => [key, null]))

  /** Clocks and ids are the same for all, so that all answers can be compared. */
  function open() {
    let ids = 0
    const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`
    const options = { now: () => 1_700_000_000_000, newId, partialConnections: true }
    const ask = asking(serviceHandler(openBook({ family, store: memoryStore(), ...options }) as Book))
    return async (...sent: Parameters<typeof ask>) => {
      const { status, body } = await ask(...sent)
      return { status, body }
    }
  }

  test('a field that is null is one that is not there, in a request, a row and what a patch makes', async () => {
    expect(optional.filter((key) => values[key] === undefined)).toEqual([])
    const [one, other] = [open(), open()]
    const both = async (method: string, path: string, absent: unknown, given: unknown) => {
      const answer = await one(method, path, absent)
      expect(answer.status, `${method} ${JSON.stringify(given)}`).toBeLessThan(300)
      expect(await other(method, path, given), `${method} ${JSON.stringify(given)}`).toEqual(answer)
      return answer.body
    }
    await both('POST', at, some('new'), some('new', nulls))
    for (const method of ['PUT', 'PATCH']) await both('POST', at, some(method, whole), some(method, whole))
    // Some of it is kept then, and some cleared.
    const put = await both('PUT', at, some('PUT'), some('PUT', nulls))
    expect([put.version, put.description, put.owners]).toMatchObject([0.2, undefined, values.owners])
    const rows = (rest: object) => [some('row', rest), some('new', { ...rest, description: 'x' }), some('PUT', rest)]
    expect(await both('PUT', `${at}/bulk`, rows({}), rows(nulls))).toMatchObject({ numberOfRowsPassed: 3 })
    for (const name of ['row', 'new', 'PUT']) await both('GET', `${at}/name/${name}?fields=*`, undefined, undefined)
    for (const key of ['displayName', 'description', 'dataProducts', 'domains', 'owners', 'tags', 'connection']) {
      if (!optional.includes(key)) continue
      const path = `/${key}`
      await both('PATCH', `${at}/name/PATCH`, [{ op: 'remove', path }], [{ op: 'replace', path, value: null }])
    }
    expect(await both('GET', `${at}/name/PATCH?fields=*`, undefined, undefined)).toMatchObject({ owners: [], tags: [] })
  })

  test('a field that must be there is not there when it is null', async () => {
    const ask = open()
    for (const key of schema.required) {
      const { status, body } = await ask('POST', at, { ...some('a'), [key]: null })
      expect([status, body.issues]).toEqual([400, [{ path: `/${key}`, message: 'is required' }]])
    }
  })
})

test('§1 so is one that no request has; null in a list is an element all the same', async () => {
  const { ask } = openEdge()
  expect((await ask('POST', MODELS, row('a', { serviceAttributes: null }))).status).toBe(201)
  expect((await ask('PUT', `${MODELS}/bulk`, [row('b', { serviceAttributes: null })])).body.status).toBe('success')
  expect((await ask('POST', MODELS, row('c', { serviceAttributes: {} }))).status).toBe(400)
  const { status, body } = await ask('POST', MODELS, row('c', { tags: [null], owners: [null] }))
  expect([status, body.issues.map(({ path }: { path: string }) => path)]).toEqual([400, ['/owners/0', '/tags/0']])
})
