import fc from 'fast-check'
import { applyChange, bulkUpsert, createService, diff, getService, type Service, upsertService } from 'servicebook'
import { expect, test } from 'vitest'
import { anyName, badRequests, fewNames, principals, type Request, requests } from './arbitraries.js'
import { comparable, openTestBook, softDelete, stateOf } from './catalogue.js'

const ID = '00000000-0000-4000-8000-000000000000'

const runs = { numRuns: 300 }

test('§5 upsert(r); upsert(r) ≡ upsert(r): the second is unchanged, byte for byte the same service', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(requests(fewNames), { maxLength: 3 }),
      requests(fewNames),
      principals,
      async (before, r, by) => {
        const book = openTestBook()
        await bulkUpsert(book, before)
        const once = await upsertService(book, r, { by })
        const state = JSON.stringify(await stateOf(book.store))
        const twice = await upsertService(book, structuredClone(r), { by })
        expect(JSON.stringify(await stateOf(book.store))).toBe(state)
        if (once.isErr()) expect(twice).toEqual(once)
        else expect(twice._unsafeUnwrap()).toEqual({ outcome: 'unchanged', service: once.value.service })
      },
    ),
    runs,
  )
})

test('§4 create(r); create(r): the second is ENTITY_ALREADY_EXISTS and nothing changed', async () => {
  await fc.assert(
    fc.asyncProperty(requests(anyName), requests(fewNames), async (r, other) => {
      const book = openTestBook()
      const made = (await createService(book, r))._unsafeUnwrap()
      const state = JSON.stringify(await stateOf(book.store))
      const again = await createService(book, { ...other, name: r.name })
      expect(again._unsafeUnwrapErr()).toMatchObject({ code: 'ENTITY_ALREADY_EXISTS', fqn: made.fullyQualifiedName })
      await softDelete(book.store, made.fullyQualifiedName)
      expect((await createService(book, r))._unsafeUnwrapErr().code).toBe('ENTITY_ALREADY_EXISTS')
      const { current, history } = await stateOf(book.store)
      expect(JSON.stringify({ current: history[0], history: [[]] })).toBe(state)
      expect(current[0]).toMatchObject({ id: made.id, deleted: true })
    }),
    runs,
  )
})

type Step = { row: Request } | { softDelete: string }
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: requests(fewNames).map((row) => ({ row })) },
    { weight: 1, arbitrary: badRequests.map((row) => ({ row })) },
  ),
  { maxLength: 12 },
)

test('§6 bulkUpsert(rows) ≡ rows.map(upsertService): services, history and outcomes, up to ids and times', async () => {
  const sizes = fc.constantFrom(1, 2, 3, 1000)
  const before = fc.array(requests(fewNames), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(
      before,
      fc.array(fewNames, { maxLength: 3 }),
      steps,
      principals,
      sizes,
      async (first, gone, then, by, chunkSize) => {
        const [bulk, sequence, rehearsed] = [openTestBook(), openTestBook(), openTestBook()]
        for (const book of [bulk, sequence, rehearsed]) {
          for (const r of first) await upsertService(book, r)
          for (const name of gone) await softDelete(book.store, name)
        }
        const rows = then.map((step) => (step as { row: Request }).row)

        const untouched = JSON.stringify(await stateOf(rehearsed.store))
        const dry = (await bulkUpsert(rehearsed, rows, { by, chunkSize, dryRun: true }))._unsafeUnwrap()
        expect(JSON.stringify(await stateOf(rehearsed.store))).toBe(untouched)
        const report = (await bulkUpsert(bulk, rows, { by, chunkSize }))._unsafeUnwrap()
        expect(dry).toEqual(report)

        const expected: unknown[] = []
        for (const [index, row] of rows.entries()) {
          const answer = await upsertService(sequence, row, { by })
          if (answer.isErr()) expected.push({ index, error: answer.error })
          else {
            const { outcome, service } = answer.value
            expected.push({ index, fqn: service.fullyQualifiedName, outcome, version: service.version })
          }
        }
        const withoutNames = report.rows.map((row) => ('error' in row ? { index: row.index, error: row.error } : row))
        expect(withoutNames).toEqual(expected)
        expect(comparable(await stateOf(bulk.store))).toEqual(comparable(await stateOf(sequence.store)))

        const failed = expected.filter((row) => 'error' in (row as object)).length
        expect(report).toMatchObject({ processed: rows.length, failed, passed: rows.length - failed })
      },
    ),
    runs,
  )
})

test('§3 history holds exactly the versions below the current one, each once, and updatedAt orders them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(requests(fc.constant('a')), { maxLength: 8 }), async (rows) => {
      let clock = 1000
      const book = openTestBook({ now: () => clock-- })
      const seen: Service[] = []
      for (const row of rows) {
        const answer = await upsertService(book, row)
        if (answer.isOk() && answer.value.outcome !== 'unchanged') seen.unshift(answer.value.service)
      }
      const { current, history } = await stateOf(book.store)
      expect([...current, ...history.flat()]).toEqual(seen)
      for (let at = 1; at < seen.length; at++) {
        expect(seen[at - 1]?.updatedAt).toBeGreaterThan(seen[at]?.updatedAt as number)
        expect(seen[at - 1]?.changeDescription?.previousVersion).toBe(seen[at]?.version)
      }
    }),
    runs,
  )
})

test('§3 diff(s, s) is empty; applyChange(before, diff(before, after)) ≡ after where no connection changed', async () => {
  const bare = (service: Service) => {
    const { version, updatedAt, updatedBy, changeDescription, owners, dataProducts, tags, ...rest } = service
    const set = (elements?: readonly unknown[]) => elements?.map((element) => JSON.stringify(element)).sort()
    return { ...rest, owners: set(owners), dataProducts: set(dataProducts), tags: set(tags) }
  }
  await fc.assert(
    fc.asyncProperty(requests(fc.constant('a')), requests(fc.constant('a')), async (one, other) => {
      const [before, after] = await Promise.all(
        [one, other].map(async (r) => (await createService(openTestBook(), r))._unsafeUnwrap()),
      )
      if (before === undefined || after === undefined) throw new Error('two were made')
      const same = diff(before, structuredClone(before), 0.1)
      expect(same).toEqual({ fieldsAdded: [], fieldsUpdated: [], fieldsDeleted: [], previousVersion: 0.1 })
      const change = diff(before, { ...after, id: before.id }, before.version)
      expect(bare(applyChange(before, change))).toEqual(bare({ ...after, id: before.id }))
    }),
    runs,
  )
})

test('§1 a request changed by its caller after the call changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(requests(anyName), async (r) => {
      const book = openTestBook()
      const mine = structuredClone(r) as unknown as Record<string, unknown>
      const answer = upsertService(book, mine as unknown as Request)
      for (const key of Object.keys(mine)) {
        const value = mine[key]
        if (typeof value === 'object' && value !== null)
          for (const inner of Object.keys(value)) delete (value as Record<string, unknown>)[inner]
        mine[key] = 'changed'
      }
      const undisturbed = await upsertService(openTestBook({ newId: () => ID, now: () => 1 }), r)
      const { id, updatedAt, ...disturbed } = (await answer)._unsafeUnwrap().service
      expect({ ...disturbed, id: ID, updatedAt: 1 }).toEqual(undisturbed._unsafeUnwrap().service)
    }),
    runs,
  )
})

test('§2 a service is found by its FQN, by its raw name and by its id', async () => {
  await fc.assert(
    fc.asyncProperty(anyName, async (name) => {
      const book = openTestBook()
      const made = (await createService(book, { name, serviceType: 'Sklearn' }))._unsafeUnwrap()
      for (const subject of [{ name }, { id: made.id }, made.fullyQualifiedName]) {
        expect((await getService(book, subject))._unsafeUnwrap()).toBe(made)
      }
    }),
    runs,
  )
})
