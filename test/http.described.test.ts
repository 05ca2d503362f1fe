import fc from 'fast-check'
import { type Book, createService, deleteService, type Family, fqn } from 'servicebook'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { completed } from '../src/families/defaults.js'
import { type Described, harmless, LAST, NAMES, requestsOf, type Sent, something } from './described.js'
import { type Answered, asking } from './edge.js'
import { arbitraryOf, type JsonSchema, spoiled } from './jsonschema.js'
import { type Answers, booksOf, documentOf, operationsOf, type Setting, settings, validatorsOf } from './openapi.js'

/*
 * What the handler answers to requests that are made from its OpenAPI document, held against that document.
 */

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
