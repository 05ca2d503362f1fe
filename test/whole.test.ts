import fc from 'fast-check'
import { expect, it } from 'vitest'
import { memoryStore } from '../adapters/memory.js'
import { mlmodelServices, openBook, upsertService } from '../src/index.js'
import { tooLarge } from '../src/rules/decide/newborn.js'
import { defaultLimits } from '../src/rules/limits.js'
import { mergeTable } from '../src/rules/merge.js'
import type { ValidRequest } from '../src/rules/validate.js'

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

it('§5 the fields are as large together as the whole, to the byte and whichever of them is the largest', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 })
  const long = fc.tuple(text, fc.nat(50)).map(([text, times]) => text.repeat(times))
  const value = fc.oneof(
    long,
    fc.boolean(),
    fc.array(fc.array(long, { maxLength: 3 }), { maxLength: 3 }),
    fc.dictionary(text, fc.record({ there: long, absent: fc.constant(undefined) }), { maxKeys: 3 }),
  )
  // No request says how far a service is reviewed.
  const names = Object.keys(mergeTable).filter((name) => name !== 'entityStatus')
  const anyFields = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] })
  const largest = fc.constantFrom('name', ...names).map((name) => ({ [name]: ['x'.repeat(10_000)] }))
  fc.assert(
    fc.property(text, anyFields, largest, (name, others, most) => {
      const request = { name, serviceType: 'Sklearn', ...others, ...most } as unknown as ValidRequest
      const within = (bytes: number) => tooLarge(request, request, { ...defaultLimits, request: bytes }) === undefined
      const bytes = Buffer.byteLength(JSON.stringify(request))
      expect([within(bytes), within(bytes - 1)]).toEqual([true, false])
    }),
  )
})
