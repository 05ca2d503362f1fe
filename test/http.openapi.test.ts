import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import {
  type Book,
  createService,
  defineFamily,
  deleteService,
  type Family,
  fqn,
  mlmodelServices,
  openBook,
  secret,
  secretMap,
} from 'servicebook'
import { type HandlerOptions, openApiDocument, serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { type TObject, Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { routes } from '../adapters/http/routes.js'
import { completed } from '../src/families/defaults.js'
import { nastyNames } from './arbitraries.js'
import { type Answered, asking } from './edge.js'
import { arbitraryOf, type Components, type JsonSchema, recordOf, spoiled, UNCHECKED } from './jsonschema.js'

/*
 * The OpenAPI document, held against OpenAPI, against the routes, and against what the handler answers to requests that are
 * made from it.
 */

const closed = { additionalProperties: false } as const

const pipelineServices = defineFamily({
  entityType: 'pipelineService',
  collection: 'pipelineServices',
  serviceTypes: {
    Airflow: Type.Object(
      {
        hostPort: Type.String({ pattern: '^https?://[a-z]+$', maxLength: 40 }),
        retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, default: 3 })),
        ratio: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
        backend: Type.Union([
          Type.Object({ kind: Type.Literal('sql'), password: Type.Optional(secret()) }, closed),
          Type.Object({ kind: Type.Literal('none') }, closed),
        ]),
      },
      closed,
    ),
    // As somebody would paste it from OpenMetadata: plain JSON Schema.
    'dbt Cloud/2': {
      type: 'object',
      properties: { default: { type: 'boolean', default: false }, jobs: { type: 'array', items: { type: 'string' } } },
      required: ['jobs'],
      additionalProperties: false,
    } as unknown as TObject,
    Custom: Type.Object({ properties: Type.Optional(secretMap()), extra: Type.Unknown() }, closed),
  },
})

interface Setting {
  readonly name: string
  readonly families: readonly Family[]
  readonly options: HandlerOptions
}

const settings: readonly Setting[] = [
  { name: 'one book', families: [mlmodelServices], options: {} },
  {
    name: 'two books below a path, in the shape that is documented',
    families: [mlmodelServices, pipelineServices],
    options: { shape: 'documented', basePath: '/api', publicUrl: 'https://catalogue.example/some/api' },
  },
  { name: 'a book of a family of its own', families: [pipelineServices], options: { basePath: '/a/b' } },
]

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: JsonSchema
}
type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>
interface Answers {
  readonly $ref?: string
  readonly content: Content
  readonly headers?: object
}
interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, Answers>>
}
interface Document {
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Components; readonly responses: Readonly<Record<string, Answers>> }
}

const documentOf = (books: Book | readonly Book[], options: HandlerOptions = {}) =>
  openApiDocument(books, options) as unknown as Document

const booksOf = ({ families }: Setting, store = memoryStore(), newId = crypto.randomUUID.bind(crypto)) =>
  families.map((family) => openBook({ family, store, newId, now: () => 1_700_000_000_000 }) as Book)

/** Every operation, with its method and path. */
const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

/** All values under a key, at any depth. */
function under(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...under(key, inner)])
}

describe.each(settings)('the document of $name', (setting) => {
  const document = documentOf(booksOf(setting), setting.options)

  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(structuredClone(document) as never)).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  test('is JSON, made anew by each call, and what /openapi.json answers', async () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
    const ask = asking(serviceHandler(booksOf(setting), setting.options))
    const { basePath = '' } = setting.options
    expect((await ask('GET', `${basePath}/openapi.json`)).body).toEqual(document)
    const again = documentOf(booksOf(setting), setting.options)
    expect(again.components.schemas).not.toBe(document.components.schemas)
    expect(again.components.schemas.Issue).not.toBe(document.components.schemas.Issue)
  })

  test('has every route and nothing more, each under an id of its own', () => {
    const served = setting.families.flatMap(({ collection }) =>
      Object.entries(routes).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method} /v1/services/${collection}${path}`),
      ),
    )
    const described = operationsOf(document).map(({ method, path }) => `${method} ${path}`)
    expect(new Set(described)).toEqual(new Set([...served, 'GET /v1/system/version', 'GET /v1/users/loggedInUser']))
    const ids = operationsOf(document).map(({ operation }) => operation.operationId)
    expect(ids).toEqual([...new Set(ids)])
  })

  test('refers to nothing that is not there, and has nothing that nobody refers to', () => {
    const at = (pointer: string) =>
      pointer
        .slice(2)
        .split('/')
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document)
    const mapped = under('mapping', document).flatMap((mapping) => Object.values(mapping as object))
    const refs = [...under('$ref', document), ...mapped] as string[]
    for (const ref of refs) expect(at(ref), ref).toBeTypeOf('object')
    const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect(names.filter((name) => !refs.includes(name))).toEqual([])
  })

  test('says of every part of a path what it is, and of nothing else', () => {
    for (const { path, operation } of operationsOf(document)) {
      const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
      expect(described.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
    }
  })
})

const one = Type.Object({ one: Type.String() }, closed)
const other = Type.Object({ other: Type.Integer() }, closed)
const bookOf = (entityType: string, collection: string, serviceTypes: Record<string, TObject>) =>
  openBook({ family: defineFamily({ entityType, collection, serviceTypes }), store: memoryStore() }) as Book

test('service types that differ in a character that a name may not have are kept apart', () => {
  const book = bookOf('pipe', 'pipes', { 'a b': one, 'a/b': other })
  const document = documentOf(book)
  const path = '/v1/services/pipes'
  const takes = validatorsOf(document)('create', document.paths[path]?.post?.requestBody?.content)
  for (const [serviceType, schema] of Object.entries(book.family.serviceTypes)) {
    const request = (config: object) => ({ name: 'a', serviceType, connection: { config } })
    const taken = [request({ one: '1' }), request({ other: 1 })].map((body) => takes(body))
    expect([serviceType, taken]).toEqual([serviceType, [schema === one, schema === other]])
  }
})

test.each([
  ['one entity type in two collections', [bookOf('pipe', 'pipes', { A: one }), bookOf('pipe', 'old', { A: other })]],
  ['entity types that differ in case', [bookOf('pipe', 'pipes', { A: one }), bookOf('Pipe', 'others', { A: other })]],
  ['an entity type that is called like what all share', [bookOf('issue', 'issues', { A: one })]],
  [
    'entity types whose operations are called alike',
    [bookOf('pipe', 'pipes', { A: one }), bookOf('orUpdatePipe', 'others', { A: other })],
  ],
  [
    'an entity type that is called like a request of another',
    [bookOf('pipe', 'pipes', { A: one }), bookOf('createPipe', 'made', { A: other })],
  ],
])('%s would meet in the document: a TypeError', (_, books) => {
  expect(() => documentOf(books)).toThrow(TypeError)
  expect(() => serviceHandler(books)).toThrow(/told apart/)
})

/** The check of a body by the document, compiled once under its name. */
function validatorsOf(document: Document) {
  const unchecked = Object.fromEntries(UNCHECKED.map((format) => [format, true as const]))
  const ajv = formats.default(new Ajv2020({ strict: false, formats: unchecked }), ['uuid'])
  ajv.addSchema(structuredClone(document), 'document')
  const compiled = new Map<string, ValidateFunction>()
  return (name: string, content: Content | undefined, mediaType = 'application/json'): ValidateFunction => {
    const schema = content?.[mediaType]?.schema
    if (schema === undefined) throw new Error(`${name} has no ${mediaType}`)
    const known = compiled.get(name) ?? ajv.compile(absolute(schema) as object)
    compiled.set(name, known)
    return known
  }
}

/** A schema out of its document, of which its references still speak. */
function absolute(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  if (Array.isArray(schema)) return schema.map(absolute)
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === '$ref' ? `document${value}` : absolute(value)]),
  )
}

/** Stands for what the handler answered last under this name. */
const LAST = { id: '{last id}', etag: '{last etag}', after: '{last after}', before: '{last before}' }

const IDS = Array.from({ length: 3 }, (_, at) => `00000000-0000-7000-8000-00000000000${at}`)
const NAMES = ['a', 'A', 'a.b', '"a"', 'ü', '__proto__']
const DOMAINS = ['Sales', 'Sales.EMEA', '"R.D".Ops']

/** Texts that every store can hold, and that no rule beyond the schemas forbids. */
const harmless = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES, ...DOMAINS) },
  { weight: 1, arbitrary: fc.constantFrom(...nastyNames.filter((name) => name !== '__proto__'), '', 'one\ntwo') },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
)

const nastyTexts = ['\0', '\ud800', 'a\udc00b', 'a::b', 'a\nb', '..', 'x'.repeat(4000), '*********', 'a://u:pw@h/']
const text = fc.oneof({ weight: 5, arbitrary: harmless }, { weight: 1, arbitrary: fc.constantFrom(...nastyTexts) })
const id = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(LAST.id, ...IDS) }, { weight: 1, arbitrary: fc.uuid() })
const json = fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' })
/** In a field `null` counts as nothing, which no schema says. */
const something = json.filter((value) => value !== null)

const nasty: fc.Arbitrary<unknown> = fc.oneof(
  text,
  json,
  fc.constantFrom<unknown[]>(null, true, -1, 1e308, [], {}, [[]], JSON.parse('{"__proto__": {"a": 1}}')),
)

/** The text of a body: mostly valid by the document, often spoiled, now and then something else. */
function bodiesOf(schema: JsonSchema, schemas: Components): fc.Arbitrary<string> {
  const fillings = { text, id, anything: json }
  const isPatch = schema.items?.$ref?.endsWith('PatchOperation') === true
  const valid = isPatch ? patchesOf(schema, schemas) : arbitraryOf(schema, schemas, fillings)
  const texts = fc
    .oneof(
      { weight: 8, arbitrary: valid },
      { weight: 3, arbitrary: spoiled(valid, nasty) },
      { weight: 1, arbitrary: nasty },
    )
    .map((value) => JSON.stringify(value))
  const torn = fc.tuple(texts, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)))
  return fc.oneof({ weight: 12, arbitrary: texts }, { weight: 1, arbitrary: torn })
}

/** Patches that lead to fields of services, often with a value that belongs there. */
function patchesOf(schema: JsonSchema, schemas: Components): fc.Arbitrary<unknown> {
  const requests = Object.entries(schemas).filter(([name]) => name.startsWith('Create'))
  const fields = requests.flatMap(([, { properties = {} }]) => Object.entries(properties))
  const values = fields.map(([, field]) => arbitraryOf(field, schemas, { text, id, anything: json }))
  const fitting = fields.flatMap(([name], at) => {
    if (['name', 'serviceType', 'connection'].includes(name)) return [] // would be of another type of service
    return fc.record({
      op: fc.constantFrom('add', 'replace'),
      path: fc.constant(`/${name}`),
      value: values[at] as never,
    })
  })
  const pointers = fields.flatMap(([name]) => [`/${name}`, `/${name}/0`, `/${name}/-`])
  const fillings = { text: fc.constantFrom(...pointers, '', '/id', '/no'), id, anything: fc.oneof(nasty, ...values) }
  const any = arbitraryOf(schema, schemas, fillings)
  return fc.oneof(fc.array(fc.oneof(...fitting), { minLength: 1, maxLength: 2 }), any)
}

/** What parameters are likely to be; the document says no more than that they are texts. */
const likely: Readonly<Record<string, readonly string[]>> = {
  fields: ['owners', 'tags,domains', 'dataProducts, domain', '*'],
  limit: ['0', '1', '2', '10', '-1', '0.5'],
  after: [LAST.after],
  before: [LAST.before],
  domain: DOMAINS,
  owner: IDS,
  serviceType: Object.keys({ ...mlmodelServices.serviceTypes, ...pipelineServices.serviceTypes }),
  fqn: ['a', '"a.b"', '"""a"""', '__proto__', ...NAMES],
  version: ['0.1', '0.2', '0.3', '1.1'],
  startTs: ['0', '1700000000000'],
  endTs: ['9999999999999'],
  userId: IDS,
  'If-Match': [LAST.etag, '*', `"x", ${LAST.etag}`, '"x"', 'W/"x"'],
  'If-None-Match': [LAST.etag, '*', '"x"', `W/${LAST.etag}`, 'x'],
  'If-Unmodified-Since': ['Tue, 14 Nov 2023 22:13:20 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT', 'x'],
}

function parameterOf({ name, in: where, schema }: Parameter): fc.Arbitrary<string> {
  const valid = arbitraryOf(schema, {}, { text, id, anything: json }).map(String)
  const wrong = where === 'path' ? fc.oneof(text, fc.constantFrom('%ff', '%', '%00', '%2e%2e')) : text
  const known = likely[name] === undefined ? valid : fc.constantFrom(...likely[name])
  return fc.oneof({ weight: 5, arbitrary: known }, { weight: 1, arbitrary: valid }, { weight: 1, arbitrary: wrong })
}

/** A request as it is sent, but for what was answered before. */
interface Sent {
  readonly described: Described
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}
type Described = ReturnType<typeof operationsOf>[number]

/** Any request that the document describes, and some that it nearly does. */
function requestsOf(document: Document, among = operationsOf(document)): fc.Arbitrary<Sent> {
  const one = (described: Described): fc.Arbitrary<Sent> => {
    const { parameters = [], requestBody } = described.operation
    const named = (where: Parameter['in']) =>
      Object.fromEntries(parameters.filter((one) => one.in === where).map((one) => [one.name, parameterOf(one)]))
    const required = parameters.filter((one) => one.in === 'query' && one.required === true).map(({ name }) => name)
    const [mediaType, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
    const type =
      mediaType === undefined ? fc.constant(undefined) : mostly(mediaType, 'text/plain', `${mediaType}; charset=latin1`)
    return fc
      .record({
        parts: fc.record(named('path')),
        query: recordOf(named('query'), required),
        header: fc.oneof(
          { weight: 2, arbitrary: fc.constant({}) },
          { weight: 1, arbitrary: recordOf(named('header')) },
        ),
        type,
        accept: mostly('application/json', '*/*', 'text/html'),
        by: fc.constantFrom('', 'ada', 'bot'),
        body: content === undefined ? fc.constant(undefined) : bodiesOf(content.schema, document.components.schemas),
      })
      .map(({ parts, query, header, type, accept, by, body }) => ({
        described,
        path: described.path.replace(/\{(\w+)\}/g, (_, name) => encoded(parts[name] as string)),
        query,
        headers: { accept, 'x-by': by, ...(type && { 'content-type': type }), ...header },
        body,
      }))
  }
  return fc.oneof(...among.map((described) => ({ weight: weightOf(described), arbitrary: one(described) })))
}

/** What makes services comes more often, or there would be none to ask for. */
const weightOf = ({ operation }: Described) => (operation.requestBody === undefined ? 1 : 2)

const mostly = (usual: string, ...others: string[]) =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

/**
 * A part of a path; what begins with a percent sign is sent as it is, whether or not it can be decoded. What URLs take for
 * no part at all would lead to another operation.
 */
function encoded(part: string): string {
  if (part === LAST.id) return part
  const sent = part.startsWith('%') ? part.replace(/[^%\w]/g, '') : encodeURIComponent(part.toWellFormed())
  return /^(?:\.|%2e){0,2}$/i.test(sent) ? '%00' : sent
}

/** What is there before the first request: one service of every type, and one that was deleted. */
async function populate(books: readonly Book[]) {
  for (const book of books) {
    const rows = Object.keys(book.family.serviceTypes).map((serviceType, at) => {
      return { name: NAMES[at] as string, serviceType, ...(at === 0 && { domain: 'Sales', description: 'one' }) }
    })
    const gone = { name: '__proto__', serviceType: rows[0]?.serviceType as string }
    for (const row of [...rows, gone]) (await createService(book, row))._unsafeUnwrap()
    ;(await deleteService(book, gone.name))._unsafeUnwrap()
  }
}

/** A handler on a few services, and what the document says of its answers. */
async function openEdge(setting: Setting) {
  const store = memoryStore()
  let ids = 0
  const books = booksOf(setting, store, () => `00000000-0000-7000-8000-${String(ids++).padStart(12, '0')}`)
  await populate(books)
  const failures: unknown[] = []
  const handler = serviceHandler(books, {
    ...setting.options,
    authenticate: ({ headers }) => {
      const name = headers.get('x-by') || undefined
      return name === undefined ? undefined : { name, isBot: name === 'bot' }
    },
    onError: (failure) => failures.push(failure),
  })
  const last = new Map<string, string>()

  return {
    failures,
    /** All that the store holds now. */
    held: () =>
      Promise.all(setting.families.map((family) => store.list(family.entityType, { limit: 1e6, include: 'all' }))),
    async send({ described, path, query, headers, body }: Sent) {
      const [collection] = /(?<=services\/)\w+/.exec(path) ?? []
      const lately = (text: string) =>
        text.replace(/\{last \w+\}/g, (name) => last.get(`${collection} ${name}`) ?? 'none')
      const url = new URL(`http://catalogue.test${setting.options.basePath ?? ''}${lately(path)}`)
      for (const [name, value] of Object.entries(query)) url.searchParams.append(name, lately(value))
      const request = new Request(url, { method: described.method, ...(body !== undefined && { body: lately(body) }) })
      for (const [name, value] of Object.entries(headers))
        request.headers.set(name, lately(value).replace(/[^ -~]/g, '?'))
      const response = await handler(request)
      const text = await response.text()
      const answer = { status: response.status, headers: response.headers, body: JSON.parse(text || '{}') }
      if (response.status === 304) expect(text).toBe('')
      const { after, before } = answer.body.paging ?? {}
      for (const [name, value] of Object.entries({
        [LAST.id]: answer.body.id,
        [LAST.etag]: response.headers.get('etag'),
        [LAST.after]: after,
        [LAST.before]: before,
      }))
        if (value) last.set(`${collection} ${name}`, value)
      return answer
    },
  }
}

describe.each(settings)('requests made from the document of $name', (setting) => {
  const document = documentOf(booksOf(setting), setting.options)
  const valid = validatorsOf(document)
  const requests = requestsOf(document)

  /** An answer is one that the document has for its operation. */
  function expectDescribed({ path, operation: { operationId, responses } }: Described, answer: Answered) {
    const { status, headers, body } = answer
    const own = responses[status]
    const { content, headers: promised = {} } = own ?? (document.components.responses.Error as Answers)
    if (status === 304) {
      expect([own !== undefined, headers.has('etag')]).toEqual([true, true])
      return
    }
    expect([200, 201, 202].includes(status) ? own !== undefined : status >= 400 && status < 500, `${status}`).toBe(true)
    const check = valid(
      `${operationId} ${own === undefined ? 'default' : status}`,
      content,
      headers.get('content-type') ?? '',
    )
    check(body)
    expect(check.errors, JSON.stringify(body)).toBeNull()
    for (const name of Object.keys(promised)) expect(headers.has(name), name).toBe(true)
    if (own === undefined) expect(body.code).toBe(status)
    if (operationId.endsWith('Versions') && own !== undefined) {
      const version = valid(`${path}/{version}`, document.paths[`${path}/{version}`]?.get?.responses[200]?.content)
      for (const text of body.versions) expect([version(JSON.parse(text)), version.errors]).toEqual([true, null])
    }
  }

  test('are answered as it says, and what is refused or only reads changes nothing', async () => {
    const property = fc.asyncProperty(
      fc.array(requests, { minLength: 1, maxLength: 25, size: 'max' }),
      async (sequence) => {
        const edge = await openEdge(setting)
        for (const sent of sequence) {
          const before = await edge.held()
          const answer = await edge.send(sent)
          expectDescribed(sent.described, answer)
          const dry = sent.query.dryRun === 'true'
          if (sent.described.method === 'GET' || answer.status >= 400 || dry) expect(await edge.held()).toEqual(before)
        }
        expect(edge.failures).toEqual([])
      },
    )
    await fc.assert(property, { numRuns: 30 })
  })

  test('succeed now and then, and fail now and then, whatever the operation', async () => {
    const unseen = new Set(
      operationsOf(document).flatMap(({ operation: { operationId } }) => [
        `${operationId} succeeds`,
        `${operationId} fails`,
      ]),
    )
    let among = requests
    for (let seed = 1; unseen.size > 0 && seed <= 200; seed++) {
      const edge = await openEdge(setting)
      // Soon only what has not been seen is asked for, among what makes services.
      if (seed % 5 === 0) {
        const rest = operationsOf(document).filter(({ method, operation: { operationId } }) => {
          return method === 'POST' || unseen.has(`${operationId} succeeds`) || unseen.has(`${operationId} fails`)
        })
        among = requestsOf(document, rest)
      }
      for (const sent of fc.sample(among, { seed, numRuns: 60 })) {
        const { status } = await edge.send(sent)
        unseen.delete(`${sent.described.operation.operationId} ${status < 400 ? 'succeeds' : 'fails'}`)
      }
    }
    expect([...unseen]).toEqual([])
  })

  const ask = asking(serviceHandler(booksOf(setting), setting.options))
  /** What a request to create is answered, on a catalogue that is as empty after as before: to open one takes long. */
  async function created(path: string, body: unknown): Promise<Answered> {
    const at = `${setting.options.basePath ?? ''}${path}`
    const answer = await ask('POST', at, body)
    if (answer.status === 201) expect((await ask('DELETE', `${at}/${answer.body.id}?hardDelete=true`)).status).toBe(200)
    return answer
  }

  /** Whether the document has a request, and still has it once its defaults are filled in, which name a branch of a union. */
  function isDescribed(path: string, body: unknown): boolean {
    const create = valid(`POST ${path}`, document.paths[path]?.post?.requestBody?.content)
    const given = JSON.parse(JSON.stringify(body)) as Omit<Create, 'connection'> & { connection?: { config?: unknown } }
    // At the top, `null` is nothing.
    for (const [key, value] of Object.entries(given)) if (value === null) Reflect.deleteProperty(given, key)
    // Nor is a connection without anything in it one.
    if (JSON.stringify(given.connection) === '{}') Reflect.deleteProperty(given, 'connection')
    const { serviceTypes } = setting.families.find(({ collection }) => path.endsWith(`/${collection}`)) as Family
    const schema = Object.hasOwn(serviceTypes, given.serviceType) ? serviceTypes[given.serviceType] : undefined
    if (!create(given) || given.connection?.config === undefined || schema === undefined) return create(given)
    const { config } = given.connection
    return create({ ...given, connection: { config: completed(config, schema) } })
  }

  test('create a service each, unless a rule forbids it that no schema says', async () => {
    const fillings = { text: harmless, id: fc.uuid(), anything: something }
    const operations = operationsOf(document).filter(({ method }) => method === 'POST')
    const optional = ['displayName', 'description', 'owners', 'domain', 'domains', 'dataProducts', 'tags', 'connection']
    const nothing = fc.subarray(optional).map((keys) => Object.fromEntries(keys.map((key) => [key, null])))
    const creates = fc.oneof(
      ...operations.map(({ path, operation }) => {
        const [content] = Object.values(operation.requestBody?.content ?? {})
        const body = arbitraryOf(content?.schema ?? {}, document.components.schemas, fillings)
        return fc.tuple(body, nothing).map(([body, nulls]) => ({ path, body: { ...nulls, ...(body as Create) } }))
      }),
    )
    const property = fc.asyncProperty(creates, async ({ path, body }) => {
      const answer = await created(path, body)
      expect([answer.status, answer.body.message]).toEqual([
        isForbidden(body) || !isDescribed(path, body) ? 400 : 201,
        answer.body.message,
      ])
    })
    await fc.assert(property, { numRuns: 120 })
  })

  test('are taken with exactly the connections that the document has', async () => {
    const fillings = { text: harmless, id: fc.uuid(), anything: something }
    const values = fc.oneof(harmless, something, fc.constantFrom<unknown[]>(true, -1, 0.5, 1e308, [], {}, [[]]))
    const creates = setting.families.flatMap(({ collection, serviceTypes }) => {
      const path = `/v1/services/${collection}`
      const content = document.paths[path]?.post?.requestBody?.content
      const request = content?.['application/json']?.schema as JsonSchema
      return Object.keys(serviceTypes).map((serviceType) => {
        const connections = arbitraryOf(request, document.components.schemas, fillings)
          .filter((body) => (body as Create).serviceType === serviceType)
          .map((body) => (body as Create).connection)
        const some = fc.oneof(connections, spoiled(connections, values))
        return some.map((connection) => ({
          path,
          body: { name: 'a', serviceType, connection: connection ?? undefined },
        }))
      })
    })
    const property = fc.asyncProperty(fc.oneof(...creates), async ({ path, body }) => {
      fc.pre(!JSON.stringify(body).includes('"__proto__":')) // refused, and no schema says so
      const { status, body: answer } = await created(path, body)
      expect([status, answer.message]).toEqual([isDescribed(path, body) ? 201 : 400, answer.message])
    })
    await fc.assert(property, { numRuns: 120 })
  })
})
type Name = string | { readonly fullyQualifiedName?: string }
interface Create {
  readonly serviceType: string
  readonly connection?: unknown
  readonly owners?: readonly { readonly type: string }[] | null
  readonly domain?: Name | null
  readonly domains?: readonly Name[] | null
  readonly dataProducts?: readonly Name[] | null
}

/** The rules for requests beyond their schemas, in plain words. */
function isForbidden(request: Create): boolean {
  const { owners, domain, domains, dataProducts } = request
  const nameOf = (name: Name) => (typeof name === 'string' ? name : name.fullyQualifiedName)
  const inDomains = [domain ?? [], domains ?? []].flat().map(nameOf)
  const names = [...inDomains, ...(dataProducts ?? []).map(nameOf)]
  return (
    names.some((name) => name === undefined || name === '' || fqn.split(name).isErr()) ||
    new Set(inDomains).size > 1 ||
    (inDomains.length === 0 && names.length > 0) ||
    (owners ?? []).some(({ type }) => type !== 'user' && type !== 'team') ||
    JSON.stringify(request).includes('"__proto__":')
  )
}
