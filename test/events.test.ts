import fc from 'fast-check'
import {
  bulkUpsert,
  type ChangeEvent,
  createService,
  deleteService,
  MASK,
  restoreService,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, onTestFinished, test, vi } from 'vitest'
import { fewNames, type Request, requests } from './arbitraries.js'
import { openTestBook, stateOf, stores, testCipher } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const by = { name: 'ada' }

test.each(stores)(
  '§7 every change is told of once, after its commit, with the masked service, on the $name store',
  async (which) => {
    const { store, close } = await which.open()
    onTestFinished(close)
    const events: ChangeEvent[] = []
    const book = openTestBook({ store, cipher: testCipher(), now: () => 1000, onChange: (event) => events.push(event) })
    const config = { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } }
    const made = await createService(book, { name: 'a', serviceType: 'SageMaker', connection: { config } }, { by })
    const { id } = made._unsafeUnwrap()
    await upsertService(book, { name: 'a', serviceType: 'SageMaker', description: 'x' }, { by })
    await upsertService(book, { name: 'a', serviceType: 'SageMaker', description: 'x' }, { by })
    await deleteService(book, 'a')
    await restoreService(book, 'a', { by })
    await restoreService(book, 'a', { by })
    await deleteService(book, 'a', { by })
    await upsertService(book, { name: 'a', serviceType: 'SageMaker', description: 'y' }, { by })
    await deleteService(book, 'a', { hard: true, by })
    expect(
      events.map(({ eventType, previousVersion, currentVersion, userName, timestamp }) => [
        eventType,
        previousVersion,
        currentVersion,
        userName,
        timestamp,
      ]),
    ).toEqual([
      ['entityCreated', undefined, 0.1, 'ada', 1000],
      ['entityUpdated', 0.1, 0.2, 'ada', 1001],
      ['entitySoftDeleted', 0.2, 0.3, 'anonymous', 1002],
      ['entityRestored', 0.3, 0.4, 'ada', 1003],
      ['entitySoftDeleted', 0.4, 0.5, 'ada', 1004],
      ['entityRestored', 0.5, 0.6, 'ada', 1005],
      ['entityDeleted', 0.6, 0.6, 'ada', 1000],
    ])
    for (const event of events) {
      expect(event).toMatchObject({ entityType: 'mlmodelService', entityId: id, entityFullyQualifiedName: 'a' })
      expect(event.entity.connection?.config).toMatchObject({ awsConfig: { awsSecretAccessKey: MASK } })
      expect(JSON.stringify(event)).not.toContain('hush')
      if (event.eventType !== 'entityDeleted') expect(event.entity.version).toBe(event.currentVersion)
    }
    expect(events[1]?.entity.changeDescription?.fieldsAdded).toEqual([{ name: 'description', newValue: 'x' }])
  },
)

test('§7 the events of any bulk are its versions: as many as were written, in the order of each service, none in a dry run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(requests(fewNames), { maxLength: 12 }), async (rows) => {
      const events: ChangeEvent[] = []
      const book = openTestBook({ onChange: (event) => events.push(event) })
      await bulkUpsert(book, rows, { dryRun: true })
      expect(events).toEqual([])
      const report = (await bulkUpsert(book, rows, { chunkSize: 3 }))._unsafeUnwrap()
      const written = report.rows.filter((one) => 'outcome' in one && one.outcome !== 'unchanged')
      expect(events).toHaveLength(written.length)
      const { current, history } = await stateOf(book.store)
      for (const [at, service] of current.entries()) {
        const own = events.filter(({ entityId }) => entityId === service.id).map(({ entity }) => entity)
        expect(own.reverse()).toEqual([service, ...(history[at] ?? [])])
      }
    }),
  )
})

test('§7 nothing is told of a write that was refused, that failed, or that may have failed', async () => {
  const onChange = vi.fn()
  const store = memoryStore()
  await createService(openTestBook({ store }), row('a'))
  let commits = 0
  const failing: ServiceStore = {
    ...store,
    commit(...args) {
      commits++
      if (commits === 1) {
        store.commit(...args)
        throw new Error('the connection was lost')
      }
      return commits === 2 ? args[1].map(({ after }) => after?.service.name as string) : store.commit(...args)
    },
  }
  const book = openTestBook({ store: failing, onChange })
  expect((await upsertService(book, row('a', { description: 'x' })))._unsafeUnwrapErr()).toMatchObject({
    applied: 'unknown',
  })
  expect(onChange).not.toHaveBeenCalled()
  expect((await createService(book, row('a'))).isErr()).toBe(true)
  expect(onChange).not.toHaveBeenCalled()
  expect((await upsertService(book, row('a', { description: 'y' }))).isOk()).toBe(true)
  expect(onChange).toHaveBeenCalledTimes(1)
})

test('§7 a listener that throws, rejects or hangs harms nobody and is reported', async () => {
  const failure = new Error('no listener')
  const listeners = [
    () => {
      throw failure
    },
    () => Promise.reject(failure),
  ]
  for (const onChange of listeners) {
    const reported = vi.fn()
    const book = openTestBook({ onChange, onListenerError: reported })
    const report = (await bulkUpsert(book, [row('a'), row('b')]))._unsafeUnwrap()
    expect(report.status).toBe('success')
    await new Promise((resolve) => setImmediate(resolve))
    expect(reported.mock.calls).toMatchObject([
      [failure, { eventType: 'entityCreated', entityFullyQualifiedName: 'a' }],
      [failure, { entityFullyQualifiedName: 'b' }],
    ])
    const silent = openTestBook({
      onChange,
      onListenerError: () => {
        throw failure
      },
    })
    expect((await createService(silent, row('a'))).isOk()).toBe(true)
  }
  const hanging = openTestBook({ onChange: () => new Promise(() => {}) })
  expect((await createService(hanging, row('a'))).isOk()).toBe(true)

  const warnings: string[] = []
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation((text) => void warnings.push(String(text)))
  onTestFinished(() => warned.mockRestore())
  await createService(openTestBook({ onChange: listeners[0] as () => never }), row('a'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(warnings).toEqual(['onChange failed for entityCreated of a: no listener'])
})
