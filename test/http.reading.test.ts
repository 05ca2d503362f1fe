import { etag } from 'servicebook'
import { describe, expect, test } from 'vitest'
import { ADA, MODELS, openEdge, row } from './edge.js'

describe('GET', () => {
  test('a list is paged both ways by cursors, and always has its total', async () => {
    const { ask } = openEdge()
    await ask(
      'PUT',
      `${MODELS}/bulk`,
      ['d', 'b', 'a', 'c', 'e'].map((name) => row(name)),
    )
    const page = async (query: string) => {
      const { body } = await ask('GET', `${MODELS}?${query}`)
      return { names: body.data.map(({ name }: { name: string }) => name), paging: body.paging }
    }
    const first = await page('limit=2')
    expect(first).toEqual({ names: ['a', 'b'], paging: { after: expect.any(String), total: 5 } })
    const second = await page(`limit=2&after=${first.paging.after}`)
    expect(second.names).toEqual(['c', 'd'])
    const third = await page(`limit=2&after=${second.paging.after}`)
    expect(third).toEqual({ names: ['e'], paging: { before: expect.any(String), total: 5 } })
    expect((await page(`limit=2&before=${third.paging.before}`)).names).toEqual(['c', 'd'])
    expect(await page('limit=0')).toMatchObject({ names: [], paging: { total: 5 } })
    expect((await page('')).names).toHaveLength(5)
  })

  test('a list leaves out what is deleted, or shows nothing else; filters have to match', async () => {
    const { ask } = openEdge()
    await ask(
      'POST',
      MODELS,
      row('a', { domain: 'Sales', tags: [{ tagFQN: 'PII.None' }], owners: [{ id: ADA, type: 'user' }] }),
    )
    await ask('POST', MODELS, { name: 'b', serviceType: 'Mlflow' })
    await ask('POST', MODELS, row('gone'))
    await ask('DELETE', `${MODELS}/name/gone`)
    const names = async (query: string) =>
      (await ask('GET', `${MODELS}?${query}`)).body.data.map(({ name }: { name: string }) => name)
    expect(await names('')).toEqual(['a', 'b'])
    expect(await names('include=deleted')).toEqual(['gone'])
    expect(await names('include=all')).toEqual(['a', 'b', 'gone'])
    for (const query of ['domain=Sales', 'tagFQN=PII.None', `owner=${ADA}`, 'serviceType=Sklearn'])
      expect(await names(query)).toEqual(['a'])
  })

  test('relations are shown when fields asks for them; one that is not known is a 400', async () => {
    const { ask } = openEdge({ shape: 'documented' })
    const relations = {
      owners: [{ id: ADA, type: 'user' }],
      tags: [{ tagFQN: 'PII.None' }],
      domain: 'Sales',
      dataProducts: ['Churn'],
    }
    await ask('POST', MODELS, row('a', relations))
    const shown = async (query: string) => {
      const [one, listed] = [await ask('GET', `${MODELS}/name/a?${query}`), await ask('GET', `${MODELS}?${query}`)]
      expect(listed.body.data).toEqual([one.body])
      return Object.keys(one.body)
        .filter((key) => ['domains', ...Object.keys(relations)].includes(key))
        .sort()
    }
    expect(await shown('')).toEqual([])
    expect(await shown('fields=')).toEqual([])
    expect(await shown('fields=owners')).toEqual(['owners'])
    expect(await shown('fields=tags,%20domains')).toEqual(['domain', 'domains', 'tags'])
    expect(await shown('fields=pipelines,followers,dataProducts')).toEqual(['dataProducts'])
    expect(await shown('fields=*')).toEqual(['dataProducts', 'domain', 'domains', 'owners', 'tags'])
    for (const path of ['', '/name/a']) {
      const { body } = await ask('GET', `${MODELS}${path}?fields=owners,nope&limit=x`)
      expect(body).toMatchObject({ code: 400, errorType: 'BAD_REQUEST' })
      expect(body.message).toContain('/fields has the unknown field nope')
    }
  })

  test('what a query says wrong is told all at once', async () => {
    const { ask } = openEdge()
    const paths = async (query: string) =>
      (await ask('GET', `${MODELS}?${query}`)).body.issues.map(({ path }: { path: string }) => path)
    expect(await paths('limit=ten&fields=nope')).toEqual(['/fields', '/limit'])
    expect(await paths('limit=-1&include=some&after=zz')).toEqual(['/include', '/limit', '/after'])
    expect(await paths('limit=1000001')).toEqual(['/limit'])
    expect(await paths('after=garbage')).toEqual(['/after'])
  })

  test('one service by id, by FQN, by raw name; soft-deleted ones on demand', async () => {
    const { ask } = openEdge()
    const { body } = await ask('POST', MODELS, row('a.b/c "ü" %2F'))
    const fqn = '"a.b/c ""ü"" %2F"'
    for (const path of [
      body.id,
      body.id.toUpperCase(),
      `name/${encodeURIComponent(fqn)}`,
      `name/${encodeURIComponent(body.name)}`,
    ]) {
      const got = await ask('GET', `${MODELS}/${path}`)
      expect(got).toMatchObject({ status: 200, body: { id: body.id, fullyQualifiedName: fqn } })
      expect(got.headers.get('etag')).toBe(etag(body))
    }
    const gone = (await ask('DELETE', `${MODELS}/${body.id}`)).body
    expect((await ask('GET', `${MODELS}/${body.id}`)).status).toBe(404)
    expect((await ask('GET', `${MODELS}/${body.id}?include=deleted`)).body.version).toBe(gone.version)
    expect((await ask('GET', `${MODELS}/${ADA}`)).body).toEqual({
      code: 404,
      errorType: 'ENTITY_NOT_FOUND',
      message: `mlmodelService instance for ${ADA} not found`,
    })
    expect((await ask('GET', `${MODELS}/no-uuid`)).body).toMatchObject({ code: 404, errorType: 'ENTITY_NOT_FOUND' })
  })

  test('versions are JSON text, newest first; one of them is a service', async () => {
    const { ask } = openEdge()
    const { body } = await ask('POST', MODELS, row('a', { description: 'one' }))
    await ask('PUT', MODELS, row('a', { description: 'two' }))
    await ask('DELETE', `${MODELS}/${body.id}`)
    const history = (await ask('GET', `${MODELS}/${body.id}/versions`)).body
    expect(history.entityType).toBe('mlmodelService')
    const versions = history.versions.map((text: string) => JSON.parse(text))
    expect(
      versions.map(({ version, description, deleted }: Record<string, unknown>) => [version, description, deleted]),
    ).toEqual([
      [0.3, 'two', true],
      [0.2, 'two', false],
      [0.1, 'one', false],
    ])
    expect(versions[2]).toEqual(body)
    expect((await ask('GET', `${MODELS}/${body.id}/versions/0.1`)).body).toEqual(body)
    expect((await ask('GET', `${MODELS}/${body.id}/versions/0.4`)).status).toBe(404)
    for (const version of ['x', '0.15', '1e0', '-1', '0'])
      expect((await ask('GET', `${MODELS}/${body.id}/versions/${version}`)).status).toBe(400)
    expect((await ask('GET', `${MODELS}/${ADA}/versions`)).status).toBe(404)
  })
})
