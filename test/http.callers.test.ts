import { MASK, type Operation, type Policy, type Principal, rolePolicy } from 'servicebook'
import { describe, expect, test, vi } from 'vitest'
import { testCipher } from './catalogue.js'
import { ADA, aws, CHANGE, MODELS, openEdge, row } from './edge.js'

describe('§9 who asks', () => {
  const tokens: Record<string, Principal> = {
    ada: { name: 'ada', isAdmin: true },
    eve: { name: 'eve' },
    bot: { name: 'ingestion', isBot: true },
  }
  const authenticate = ({ headers }: Request) => {
    const token = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1]
    return token === undefined ? undefined : (tokens[token] ?? ('unauthenticated' as const))
  }
  const as = (who: string) => ({ authorization: `Bearer ${who}` })

  test('401 with a challenge, 403, and the principal as updatedBy', async () => {
    const { ask } = openEdge({ authenticate }, { policy: rolePolicy() })
    for (const headers of [{}, as('nobody')]) {
      for (const [method, path, body] of [
        ['POST', MODELS, row('a')],
        ['PUT', `${MODELS}/bulk`, [row('a')]],
        ['GET', MODELS, undefined],
        ['DELETE', `${MODELS}/name/a`, undefined],
      ] as const) {
        const refused = await ask(method, path, body, headers)
        expect(refused.body).toMatchObject({ code: 401, errorType: 'UNAUTHORIZED' })
        expect(refused.headers.get('www-authenticate')).toBe('om-auth')
      }
    }
    expect((await ask('POST', MODELS, row('a'), as('eve'))).body).toEqual({
      code: 403,
      errorType: 'FORBIDDEN',
      message: 'eve may not Create',
    })
    expect((await ask('POST', MODELS, row('a'), as('ada'))).body.updatedBy).toBe('ada')
    expect((await ask('GET', `${MODELS}/name/a`, undefined, as('eve'))).status).toBe(200)
    expect((await ask('GET', '/v1/system/version')).status).toBe(200)
    expect((await ask('GET', '/openapi.json')).status).toBe(200)
  })

  test('§8 bots see secrets in clear where the policy allows it, in everything but history; others never', async () => {
    for (const botsViewSecrets of [true, false]) {
      const { ask } = openEdge({ authenticate }, { policy: rolePolicy({ botsViewSecrets }), cipher: testCipher() })
      const answers = async (who: string) => [
        await ask('PUT', MODELS, aws('a', 'hush'), as(who)),
        await ask('GET', `${MODELS}/name/a`, undefined, as(who)),
        await ask('GET', MODELS, undefined, as(who)),
        await ask('PATCH', `${MODELS}/name/a`, [{ op: 'add', path: '/displayName', value: who }], as(who)),
      ]
      const texts = (all: Awaited<ReturnType<typeof answers>>) => all.map(({ body }) => JSON.stringify(body))
      for (const text of texts(await answers('ada')))
        expect([text.includes(MASK), text.includes('hush')]).toEqual([true, false])
      for (const text of texts(await answers('bot'))) expect(text.includes('hush')).toBe(botsViewSecrets)
      const { body } = await ask('GET', `${MODELS}/name/a`, undefined, as('bot'))
      for (const path of ['/versions', '/versions/0.1'])
        expect(
          JSON.stringify((await ask('GET', `${MODELS}/${body.id}${path}`, undefined, as('bot'))).body),
        ).not.toContain('hush')
      const deleted = await ask('DELETE', `${MODELS}/name/a`, undefined, as('ada'))
      const gone = await ask('GET', `${MODELS}/name/a?include=deleted`, undefined, as('bot'))
      expect([JSON.stringify(deleted.body), JSON.stringify(gone.body)].map((text) => text.includes('hush'))).toEqual([
        false,
        botsViewSecrets,
      ])
      for (const text of texts([await ask('DELETE', `${MODELS}/name/a?hardDelete=true`, undefined, as('ada'))]))
        expect(text).not.toContain('hush')
    }
  })

  test('§8 a bot is not shown a mask for a secret that could not be opened, but a write stays a success', async () => {
    let broken = false
    const inner = testCipher()
    const failing = {
      ...inner,
      open: (...given: Parameters<typeof inner.open>) =>
        broken ? Promise.reject(new Error('vault')) : inner.open(...given),
    }
    const onError = vi.fn()
    const { ask } = openEdge({ authenticate, onError }, { cipher: failing })
    await ask('PUT', MODELS, aws('a', 'hush'), as('bot'))
    broken = true
    expect((await ask('GET', `${MODELS}/name/a`, undefined, as('bot'))).status).toBe(503)
    expect((await ask('GET', MODELS, undefined, as('bot'))).status).toBe(503)
    expect((await ask('GET', MODELS, undefined, as('eve'))).status).toBe(200)
    expect(onError).toHaveBeenCalledTimes(2)
    const put = await ask('PUT', MODELS, { name: 'a', serviceType: 'SageMaker', displayName: 'A' }, as('bot'))
    expect([put.status, put.headers.get(CHANGE)]).toEqual([200, 'entityUpdated'])
    expect(JSON.stringify(put.body)).toContain(MASK)
  })
})

test('the policy is asked what each route does', async () => {
  const asked = new Set<Operation>()
  const policy: Policy = (_, operation) => {
    asked.add(operation)
    return 'allow'
  }
  const { ask } = openEdge({ authenticate: () => ({ name: 'ada' }) }, { policy })
  const operations = async (method: string, path: string, body?: unknown) => {
    asked.clear()
    await ask(method, path, body)
    return [...asked].sort()
  }
  expect(await operations('POST', MODELS, row('a'))).toEqual(['Create'])
  expect(await operations('PUT', MODELS, row('a'))).toEqual(['EditAll'])
  const patch = [
    { op: 'add', path: '/owners/0', value: { id: ADA, type: 'user' } },
    { op: 'add', path: '/tags/-', value: { tagFQN: 'x' } },
  ]
  expect(await operations('PATCH', `${MODELS}/name/a`, patch)).toEqual(['EditOwners', 'EditTags'])
  expect(await operations('PATCH', `${MODELS}/name/a`, [{ op: 'add', path: '/domains/0', value: 'x' }])).toEqual([
    'EditAll',
  ])
  expect(await operations('GET', `${MODELS}/name/a`)).toEqual(['ViewBasic'])
  expect(await operations('DELETE', `${MODELS}/name/a`)).toEqual(['Delete'])
})
