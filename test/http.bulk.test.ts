import { describe, expect, test } from 'vitest'
import { stateOf } from './catalogue.js'
import { aws, MODELS, openEdge, row } from './edge.js'

describe('PUT /bulk', () => {
  test('answers 200 for all rows, in the shape of a BulkOperationResult, in the order of the rows', async () => {
    const { ask, book } = openEdge({ shape: 'documented' })
    await ask('POST', MODELS, row('old'))
    const rows = [
      row('a.b'),
      { name: 'c::d', serviceType: 'Nope' },
      row('old', { description: 'x' }),
      row('e', { domain: 'A', domains: ['B'] }),
      row('f', { domains: ['..'] }),
      null,
    ]
    const { status, body } = await ask('PUT', `${MODELS}/bulk`, rows)
    expect(status).toBe(200)
    const { failedRequest, ...report } = body
    expect(report).toEqual({
      dryRun: false,
      status: 'partialSuccess',
      numberOfRowsProcessed: 6,
      numberOfRowsPassed: 2,
      numberOfRowsFailed: 4,
      successRequest: [
        { request: '"a.b"', status: 200 },
        { request: 'old', status: 200 },
      ],
    })
    expect(failedRequest.map(({ request }: { request: object }) => request)).toEqual([rows[1], rows[3], rows[4], {}])
    expect(failedRequest[0]).toMatchObject({
      status: 400,
      errorType: 'BAD_REQUEST',
      message:
        '/1/name must not hold "::" or a line break; /1/serviceType must be one of Mlflow, Sklearn, CustomMlModel, SageMaker, VertexAI',
      issues: [{ path: '/1/name' }, { path: '/1/serviceType' }],
    })
    const paths = failedRequest.slice(1).map(({ issues }: { issues: { path: string }[] }) => issues[0]?.path)
    expect(paths).toEqual(['/3/domains/0', '/4/domains/0', '/5'])
    expect((await stateOf(book.store)).current.map(({ name }) => name)).toEqual(['a.b', 'old'])
  })

  test('all failed, none, a rehearsal; only what is no array fails as a whole', async () => {
    const { ask, book } = openEdge()
    const result = async (rows: unknown, query = '') => (await ask('PUT', `${MODELS}/bulk${query}`, rows)).body
    expect(await result([{}, 7])).toMatchObject({ status: 'failure', numberOfRowsFailed: 2, successRequest: [] })
    expect(await result([])).toMatchObject({ status: 'success', numberOfRowsProcessed: 0, failedRequest: [] })
    const dry = await result([row('a')], '?dryRun=true')
    expect(dry).toMatchObject({ dryRun: true, status: 'success', numberOfRowsPassed: 1 })
    expect((await stateOf(book.store)).current).toEqual([])
    expect(await result({ rows: [] })).toMatchObject({
      code: 400,
      message: 'The body must be an array of create requests',
    })
    expect(await result([], '?dryRun=maybe')).toMatchObject({ code: 400, issues: [{ path: '/dryRun' }] })
    expect(await result([], '?overrideMetadata=false&async=false')).toMatchObject({ status: 'success' })
  })

  test('§8 a row that failed is told without its connection and without what it should not have', async () => {
    const { ask } = openEdge(
      { shape: 'documented' },
      { policy: (_, operation) => (operation === 'Create' ? 'forbidden' : 'allow') },
    )
    const rows = [aws('a', 'hush'), { ...aws('b', 'hush'), conection: 'hush', description: 'kept' }, ['hush'], 'hush']
    const { body } = await ask('PUT', `${MODELS}/bulk`, rows)
    expect(JSON.stringify(body)).not.toContain('hush')
    expect(body.failedRequest).toMatchObject([
      { request: { name: 'a', serviceType: 'SageMaker' }, status: 403, errorType: 'FORBIDDEN' },
      { request: { name: 'b', description: 'kept' }, status: 400 },
      { request: {}, status: 400 },
      { request: {}, status: 400 },
    ])
  })

  test('a client that has gone ends it between two chunks', async () => {
    const { ask, book } = openEdge()
    const leaving = new AbortController()
    leaving.abort()
    const { serviceHandler } = await import('servicebook/http')
    const body = JSON.stringify([row('a')])
    const request = new Request(`http://x${MODELS}/bulk`, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/json' },
    })
    Object.defineProperty(request, 'signal', { value: leaving.signal })
    const answer = await (await serviceHandler(book)(request)).json()
    expect(answer).toMatchObject({ status: 'aborted', abortReason: 'The request was aborted' })
    expect((await ask('GET', MODELS)).body.paging.total).toBe(0)
  })
})
