import { expect, test } from 'vitest'
import { MODELS, openEdge } from './edge.js'

/*
 * Who changed the description and the owners, in the shape of OpenMetadata's change descriptions.
 */

const ADA = '11111111-1111-4111-8111-111111111111'
const EVE = '22222222-2222-4222-8222-222222222222'

test('§3 a version tells who changed the description and the owners, where it did and they are still there', async () => {
  const authenticate = ({ headers }: Request) => ({ name: headers.get('x-by') ?? 'ada' })
  let now = 1000
  const { ask } = openEdge({ authenticate }, { now: () => now++ })
  const put = async (rest: object, by: string) => {
    const request = { name: 'a', serviceType: 'Sklearn', ...rest }
    const { body } = await ask('PUT', MODELS, request, { 'x-by': by })
    return body
  }
  const user = (id: string) => [{ id, type: 'user' }]
  expect(await put({ description: 'one' }, 'ada')).not.toHaveProperty('changeDescription')
  const both = await put({ description: 'two', owners: user(ADA) }, 'eve')
  const told = { changedBy: 'eve', changedAt: both.updatedAt }
  expect(both.changeDescription.changeSummary).toEqual({ description: told, owners: told })
  expect(both.incrementalChangeDescription).not.toHaveProperty('changeSummary')

  // Of owners that are replaced some went, of a description that is cleared all.
  const replaced = await put({ description: 'three', owners: user(EVE) }, 'ada')
  expect(Object.keys(replaced.changeDescription.changeSummary)).toEqual(['description'])
  expect((await put({}, 'ada')).changeDescription).not.toHaveProperty('changeSummary')
  expect((await put({ displayName: 'A' }, 'ada')).changeDescription).not.toHaveProperty('changeSummary')

  // In reads as in writes.
  const { versions } = (await ask('GET', `${MODELS}/${both.id}/versions`)).body
  const summaries = versions.map((text: string) => JSON.parse(text).changeDescription?.changeSummary)
  expect(summaries.map((one: object | undefined) => Object.keys(one ?? {}))).toEqual([
    [],
    [],
    ['description'],
    ['owners', 'description'],
    [],
  ])
  expect((await ask('GET', `${MODELS}/${both.id}/versions/0.2`)).body.changeDescription.changeSummary.owners).toEqual(
    told,
  )
})

test('what comes back with a patch tells no more than before', async () => {
  const { ask } = openEdge({ authenticate: () => ({ name: 'ada' }) })
  await ask('PUT', MODELS, { name: 'a', serviceType: 'Sklearn' })
  const { body } = await ask('PUT', MODELS, { name: 'a', serviceType: 'Sklearn', description: 'x' })
  expect(body.changeDescription.changeSummary.description.changedBy).toBe('ada')
  const sent = [
    { op: 'replace', path: '/changeDescription/changeSummary/description/changedBy', value: 'eve' },
    { op: 'remove', path: '/changeDescription/changeSummary' },
    { op: 'add', path: '/displayName', value: 'A' },
  ]
  const { body: patched } = await ask('PATCH', `${MODELS}/name/a`, sent)
  expect(patched).toMatchObject({
    displayName: 'A',
    changeDescription: { changeSummary: { description: { changedBy: 'ada' } } },
  })
})
