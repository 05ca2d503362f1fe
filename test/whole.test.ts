import { expect, it } from 'vitest'
import { memoryStore } from '../adapters/memory.js'
import { mlmodelServices, openBook, upsertService } from '../src/index.js'

/*
 * The whole of a service is measured in the bytes of its JSON text, whichever fields it lacks. Source: `semantics.md` §1, §5.
 */

const LIMIT = 4096
const of = (bytes: number, mark: string) => {
  const request = { name: 'a', serviceType: 'Sklearn' as const, description: mark }
  // A service has tags, be it none, and is measured with them.
  const rest = JSON.stringify({ ...request, tags: [] }).length - mark.length
  return { ...request, description: mark.repeat(bytes - rest) }
}

it('§5 a service that is as large as a request may be can be changed', async () => {
  const book = openBook({ family: mlmodelServices, store: memoryStore(), limits: { request: LIMIT } })
  for (const [mark, outcome] of [
    ['x', 'created'],
    ['y', 'updated'],
  ] as const) {
    const upserted = await upsertService(book, of(LIMIT, mark))
    expect(upserted.isOk() ? upserted.value.outcome : upserted.error).toBe(outcome)
  }
})

it('§5 one byte more, with what the service keeps, is too much', async () => {
  const book = openBook({ family: mlmodelServices, store: memoryStore(), limits: { request: LIMIT } })
  const kept = { owners: [{ id: '6f7e6c1e-5d0c-4f0e-9d4c-1f6f3f8f0a11', type: 'user' as const }] }
  const extra = JSON.stringify(kept).length - 1
  const created = await upsertService(book, { ...of(LIMIT - extra, 'x'), ...kept })
  expect(created.isOk()).toBe(true)
  const fits = await upsertService(book, of(LIMIT - extra, 'y'))
  expect(fits.isOk() ? fits.value.outcome : fits.error).toBe('updated')
  const beyond = await upsertService(book, of(LIMIT - extra + 1, 'z'))
  expect(beyond.isErr() && beyond.error.code === 'BAD_REQUEST' ? beyond.error.issues : beyond).toEqual([
    { path: '', message: `is larger than ${LIMIT} bytes with what the service keeps` },
  ])
})
