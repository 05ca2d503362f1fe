import { MASK } from 'servicebook'
import { describe, expect, test } from 'vitest'
import { MODELS, openEdge } from './edge.js'

/*
 * What stands beside a service: its followers, and the last test of its connection.
 */

const ADA = '11111111-1111-4111-8111-111111111111'
const CHANGE = 'x-openmetadata-change'
const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })
const aws = (name: string, awsSecretAccessKey: unknown, rest: object = {}) => ({
  name,
  serviceType: 'SageMaker',
  connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey }, ...rest } },
})

describe('§7 beside a service', () => {
  test('followers come and go by their routes, are answered as an event, and are shown when asked for', async () => {
    const { ask } = openEdge({
      describe: (asked) => asked.map((one) => (one.type === 'user' ? { name: 'ada' } : undefined)),
    })
    const { body } = await ask('POST', MODELS, row('a'))
    expect(body).not.toHaveProperty('followers')
    const at = `${MODELS}/${body.id}`
    const followed = await ask('PUT', `${at}/followers`, JSON.stringify(ADA))
    expect([followed.status, followed.headers.get(CHANGE)]).toEqual([200, 'entityFieldsChanged'])
    expect(followed.body).toMatchObject({
      eventType: 'entityUpdated',
      entityType: 'mlmodelService',
      entityId: body.id,
      currentVersion: 0.1,
      previousVersion: 0.1,
      changeDescription: { fieldsAdded: [{ name: 'followers', newValue: expect.stringContaining(ADA) }] },
    })
    const again = await ask('PUT', `${at}/followers`, JSON.stringify(ADA))
    expect([again.headers.get(CHANGE), again.body.eventType]).toEqual(['entityNoChange', 'entityNoChange'])
    expect(again.body.changeDescription.fieldsAdded).toEqual([])
    const shown = (await ask('GET', `${at}?fields=followers`)).body
    expect([shown.followers, shown.version]).toEqual([[{ id: ADA, type: 'user', name: 'ada' }], 0.1])
    expect((await ask('GET', `${MODELS}?fields=followers`)).body.data[0].followers).toEqual(shown.followers)
    expect((await ask('GET', at)).body).not.toHaveProperty('followers')
    const { headers } = await ask('GET', `${at}?fields=followers`)
    const seen = { 'if-none-match': headers.get('etag') as string }
    expect((await ask('GET', `${at}?fields=followers`, undefined, seen)).status).toBe(200)
    const gone = await ask('DELETE', `${at}/followers/${ADA}`)
    expect(gone.body.changeDescription.fieldsDeleted).toHaveLength(1)
    expect((await ask('GET', `${at}?fields=followers`)).body.followers).toEqual([])
    for (const wrong of ['x', 7, null, {}])
      expect((await ask('PUT', `${at}/followers`, JSON.stringify(wrong))).status).toBe(400)
    expect((await ask('PUT', `${MODELS}/${ADA}/followers`, JSON.stringify(ADA))).status).toBe(404)
  })

  test('the last result of a test is kept masked and shown with its service, to a bot in clear too', async () => {
    const authenticate = () => ({ name: 'bot', isBot: true })
    const { ask } = openEdge({ authenticate })
    const { body } = await ask('POST', MODELS, aws('a', 'hush'))
    const at = `${MODELS}/${body.id}`
    const result = {
      status: 'Failed',
      lastUpdatedAt: 7,
      steps: [{ name: 'S', passed: false, message: 'http://u:hush@h' }],
    }
    const told = await ask('PUT', `${at}/testConnectionResult`, result)
    const kept = { ...result, steps: [{ name: 'S', mandatory: true, passed: false, message: `http://u:${MASK}@h` }] }
    expect([told.status, told.body.testConnectionResult]).toEqual([200, kept])
    for (const path of [at, `${MODELS}/name/a`, `${at}?fields=owners`, `${at}?fields=testConnectionResult`]) {
      const shown = (await ask('GET', path)).body
      expect([shown.testConnectionResult, shown.version, shown.updatedAt], path).toEqual([kept, 0.1, body.updatedAt])
      expect(shown.connection.config.awsConfig.awsSecretAccessKey).toBe('hush')
    }
    const listed = async (query: string) => (await ask('GET', `${MODELS}?${query}`)).body.data[0]
    expect((await listed('fields=testConnectionResult')).testConnectionResult).toEqual(kept)
    expect(await listed('fields=owners')).not.toHaveProperty('testConnectionResult')
    for (const wrong of [{}, [], 7, { steps: [{ name: 'S' }] }, { ...result, other: 1 }])
      expect((await ask('PUT', `${at}/testConnectionResult`, wrong)).status, JSON.stringify(wrong)).toBe(400)
  })
})
