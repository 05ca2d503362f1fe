import { describe, expect, test } from 'vitest'
import type { Service } from '../src/model/service.js'
import { type EntityRulesOptions, entityRules } from '../src/rules/entity.js'

/* §9 OpenMetadata's rules on what a service may be. */

const tag = (tagFQN: string, source = 'Classification') => ({ tagFQN, source })
const service = (given: object) => ({ tags: [], ...given }) as unknown as Service
const found = (after: object, before: object | null = null, options: EntityRulesOptions = {}) =>
  entityRules(options)(service(after), before as Service | null, undefined as never)
const owners = (...types: string[]) => types.map((type, at) => ({ id: `${at}`, type }))

describe('§9 owners', () => {
  test.each([[[]], [['user']], [['team']], [['user', 'user']]])('%j may own', (types) => {
    expect(found({ owners: owners(...types) })).toEqual([])
  })
  test.each([
    [['team', 'team'], 'may have one team only'],
    [['user', 'team'], 'must be users or one team, not both'],
    [['team', 'user', 'user'], 'must be users or one team, not both'],
    [['team', 'team', 'user'], 'may have one team only'],
  ])('%j may not', (types, message) => {
    expect(found({ owners: owners(...types) })).toEqual([{ path: '/owners', message }])
  })
  test('none at all is fine, and what was there before is not held against a change of something else', () => {
    expect(found({})).toEqual([])
    expect(found({}, { owners: owners('user') })).toEqual([])
    const both = owners('user', 'team')
    expect(found({ owners: both }, { owners: both })).toEqual([])
    expect(found({ owners: both }, { owners: owners('user') })).toHaveLength(1)
  })
})

describe('§9 data products', () => {
  const domainOf = (product: string) => ({ a: 'Sales', b: 'Law' })[product]
  test('are of the domain of the service, where theirs is known', () => {
    const given = { domain: 'Sales', dataProducts: ['a', 'b', 'c', 'b'] }
    const message = 'is of another domain than the service'
    expect(found(given, null, { domainOf })).toEqual([
      { path: '/dataProducts/1', message },
      { path: '/dataProducts/3', message },
    ])
    expect(found(given)).toEqual([])
    expect(found({ domain: 'Sales' }, null, { domainOf: () => 'Law' })).toEqual([])
  })
})

describe('§9 tags of an exclusive classification', () => {
  const excludes = (at: number, classification: string) => ({
    path: `/tags/${at}/tagFQN`,
    message: `excludes another tag of ${classification} that the service has`,
  })
  test('exclude each other: each but the first is told', () => {
    const tags = [tag('Tier.Tier1'), tag('PII.None'), tag('Tier.Tier2'), tag('PII.Sensitive'), tag('Tier.Tier3')]
    expect(found({ tags })).toEqual([excludes(2, 'Tier'), excludes(4, 'Tier')])
    expect(found({ tags }, null, { exclusive: ['PII'] })).toEqual([excludes(3, 'PII')])
    expect(found({ tags }, null, { exclusive: [] })).toEqual([])
    expect(found({ tags: [tag('Certification.Gold'), tag('Certification.Silver')] })).toHaveLength(1)
  })
  test('a term of a glossary is none, nor is what is no FQN', () => {
    expect(found({ tags: [tag('Tier.Tier1'), tag('Tier.Tier2', 'Glossary')] })).toEqual([])
    expect(found({ tags: [tag('"Tier'), tag('"Tier')] })).toEqual([])
  })
  test('a classification is known by its name, quoted or not', () => {
    const tags = [tag('"My.Own".a'), tag('"My.Own".b')]
    expect(found({ tags }, null, { exclusive: new Set(['My.Own']) })).toEqual([excludes(1, 'My.Own')])
  })
  test('what was there before is not held against a change of something else', () => {
    const tags = [tag('Tier.a'), tag('Tier.b')]
    expect(found({ tags }, { tags })).toEqual([])
    expect(found({ tags }, { tags: [...tags] })).toHaveLength(1)
  })
})

test('§9 all that is wrong is told: owners, then data products, then tags', () => {
  const after = {
    owners: owners('team', 'team'),
    ...{ domain: 'Sales', dataProducts: ['a'] },
    tags: [tag('Tier.a'), tag('Tier.b')],
  }
  expect(found(after, null, { domainOf: () => 'Law' }).map(({ path }) => path)).toEqual([
    ...['/owners', '/dataProducts/0', '/tags/1/tagFQN'],
  ])
})

test.each<[unknown, RegExp]>([
  [null, /takes an object/],
  ['Tier', /takes an object/],
  [{ rules: [] }, /^rules is no option/],
  [{ domainOf: 'Sales' }, /^domainOf must be a function/],
  [{ exclusive: 'Tier' }, /^exclusive must be a list/],
  [{ exclusive: 7 }, /^exclusive must be a list/],
  [{ exclusive: null }, /^exclusive must be a list/],
  [{ exclusive: {} }, /^exclusive must be a list/],
])('§9 options that are none throw a TypeError: %j', (options, message) => {
  expect(() => entityRules(options as never)).toThrow(message)
  expect(() => entityRules(options as never)).toThrow(TypeError)
})

test('§9 options may say that they leave the default', () => {
  const options = { domainOf: undefined, exclusive: undefined } as unknown as EntityRulesOptions
  expect(found({ tags: [tag('Tier.a'), tag('Tier.b')] }, null, options)).toHaveLength(1)
  expect(entityRules()).toBeTypeOf('function')
})
