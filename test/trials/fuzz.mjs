import fc from 'fast-check'
import {
  bulkUpsert,
  createService,
  defineFamily,
  deleteService,
  fqn,
  getService,
  listServices,
  listVersions,
  mlmodelServices,
  openBook,
  patchService,
  restoreService,
  upsertService,
} from 'servicebook'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { expectThat } from './check.mjs'
import { anything, mutated, patches, requests } from './mutate.mjs'

/*
 * Input that is nearly right, by the thousand: an answer each time, in a time that its size allows; no prototype is
 * changed, and what is refused changes nothing.
 */

const codes = new Set([
  ...['BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'ENTITY_NOT_FOUND', 'ENTITY_ALREADY_EXISTS'],
  ...['PRECONDITION_FAILED', 'CONTENDED', 'ABORTED'],
])

/** CPU in microseconds that some input of so many bytes may take: far more than it does, far less than a hang. */
const bound = (bytes) => 400_000 + bytes * 20

async function timely(bytes, work) {
  const before = process.cpuUsage()
  const answer = await work()
  const { user } = process.cpuUsage(before)
  expectThat(user < bound(bytes), () => `took ${Math.round(user / 1000)} ms of CPU for ${bytes} bytes`)
  expectThat({}.polluted === undefined, 'a prototype is changed')
  return answer
}

const sizeOf = (value) => {
  try {
    return JSON.stringify(value)?.length ?? 0
  } catch {
    return 0
  }
}

const versionsIn = async (book) =>
  (await listServices(book, { include: 'all', limit: 1000 }))
    ._unsafeUnwrap()
    .services.map(({ id, updatedAt }) => id + updatedAt)
    .join()

async function stocked() {
  const book = openBook({ family: mlmodelServices, store: memoryStore() })
  for (const name of ['a', 'b.c', 'c'])
    await upsertService(book, { name, serviceType: 'Mlflow', description: 'x', tags: [{ tagFQN: 'PII.None' }] })
  return book
}

const subject = mutated(fc.constantFrom('a', { name: 'b.c' }, { id: '11111111-1111-7111-8111-111111111111' }))
const options = fc.oneof(
  fc.constant({}),
  mutated(
    fc.constantFrom(
      { by: { name: 'ada' } },
      { ifMatch: '"x"' },
      { hard: true },
      { limit: 10, after: 'x' },
      { include: 'all' },
    ),
  ),
)
const calls = fc.oneof(
  fc.tuple(fc.constantFrom(createService, upsertService), mutated(requests), options),
  fc.tuple(fc.constant(bulkUpsert), mutated(fc.array(requests, { maxLength: 3 })), options),
  fc.tuple(fc.constant(patchService), subject, mutated(patches), options),
  fc.tuple(fc.constantFrom(deleteService, restoreService, getService, listVersions), subject, options),
  fc.tuple(fc.constant(listServices), options),
)

async function verbAnswers([verb, ...given]) {
  const book = await stocked()
  const before = await versionsIn(book)
  const answer = await timely(sizeOf(given), () => verb(book, ...given))
  if (answer.isOk()) return
  const { code, message } = answer.error
  expectThat(codes.has(code), () => `answered ${code}: ${message}`)
  expectThat((await versionsIn(book)) === before, 'what was refused has changed something')
}

const pieces = fc.oneof(
  fc.constantFrom('a', '"', '.', '""', 'a.b', '__proto__'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
)
const isName = (text) => text !== '' && !/::|[\n\r\u2028\u2029]/.test(text)

function fqnAnswers(given, text) {
  const names = given.filter(isName)
  if (names.length > 0) {
    const back = fqn.split(fqn.build(names))._unsafeUnwrap().map(fqn.unquote)
    expectThat(JSON.stringify(back) === JSON.stringify(names), () => `came back as ${JSON.stringify(back)}`)
  }
  for (const ask of [fqn.split, fqn.parent, fqn.root]) {
    const answer = ask(text)
    if (answer.isErr()) expectThat(answer.error.code === 'BAD_REQUEST', () => `answered ${answer.error.code}`)
  }
  if (isName(text))
    expectThat(fqn.unquote(fqn.quote(text)) === text, () => `${JSON.stringify(text)} is not itself once quoted`)
}

const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE-ME')
const segments = fc.oneof(
  fc.constantFrom(
    'v1',
    'services',
    'mlmodelServices',
    'name',
    'bulk',
    'versions',
    'restore',
    'history',
    'a',
    'b.c',
    '%22',
    '%ff',
    '..',
    '',
    '0.1',
    'openapi.json',
  ),
  fc.string({ maxLength: 5 }).map((text) => encodeURIComponent(text.toWellFormed())),
)
const paths = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(segments, { maxLength: 3 })
      .map((tail) => ['v1', 'services', 'mlmodelServices', ...tail].join('/')),
  },
  { weight: 1, arbitrary: fc.array(segments, { maxLength: 6 }).map((all) => all.join('/')) },
)
const query = fc.array(
  fc.tuple(
    fc.constantFrom(
      'limit',
      'after',
      'before',
      'include',
      'fields',
      'hardDelete',
      'startTs',
      'endTs',
      'x',
      '__proto__',
    ),
    fc.constantFrom('', '1', '-1', 'true', 'x', 'all', '1e9', '%', 'owners,tags', '*'),
  ),
  { maxLength: 3 },
)
const headers = fc.dictionary(
  fc.constantFrom(
    'Content-Type',
    'If-Match',
    'If-None-Match',
    'If-Unmodified-Since',
    'Accept',
    'Content-Length',
    'Content-Encoding',
    'Authorization',
    'Range',
  ),
  fc.constantFrom(
    'application/json',
    'application/json-patch+json',
    '*',
    '"x"',
    'W/"x"',
    'text/html',
    'gzip',
    'bytes=0-',
    'Sun, 06 Nov 1994 08:49:37 GMT',
    '',
    ',',
    '-1',
    '0',
  ),
  { maxKeys: 3 },
)
const bodies = fc.oneof(
  fc
    .oneof(mutated(requests), mutated(fc.array(requests, { maxLength: 2 })), mutated(patches))
    .map((value) => JSON.stringify(value) ?? ''),
  fc.constantFrom(
    '',
    '{',
    '[',
    '[]',
    'null',
    '"',
    '{"a":1e400}',
    '{"name":"a","name":"b"}',
    '\ufeff{}',
    '9007199254740993',
  ),
)

async function httpAnswers(method, path, asked, given, body) {
  const handler = serviceHandler(await stocked())
  const url = `http://h/${path}?${new URLSearchParams(asked)}`
  const has = method !== 'GET' && method !== 'HEAD'
  const request = new Request(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...given },
    ...(has ? { body } : {}),
  })
  const response = await timely(body.length, () => handler(request))
  expectThat(response.status < 500, () => `${method} ${url} answered ${response.status}`)
  await response.text()
}

const keyword = fc.constantFrom(
  'type',
  'properties',
  'required',
  'additionalProperties',
  'anyOf',
  'oneOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
  '$ref',
  '$defs',
  'items',
  'prefixItems',
  'contains',
  'patternProperties',
  'default',
  'const',
  'enum',
  'format',
  'pattern',
  'dependentSchemas',
  '$dynamicRef',
  'minimum',
  '__proto__',
)
const schemas = fc.letrec((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      true,
      false,
      { type: 'string' },
      { type: 'string', format: 'password' },
      { type: 'number' },
      { $ref: '#/$defs/a' },
      { $ref: '#' },
    ),
    fc.dictionary(keyword, fc.oneof(tie('schema'), anything, fc.array(tie('schema'), { maxLength: 3 })), {
      maxKeys: 3,
    }),
    fc
      .dictionary(fc.constantFrom('a', 'b', 'password', '__proto__'), tie('schema'), { maxKeys: 3 })
      .map((properties) => ({ type: 'object', properties })),
  ),
})).schema

async function familyAnswers(schema, config) {
  let family
  try {
    family = defineFamily({ entityType: 'oneService', collection: 'oneServices', serviceTypes: { One: schema } })
  } catch (error) {
    return expectThat(error instanceof TypeError, () => `defineFamily threw ${error}`)
  }
  const book = openBook({ family, store: memoryStore() })
  const answer = await timely(sizeOf(schema) + sizeOf(config), () =>
    createService(book, { name: 'a', serviceType: 'One', connection: { config } }),
  )
  if (answer.isErr())
    expectThat(answer.error.code === 'BAD_REQUEST', () => `answered ${answer.error.code}: ${answer.error.message}`)
}

const counting = (check) => (tried) => {
  void tried
  return check
}

export const fuzz = {
  what: 'input that is nearly right, for every verb, names, HTTP and schemas',
  targets: [
    { name: 'verbs', runs: 400, property: counting(fc.asyncProperty(calls, verbAnswers)) },
    {
      name: 'names',
      runs: 1000,
      property: counting(
        fc.property(
          fc.array(pieces, { maxLength: 6 }),
          fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.array(pieces).map((all) => all.join('')),
          ),
          fqnAnswers,
        ),
      ),
    },
    {
      name: 'HTTP',
      runs: 200,
      property: counting(fc.asyncProperty(methods, paths, query, headers, bodies, httpAnswers)),
    },
    {
      name: 'schemas',
      runs: 200,
      property: counting(
        fc.asyncProperty(schemas, mutated(fc.constantFrom({ a: 'x', b: 1, password: 'p' }, {})), familyAnswers),
      ),
    },
  ],
}
