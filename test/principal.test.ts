import { openMetadataPolicy, rolePolicy } from 'servicebook'
import { expect, test } from 'vitest'
import { defaultLimits } from '../src/rules/limits.js'
import { principalIssues } from '../src/rules/principal.js'
import { referencesIn } from '../src/rules/references.js'
import { checkedResult } from '../src/rules/report.js'
import { owns } from '../src/rules/roles.js'

/* §1, §7, §9 who asks, what a request refers to, and what is reported of a test. */

const ID = '00000000-0000-4000-8000-00000000000a'
const paths = (by: unknown) => principalIssues(by).map(({ path }) => path)

test('§9 a principal has a name of 1 to 256 characters, and what else is said of it is what it must be', () => {
  for (const good of [
    undefined,
    { name: 'a' },
    { name: 'x'.repeat(256) },
    { name: 'a', id: ID, teams: [ID], isBot: true },
  ])
    expect(paths(good)).toEqual([])
  for (const name of ['', 'x'.repeat(257), 'a\0', 'a\ud800', 7, undefined, { length: 1 }])
    expect(paths({ name })).toEqual(['/by/name'])
  expect(paths(null)).toEqual(['/by/name'])
  const name = 'a'
  expect(paths({ name, isBot: 1, isAdmin: 'x', id: 7, teams: [[ID]] })).toEqual([
    '/by/isBot',
    '/by/isAdmin',
    '/by/id',
    '/by/teams',
  ])
  expect(paths({ name, id: [ID] })).toEqual(['/by/id'])
})

test('§9 without an id, teams or owners nobody owns anything; a policy says forbidden where it does not allow', async () => {
  const service = { owners: [{ id: ID, type: 'team' }] } as never
  expect([
    owns({ name: 'a' }, service),
    owns({ name: 'a', teams: [ID] }, {} as never),
    owns({ name: 'a', teams: [ID] }, service),
  ]).toEqual([false, false, true])
  const asked = openMetadataPolicy()
  expect(await asked({ name: 'a' }, 'Create', undefined)).toBe('forbidden')
  expect(await asked({ name: 'a', isBot: true }, 'EditDisplayName', undefined)).toBe('forbidden')
  for (const none of ['botsViewSecrets', null, 7, () => {}]) expect(() => rolePolicy(none as never)).toThrow(TypeError)
})

test('§4 what a request refers to is told with its place', () => {
  const request = {
    owners: [{ id: ID, type: 'user' }],
    domain: 'd',
    dataProducts: ['p', 'q'],
    tags: [
      { tagFQN: 't', source: 'Classification' },
      { tagFQN: 'g', source: 'Glossary' },
    ],
  }
  expect(referencesIn(request as never).map(({ reference, path }) => [path, reference.type])).toEqual([
    ['/owners/0', 'user'],
    ['/domain', 'domain'],
    ['/dataProducts/0', 'dataProduct'],
    ['/dataProducts/1', 'dataProduct'],
    ['/tags/0/tagFQN', 'tag'],
    ['/tags/1/tagFQN', 'glossaryTerm'],
  ])
  expect(referencesIn({} as never)).toEqual([])
})

test('§7 of a report that is too large nothing else is said', () => {
  const checked = checkedResult({ steps: 'x'.repeat(100) }, { ...defaultLimits, request: 50 })
  expect(checked).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '' }] })
  expect(checkedResult({ steps: 'x' }, defaultLimits)).toMatchObject({ issues: [{ path: '/steps' }] })
})
