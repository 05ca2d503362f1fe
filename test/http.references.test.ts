import type { Described, Description } from 'servicebook/http'
import { describe, expect, test } from 'vitest'
import { MODELS, openEdge } from './edge.js'

/*
 * What references lack is told by `describe` and the directory, and labels carry what is known of their tags.
 */

const ADA = '11111111-1111-4111-8111-111111111111'
const SALES = '22222222-2222-4222-8222-222222222222'
const CHANGE = 'x-openmetadata-change'
const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })

describe('references', () => {
  const told: Record<string, Description> = {
    'user:ada': { id: ADA },
    [`domain:${SALES}`]: { fullyQualifiedName: 'Sales' },
    [`dataProduct:${SALES}`]: { fullyQualifiedName: 'Churn' },
  }
  const describing = (asked: readonly Described[]) =>
    asked.map((one) => told[`${one.type}:${'id' in one ? one.id : one.fullyQualifiedName}`])
  const open = () => openEdge({ describe: describing })
  const alone = {
    owners: [{ type: 'user', name: 'ada' }],
    domains: [{ id: SALES, type: 'domain' }],
    dataProducts: [{ id: SALES, type: 'dataProduct' }],
  }

  test('by id alone or by name alone are taken where describe knows the other, in a bulk and a patch too', async () => {
    const { ask } = open()
    const expected = {
      owners: [{ id: ADA, type: 'user' }],
      domains: [{ fullyQualifiedName: 'Sales' }],
      dataProducts: [{ fullyQualifiedName: 'Churn' }],
    }
    expect((await ask('POST', MODELS, row('a', alone))).body).toMatchObject(expected)
    expect((await ask('PUT', `${MODELS}/bulk`, [row('b', alone)])).body.status).toBe('success')
    await ask('POST', MODELS, row('c'))
    const operations = Object.entries(alone).map(([field, [value]]) => ({ op: 'add', path: `/${field}/0`, value }))
    expect((await ask('PATCH', `${MODELS}/name/c`, operations)).body).toMatchObject(expected)
  })

  test('that describe does not know, and without one, are refused where they stand', async () => {
    for (const { ask } of [open(), openEdge()]) {
      const unknown = { owners: [{ type: 'user', name: 'eve' }], domains: [{ id: ADA, type: 'domain' }] }
      const { status, body } = await ask('POST', MODELS, row('a', unknown))
      expect(status).toBe(400)
      expect(body.issues.map(({ path }: { path: string }) => path)).toContain('/owners/0/id')
    }
  })

  test('an owner without a type has the one that the directory knows', async () => {
    const knows = (asked: readonly { type: string; id?: string }[]) =>
      asked.map(({ type, id }) => type === 'team' && id === ADA)
    const { ask } = openEdge({}, { directory: { knows } as never })
    expect((await ask('POST', MODELS, row('a', { owners: [{ id: ADA }] }))).body.owners).toEqual([
      { id: ADA, type: 'team' },
    ])
    expect((await ask('POST', MODELS, row('b', { owners: [{ id: SALES }] }))).status).toBe(400)
  })
})

test('labels carry what describe knows of their tags, sorted; what comes back with them changes nothing', async () => {
  const style = { color: '#f00', iconURL: 'i' }
  const describing = (asked: readonly Described[]) =>
    asked.map((one): Description | undefined => {
      if (one.type === 'tag') return { description: 'For people', displayName: 'None of it', style }
      return one.type === 'glossaryTerm' ? {} : undefined
    })
  const { ask } = openEdge({ describe: describing })
  const tags = [{ tagFQN: 'PII.None' }, { tagFQN: 'A.B', source: 'Glossary' }]
  const { body } = await ask('POST', MODELS, row('a', { tags }))
  const rest = { labelType: 'Manual', state: 'Confirmed' }
  expect(body.tags).toEqual([
    { tagFQN: 'A.B', source: 'Glossary', name: 'B', ...rest },
    {
      tagFQN: 'PII.None',
      source: 'Classification',
      name: 'None',
      displayName: 'None of it',
      description: 'For people',
      style,
      ...rest,
    },
  ])
  expect((await ask('PUT', MODELS, row('a', { tags: body.tags }))).headers.get(CHANGE)).toBe('entityNoChange')
  const patched = await ask('PATCH', `${MODELS}/name/a`, [{ op: 'remove', path: '/tags/0' }])
  expect(patched.body.tags.map(({ tagFQN }: { tagFQN: string }) => tagFQN)).toEqual(['PII.None'])
})
