import fc from 'fast-check'
import { mlmodelServices } from 'servicebook'
import { nastyNames } from './arbitraries.js'
import { arbitraryOf, type Components, type JsonSchema, recordOf, spoiled } from './jsonschema.js'
import { type Document, operationsOf, type Parameter, pipelineServices } from './openapi.js'

/*
 * Requests made from an OpenAPI document: any that it describes, and some that it nearly does.
 */

/** Stands for what the handler answered last under this name. */
export const LAST = { id: '{last id}', etag: '{last etag}', after: '{last after}', before: '{last before}' }

export const IDS = Array.from({ length: 3 }, (_, at) => `00000000-0000-7000-8000-00000000000${at}`)
export const NAMES = ['a', 'A', 'a.b', '"a"', 'ü', '__proto__']
const DOMAINS = ['Sales', 'Sales.EMEA', '"R.D".Ops']

/** Texts that every store can hold, and that no rule beyond the schemas forbids. */
export const harmless = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES, ...DOMAINS) },
  { weight: 1, arbitrary: fc.constantFrom(...nastyNames.filter((name) => name !== '__proto__'), '', 'one\ntwo') },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
)

const nastyTexts = ['\0', '\ud800', 'a\udc00b', 'a::b', 'a\nb', '..', 'x'.repeat(4000), '*********', 'a://u:pw@h/']
const text = fc.oneof({ weight: 5, arbitrary: harmless }, { weight: 1, arbitrary: fc.constantFrom(...nastyTexts) })
const id = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(LAST.id, ...IDS) }, { weight: 1, arbitrary: fc.uuid() })
const json = fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' })
/** In a field `null` counts as nothing, which no schema says. */
export const something = json.filter((value) => value !== null)

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
export interface Sent {
  readonly described: Described
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}
export type Described = ReturnType<typeof operationsOf>[number]

/** Any request that the document describes, and some that it nearly does. */
export function requestsOf(document: Document, among = operationsOf(document)): fc.Arbitrary<Sent> {
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
