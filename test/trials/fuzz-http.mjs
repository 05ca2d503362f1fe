import fc from 'fast-check'
import { serviceHandler } from 'servicebook/http'
import { expectThat } from './check.mjs'
import { long, mutated, patches, requests } from './mutate.mjs'
import { stocked, timely } from './timely.mjs'

/* Requests that are nearly right, to the handler: no 5xx, and what is refused changes nothing. */

export const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE-ME')
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
    'entityHistory',
    'followers',
    'testConnectionResult',
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
export const paths = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(segments, { maxLength: 3 })
      .map((tail) => ['v1', 'services', 'mlmodelServices', ...tail].join('/')),
  },
  { weight: 1, arbitrary: fc.array(segments, { maxLength: 6 }).map((all) => all.join('/')) },
)
export const query = fc.array(
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
export const headers = fc.dictionary(
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
export const bodies = fc.oneof(
  {
    weight: 40,
    arbitrary: fc
      .oneof(mutated(requests), mutated(fc.array(requests, { maxLength: 2 })), mutated(patches))
      .map((value) => JSON.stringify(value) ?? ''),
  },
  {
    weight: 20,
    arbitrary: fc.constantFrom(
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
  },
  { weight: 1, arbitrary: long(['[', '{"a":', '"', '{"name":"a"},', '\\u0000', '1e', ' ']) },
)

/** A value of a header may be long too. */
const others = fc.oneof(
  { weight: 30, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: long(['"a",', 'W/', ',', '"', 'application/json;', 'q=0,']) },
)

async function httpAnswers(catalogue, method, path, asked, given, more, body) {
  const url = `http://h/${path}?${new URLSearchParams(asked)}`
  const has = method !== 'GET' && method !== 'HEAD'
  const request = new Request(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...given, ...(more && { 'If-Match': more, Accept: more }) },
    ...(has ? { body } : {}),
  })
  const response = await timely(body.length + (more?.length ?? 0), () => catalogue.handler(request))
  expectThat(response.status < 500, () => `${method} ${url} answered ${response.status}`)
  await response.text()
  if (response.status < 400 && has) await catalogue.renew()
  else expectThat(await catalogue.isUnchanged(), 'what was refused has changed something')
}

async function handled() {
  const catalogue = await stocked()
  const handle = () => serviceHandler(catalogue.held.book)
  const given = { ...catalogue, handler: handle() }
  given.renew = async () => {
    await catalogue.renew()
    given.handler = handle()
  }
  return given
}

export const fuzzHttp = {
  name: 'HTTP',
  runs: 400,
  open: handled,
  property: (_tried, catalogue) =>
    fc.asyncProperty(methods, paths, query, headers, others, bodies, (...given) => httpAnswers(catalogue, ...given)),
}
