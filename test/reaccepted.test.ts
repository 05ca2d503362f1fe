import fc from 'fast-check'
import {
  bulkUpsert,
  deleteService,
  patchService,
  restoreService,
  type Service,
  type ServiceRequest,
  upsertService,
} from 'servicebook'
import { expect, test } from 'vitest'
import { type Request, requests } from './arbitraries.js'
import { openTestBook, stateOf } from './catalogue.js'

/* What a verb leaves, its own rules accept. */

const tags = (from: number, count: number) => Array.from({ length: count }, (_, at) => ({ tagFQN: `T.${from + at}` }))
const row = (fields: object) => ({ name: 'a', serviceType: 'Sklearn', ...fields }) as Request

test('§5 V3 a union past the limit of a list is BAD_REQUEST, and nothing is written', async () => {
  const book = openTestBook()
  await upsertService(book, row({ tags: tags(0, 600) }))
  const state = JSON.stringify(await stateOf(book.store))
  const refused = { code: 'BAD_REQUEST', issues: [{ path: '/tags' }] }
  expect((await upsertService(book, row({ tags: tags(600, 401) })))._unsafeUnwrapErr()).toMatchObject(refused)
  const report = (await bulkUpsert(book, [row({ tags: tags(600, 401) })]))._unsafeUnwrap()
  expect(report.rows).toMatchObject([{ index: 0, error: refused }])
  expect(JSON.stringify(await stateOf(book.store))).toBe(state)
  const full = (await upsertService(book, row({ tags: tags(600, 400) })))._unsafeUnwrap()
  expect(full.service.tags).toHaveLength(1000)
  await isReaccepted(book, full.service)
})

test('§5 V3 what is kept and what is new together stay within the size of a request', async () => {
  const book = openTestBook({ limits: { request: 2000 } })
  await upsertService(book, row({ tags: [{ tagFQN: 'x'.repeat(1200) }] }))
  const state = JSON.stringify(await stateOf(book.store))
  const put = await upsertService(book, row({ description: 'y'.repeat(1200) }))
  expect(put._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '' }] })
  expect(JSON.stringify(await stateOf(book.store))).toBe(state)
})

test('§5 §7 V3 what any verb leaves, an empty patch and the same upsert leave unchanged', async () => {
  // Enough labels, and long enough, that a few unions would outgrow either limit.
  const label = fc.nat(19).map((at) => ({ tagFQN: `${'T'.repeat(40)}.${at}` }))
  const labelled = fc
    .tuple(requests(fc.constant('a')), fc.option(fc.array(label, { minLength: 1, maxLength: 5 }), { freq: 4 }))
    .map(([request, more]) => (more === null ? request : { ...request, tags: more }))
  const limits = fc.constantFrom({ elements: 12 }, { request: 1000 }, { elements: 12, request: 1200 })
  await fc.assert(
    fc.asyncProperty(
      limits,
      fc.array(fc.tuple(labelled, fc.constantFrom('upsert', 'upsert', 'bulk', 'restore', 'patch')), {
        minLength: 1,
        maxLength: 12,
      }),
      async (narrow, steps) => {
        const book = openTestBook({ limits: narrow })
        for (const [request, verb] of steps) {
          if (verb === 'upsert') await upsertService(book, request)
          else if (verb === 'bulk') await bulkUpsert(book, [request, request])
          else if (verb === 'patch') {
            const value = request.tags ?? []
            await patchService(book, 'a', [{ op: 'add', path: '/tags', value }], { by: { name: 'ada' } })
          } else {
            await deleteService(book, 'a')
            await restoreService(book, 'a')
          }
          const { current } = await stateOf(book.store)
          if (current[0] !== undefined) await isReaccepted(book, current[0])
        }
      },
    ),
    { numRuns: 100 },
  )
})

async function isReaccepted(book: ReturnType<typeof openTestBook>, service: Service): Promise<void> {
  expect((await patchService(book, service.name, []))._unsafeUnwrap()).toEqual({ outcome: 'unchanged', service })
  const { name, serviceType, displayName, description, owners, domain, dataProducts, tags } = service
  const { style, ingestionRunner, connection } = service
  const texts = { name, serviceType, displayName, description }
  const again = { ...texts, owners, domain, dataProducts, tags, style, ingestionRunner, connection }
  const put = await upsertService(book, again as ServiceRequest<typeof book.family>)
  expect(put._unsafeUnwrap()).toEqual({ outcome: 'unchanged', service })
}

test('§7 V10 a clock put back begins a new session, and one that stands still does not', async () => {
  let now = 1_764_000_000_000
  const book = openTestBook({ now: () => now })
  const by = { name: 'ada' }
  const describe = async (value: string) => {
    const operation = { op: 'add', path: '/description', value } as const
    return (await patchService(book, 'a', [operation], { by }))._unsafeUnwrap().service.version
  }
  await upsertService(book, row({}), { by })
  expect(await describe('one')).toBe(0.2)
  expect(await describe('two')).toBe(0.2)
  now -= 500_000
  expect(await describe('three')).toBe(0.2)
  now -= 86_400_000
  expect(await describe('four')).toBe(0.3)
  now += 3_600_000
  expect(await describe('five')).toBe(0.4)
})
