import {
  applyServices,
  createService,
  deleteService,
  type MlModelServices,
  type ServiceRequest,
  upsertService,
} from 'servicebook'
import { expect, test } from 'vitest'
import { type MlModelBook, openTestBook, stateOf } from './catalogue.js'

type Row = ServiceRequest<MlModelServices>
const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest }) as Row

async function applied(book: MlModelBook, rows: readonly Row[], options = {}) {
  return (await applyServices(book, rows, options))._unsafeUnwrap()
}

async function filled() {
  const book = openTestBook()
  for (const name of ['changes', 'gone', 'stays']) await createService(book, row(name, { description: 'x' }))
  await createService(book, row('deleted'))
  await deleteService(book, 'deleted')
  return book
}

const rows = [row('stays', { description: 'x' }), row('changes', { description: 'y' }), row('new'), row('deleted')]

test('§5 the plan is told and nothing is done; then it is done, as it was told', async () => {
  const book = await filled()
  const before = await stateOf(book.store)
  const plan = await applied(book, rows, { dryRun: true, prune: true })
  expect(await stateOf(book.store)).toEqual(before)
  expect(plan).toMatchObject({
    status: 'success',
    created: 1,
    updated: 1,
    restored: 1,
    unchanged: 1,
    deleted: 1,
    failed: 0,
    pruned: true,
    services: [
      { index: 0, fqn: 'stays', outcome: 'unchanged', version: 0.1 },
      {
        index: 1,
        fqn: 'changes',
        outcome: 'updated',
        version: 0.2,
        change: { fieldsUpdated: [{ name: 'description', oldValue: 'x', newValue: 'y' }] },
      },
      { index: 2, fqn: 'new', outcome: 'created' },
      { index: 3, fqn: 'deleted', outcome: 'restored', version: 0.3 },
      { fqn: 'gone', outcome: 'deleted', version: 0.2 },
    ],
  })
  const done = await applied(book, rows, { prune: true })
  expect(done.services.map(({ fqn, ...one }) => [fqn, 'outcome' in one && one.outcome])).toEqual(
    plan.services.map(({ fqn, ...one }) => [fqn, 'outcome' in one && one.outcome]),
  )
  expect((await stateOf(book.store)).current.map(({ name, deleted }) => [name, deleted])).toEqual([
    ['changes', false],
    ['deleted', false],
    ['gone', true],
    ['new', false],
    ['stays', false],
  ])
  expect(await applied(book, rows, { prune: true })).toMatchObject({ unchanged: 4, deleted: 0, updated: 0 })
})

test('without prune what no row names stays', async () => {
  const book = await filled()
  expect(await applied(book, [])).toMatchObject({ status: 'success', deleted: 0, pruned: false })
  expect(await applied(book, [], { prune: true })).toMatchObject({ deleted: 3, pruned: true })
})

test('nothing is pruned when a row fails, since it may have meant what would go, nor when the input ends early', async () => {
  const book = await filled()
  const report = await applied(book, [row('stays'), { name: 'gone' } as Row], { prune: true })
  expect(report).toMatchObject({ status: 'partialSuccess', failed: 1, deleted: 0, pruned: false })
  expect(report.services[1]).toMatchObject({ index: 1, fqn: 'gone', error: { code: 'BAD_REQUEST' } })
  function* broken() {
    yield row('stays')
    throw new Error('torn')
  }
  const torn = (await applyServices(book, broken(), { prune: true }))._unsafeUnwrap()
  expect(torn).toMatchObject({ status: 'aborted', pruned: false, cause: { message: 'torn' }, deleted: 0 })
})

test('§9 a service that may not be deleted fails alone, and no secret is in a plan', async () => {
  const book = await filled()
  const strict = openTestBook({
    store: book.store,
    policy: (_, operation) => (operation === 'Delete' ? 'forbidden' : 'allow'),
  })
  const by = { name: 'ada' }
  expect(await applied(strict, [row('stays')], { prune: true, by })).toMatchObject({ failed: 2, deleted: 0 })
  const secret = (hush: string) =>
    row('s', {
      serviceType: 'SageMaker',
      connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: hush } } },
    })
  await upsertService(book, secret('hush-1'))
  const plan = await applied(book, [secret('hush-2')], { dryRun: true })
  expect(plan).toMatchObject({ updated: 1 })
  expect(JSON.stringify(plan)).not.toContain('hush')
})

test('what is wrong is said before anything is read', async () => {
  const book = openTestBook()
  expect((await applyServices(book, 7 as never))._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST' })
  expect((await applyServices(book, [], { prune: 1 } as never))._unsafeUnwrapErr()).toMatchObject({
    issues: [{ path: '/prune' }],
  })
})
