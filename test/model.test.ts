import fc from 'fast-check'
import {
  bulkUpsert,
  createService,
  fqn,
  getService,
  type Outcome,
  type Principal,
  type Service,
  upsertService,
} from 'servicebook'
import { expect, test } from 'vitest'
import { fewNames, principals, type Request, requests } from './arbitraries.js'
import { FAMILY, type MlModelBook, openTestBook, softDelete, stores, testCipher } from './catalogue.js'

/** A service as the law describes it, kept in the plainest way: its versions, newest first, as JSON. */
interface Plain {
  versions: Record<string, unknown>[]
}
type Model = Map<string, Plain>
interface Real {
  book: MlModelBook
}

const set = (list: unknown) => ((list ?? []) as object[]).map((element) => JSON.stringify(element)).sort()

/** What the law compares: no ids, no times, no order in sets. */
function plain({ id, updatedAt, changeDescription, owners, tags, ...rest }: Service): Record<string, unknown> {
  const { previousVersion } = changeDescription ?? {}
  return { ...rest, owners: set(owners), tags: set(tags), previousVersion }
}

/** The outcome the law demands, told from the model alone. */
function expectedOutcome(model: Model, name: string, after: Service): Outcome {
  const [current] = model.get(name)?.versions ?? []
  if (current === undefined) return 'created'
  if (current.deleted) return 'restored'
  return current.version === after.version ? 'unchanged' : 'updated'
}

/** §5 in its plainest words, beside the table of the library. */
function fieldsAfter(before: Record<string, unknown> | undefined, r: Request, by: Principal | undefined) {
  const text = (field: 'displayName' | 'description') => {
    const old = before?.[field]
    const given = r[field] ?? undefined
    if (by?.isBot !== true) return given
    return old === undefined || old === '' ? (given ?? old) : old
  }
  const owners = r.owners?.map((owner) => ({ id: owner?.id.toLowerCase(), type: owner?.type })) ?? []
  const tagged = new Map<string, unknown>()
  for (const tag of (before?.tags as string[] | undefined) ?? []) tagged.set(identity(JSON.parse(tag)), JSON.parse(tag))
  for (const tag of r.tags ?? []) {
    const label = {
      tagFQN: tag?.tagFQN,
      source: 'Classification',
      labelType: 'Manual',
      state: 'Confirmed',
      ...defined(tag),
    }
    if (!tagged.has(identity(label))) tagged.set(identity(label), label)
  }
  return {
    displayName: text('displayName'),
    description: text('description'),
    domain: r.domain ?? before?.domain,
    owners: owners.length > 0 ? [...new Set(set(owners))] : (before?.owners ?? []),
    tags: set([...tagged.values()]),
    serviceType: r.serviceType,
    deleted: false,
  }
}

const identity = (tag: { tagFQN?: string | undefined; source?: string }) => `${tag.source} ${tag.tagFQN}`
const defined = (tag: object | null | undefined) =>
  Object.fromEntries(Object.entries(tag ?? {}).filter(([, value]) => value !== undefined && value !== null))

/** §3 and §5: what must hold between a service before and after, whatever the request said. */
function obey(model: Model, r: Request, by: Principal | undefined, outcome: Outcome, service: Service): void {
  const { name } = r
  expect(outcome).toBe(expectedOutcome(model, name, service))
  const known = model.get(name) ?? { versions: [] }
  const [before] = known.versions
  const after = plain(service)
  expect({ displayName: undefined, description: undefined, domain: undefined, ...after }).toMatchObject(
    fieldsAfter(before, r, by),
  )
  if (before === undefined) expect([service.version, service.changeDescription]).toEqual([0.1, undefined])
  else if (outcome === 'unchanged') expect(after).toEqual(before)
  else {
    const steps = Math.round((service.version - (before.version as number)) * 10)
    expect(steps).toBe(before.serviceType === service.serviceType ? 1 : 10)
    expect(service.changeDescription?.previousVersion).toBe(before.version)
    for (const tag of before.tags as string[]) expect(after.tags).toContain(tag)
  }
  if (outcome !== 'unchanged') known.versions.unshift(after)
  model.set(name, known)
}

const commands = () => {
  const request = requests(fewNames)
  const command = (name: string, run: (model: Model, real: Real) => Promise<void>): fc.AsyncCommand<Model, Real> => ({
    check: () => true,
    run,
    toString: () => name,
  })
  return [
    fc.tuple(request, principals).map(([r, by]) =>
      command(`create ${JSON.stringify(r)}`, async (model, { book }) => {
        const made = await createService(book, r, { by })
        if (model.has(r.name)) expect(made._unsafeUnwrapErr().code).toBe('ENTITY_ALREADY_EXISTS')
        else obey(model, r, by, 'created', made._unsafeUnwrap())
      }),
    ),
    fc.tuple(request, principals).map(([r, by]) =>
      command(`upsert ${JSON.stringify(r)}`, async (model, { book }) => {
        const put = await upsertService(book, r, { by })
        if (put.isOk()) obey(model, r, by, put.value.outcome, put.value.service)
        else {
          const [current] = model.get(r.name)?.versions ?? []
          expect(put.error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/connection' }] })
          expect(current?.serviceType).not.toBe(r.serviceType)
          expect(current?.connection).toBeDefined()
        }
      }),
    ),
    fc.array(request, { maxLength: 6 }).map((rows) =>
      command(`bulk ${JSON.stringify(rows)}`, async (model, { book }) => {
        const names = new Set(rows.map(({ name }) => name))
        const report = (await bulkUpsert(book, rows, { chunkSize: 2 }))._unsafeUnwrap()
        for (const name of names) {
          const known = model.get(name)?.versions ?? []
          const written = report.rows.filter(
            (row) => row.fqn === fqn.quote(name) && 'outcome' in row && row.outcome !== 'unchanged',
          )
          const current = (await getService(book, { name }, { include: 'all' })).unwrapOr(undefined)
          if (current === undefined) continue
          const history = await book.store.versions(FAMILY, current.fullyQualifiedName, current.id, { limit: 1000 })
          expect(history.length + 1).toBe(known.length + written.length)
          model.set(name, { versions: [current, ...history].map(plain) })
        }
      }),
    ),
    fewNames.map((name) =>
      command(`softDelete ${name}`, async (model, { book }) => {
        await softDelete(book.store, fqn.quote(name))
        const [current] = model.get(name)?.versions ?? []
        if (current === undefined || current.deleted) return
        const version = (Math.round((current.version as number) * 10) + 1) / 10
        model.get(name)?.versions.unshift({ ...current, version, deleted: true, previousVersion: current.version })
      }),
    ),
    fewNames.map((name) =>
      command(`remove ${name}`, async (model, { book }) => {
        const name_ = fqn.quote(name)
        const before = (await book.store.load(FAMILY, [name_])).get(name_)
        if (before !== undefined) await book.store.commit(FAMILY, [{ before, after: null }])
        model.delete(name)
      }),
    ),
    fc.constant(
      command('look', async (model, { book }) => {
        const { services } = await book.store.list(FAMILY, { limit: 1000, include: 'all' })
        expect(services.map(({ name }) => name).sort()).toEqual([...model.keys()].sort())
        for (const service of services) {
          const history = await book.store.versions(FAMILY, service.fullyQualifiedName, service.id, { limit: 1000 })
          expect([service, ...history].map(plain)).toEqual(model.get(service.name)?.versions)
          expect((await getService(book, { id: service.id }, { include: 'all' }))._unsafeUnwrap()).toEqual(service)
          expect((await getService(book, { name: service.name })).isOk()).toBe(!service.deleted)
        }
      }),
    ),
  ]
}

test.each(stores)('any sequence of verbs on the $name store does what the plain model does', async ({ open }) => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands(), { maxCommands: 25, size: 'max' }), async (sequence) => {
      const { store, close } = await open()
      try {
        await fc.asyncModelRun(
          () => ({ model: new Map() as Model, real: { book: openTestBook({ store, cipher: testCipher() }) } }),
          sequence,
        )
      } finally {
        await close()
      }
    }),
    { numRuns: 100 },
  )
})
