import fc from 'fast-check'
import {
  bulkUpsert,
  createService,
  deleteService,
  fqn,
  getService,
  listServices,
  listVersions,
  type Outcome,
  type Principal,
  patchService,
  restoreService,
  type Service,
  upsertService,
} from 'servicebook'
import { expect, test } from 'vitest'
import { fewNames, principals, type Request, requests } from './arbitraries.js'
import { FAMILY, type MlModelBook, openTestBook, stores, testCipher } from './catalogue.js'

/** A service as the law describes it, kept in the plainest way: its versions, newest first, as JSON. */
interface Plain {
  versions: Record<string, unknown>[]
}
type Model = Map<string, Plain>
interface Real {
  book: MlModelBook
}

const set = (list: unknown) => ((list ?? []) as unknown[]).map((element) => JSON.stringify(element)).sort()

/** What the law compares: no ids, no times, no order in sets. */
function plain({
  id,
  updatedAt,
  changeDescription,
  owners,
  dataProducts,
  tags,
  ...rest
}: Service): Record<string, unknown> {
  const { previousVersion } = changeDescription ?? {}
  return { ...rest, owners: set(owners), dataProducts: set(dataProducts), tags: set(tags), previousVersion }
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
  const products = (before?.dataProducts as string[] | undefined) ?? []
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
    dataProducts: by?.isBot === true && products.length > 0 ? products : set([...new Set(r.dataProducts ?? [])]),
    owners: owners.length > 0 ? [...new Set(set(owners))] : (before?.owners ?? []),
    tags: set([...tagged.values()]),
    serviceType: r.serviceType,
    style: r.style ?? before?.style,
    ingestionRunner: r.ingestionRunner
      ? { id: r.ingestionRunner.id.toLowerCase(), type: r.ingestionRunner.type }
      : undefined,
    entityStatus: before?.entityStatus ?? 'Unprocessed',
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
  const absent = { displayName: undefined, description: undefined, domain: undefined }
  expect({ ...absent, style: undefined, ingestionRunner: undefined, ...after }).toMatchObject(
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

/** The version after the current one: as it was, but for this. */
function next(model: Model, name: string, service: Service, by: Principal | undefined, change: object): void {
  const known = model.get(name) as Plain
  const [current] = known.versions
  const version = (Math.round((current?.version as number) * 10) + 1) / 10
  const updatedBy = by?.name ?? 'anonymous'
  const expected = { ...current, ...change, version, updatedBy, previousVersion: current?.version }
  expect(plain(service)).toEqual(expected)
  known.versions.unshift(plain(service))
}

const STATUS: Record<string, string> = { '': 'Unprocessed', p: 'Approved', q: 'In Review' }

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
    fc.tuple(fewNames, principals, fc.boolean()).map(([name, by, hard]) =>
      command(`delete ${name} ${hard ? 'hard' : ''}`, async (model, { book }) => {
        const [current] = model.get(name)?.versions ?? []
        const answer = await deleteService(book, { name }, { by, hard })
        if (current === undefined) {
          expect(answer._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
          return
        }
        const { outcome, service } = answer._unsafeUnwrap()
        expect(outcome).toBe(hard ? 'removed' : current.deleted ? 'unchanged' : 'deleted')
        if (outcome === 'deleted') next(model, name, service, by, { deleted: true })
        else expect(plain(service)).toEqual(current)
        if (hard) model.delete(name)
      }),
    ),
    fc.tuple(fewNames, principals).map(([name, by]) =>
      command(`restore ${name}`, async (model, { book }) => {
        const [current] = model.get(name)?.versions ?? []
        const answer = await restoreService(book, { name }, { by })
        if (current === undefined) expect(answer._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
        else if (!current.deleted) expect(answer._unsafeUnwrap().outcome).toBe('unchanged')
        else next(model, name, answer._unsafeUnwrap().service, by, { deleted: false })
      }),
    ),
    fc
      .tuple(
        fewNames,
        principals,
        fc.constantFrom('displayName', 'description', 'entityStatus'),
        fc.constantFrom('', 'p', 'q'),
      )
      .map(([name, by, field, text]) => [name, by, field, field === 'entityStatus' ? STATUS[text] : text] as const)
      .map(([name, by, field, value]) =>
        // With a precondition, so that each patch is a version; sessions have tests of their own.
        command(`patch ${name} ${field} ${value}`, async (model, { book }) => {
          const [current] = model.get(name)?.versions ?? []
          const operation = { op: 'add', path: `/${field}`, value } as const
          const answer = await patchService(book, { name }, [operation], { by, ifMatch: '*' })
          if (current === undefined || current.deleted) expect(answer._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
          else if (current[field] === value) expect(answer._unsafeUnwrap().outcome).toBe('unchanged')
          else next(model, name, answer._unsafeUnwrap().service, by, { [field]: value })
        }),
      ),
    fc.constant(
      command('look', async (model, { book }) => {
        const { services } = (await listServices(book, { limit: 1000, include: 'all' }))._unsafeUnwrap()
        expect(services.map(({ name }) => name).sort()).toEqual([...model.keys()].sort())
        for (const service of services) {
          const history = await listVersions(book, { name: service.name }, { limit: 1000 })
          expect(history._unsafeUnwrap().services.map(plain)).toEqual(model.get(service.name)?.versions)
          expect((await getService(book, { id: service.id }, { include: 'all' }))._unsafeUnwrap()).toEqual(service)
          expect((await getService(book, { name: service.name })).isOk()).toBe(!service.deleted)
        }
      }),
    ),
  ]
}

test.each(stores)('any sequence of verbs on the $name store does what the plain model does', async ({ name, open }) => {
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
    { numRuns: name === 'memory' ? 100 : 30 },
  )
})
