import { expect, test, vi } from 'vitest'
import { ADA, MODELS, openEdge, row } from './edge.js'

test('§10 what fails behind the edge is a 503 or 500 that tells nothing of it; the host is told', async () => {
  const onError = vi.fn()
  const down = () => Promise.reject(new Error('password=hush host=db'))
  const { book } = openEdge()
  const store = { ...book.store, load: down, commit: down, find: down, list: down, versions: down }
  const { ask } = openEdge({ onError, shape: 'documented' }, { store })
  const asks: [string, string, unknown?][] = [
    ['POST', MODELS, row('a')],
    ['PUT', MODELS, row('a')],
    ['GET', MODELS],
    ['GET', `${MODELS}/name/a`],
    ['GET', `${MODELS}/${ADA}/versions`],
    ['DELETE', `${MODELS}/name/a`],
    ['PATCH', `${MODELS}/name/a`, [{ op: 'remove', path: '/description' }]],
  ]
  for (const [method, path, body] of asks) {
    const failed = await ask(method, path, body)
    expect(failed.body).toMatchObject({ code: 503, errorType: 'STORE_FAILED' })
    expect(JSON.stringify(failed.body)).not.toMatch(/hush|db/)
  }
  expect(onError.mock.calls.map(([error]) => error.code)).toEqual(asks.map(() => 'STORE_FAILED'))
  const bulk = await ask('PUT', `${MODELS}/bulk`, [row('a'), row('b')])
  expect(bulk.body.failedRequest).toMatchObject([{ status: 503, errorType: 'STORE_FAILED' }, { status: 503 }])
  expect(JSON.stringify(bulk.body)).not.toMatch(/hush|db/)
  expect(onError).toHaveBeenCalledTimes(asks.length + 1)

  const throwing = [
    { authenticate: down },
    {
      describe: () => {
        throw new Error('hush')
      },
    },
    { describe: () => [] },
  ]
  for (const options of throwing) {
    const told = vi.fn(() => {
      throw new Error('the reporter itself')
    })
    const { ask } = openEdge({ ...options, onError: told })
    const failed = await ask('POST', MODELS, row('a', { domain: 'Sales' }))
    expect(failed.body).toEqual({ code: 500, errorType: 'INTERNAL_ERROR', message: 'The server failed' })
    expect(told).toHaveBeenCalledTimes(1)
  }
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  await openEdge({ authenticate: () => Promise.reject(new Error('down')) }).ask('GET', MODELS)
  expect(warned).toHaveBeenCalledWith('A request to servicebook failed: down')
  warned.mockRestore()
})

test('CONTENDED is a 503 with Retry-After', async () => {
  const { book } = openEdge()
  const store = { ...book.store, commit: (_: string, changes: readonly { after: unknown }[]) => changes.map(() => 'a') }
  const refused = await openEdge({}, { store, attempts: 2 }).ask('PUT', MODELS, row('a'))
  expect([refused.body.code, refused.body.errorType, refused.headers.get('retry-after')]).toEqual([
    503,
    'CONTENDED',
    '1',
  ])
})
