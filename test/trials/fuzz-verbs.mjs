import fc from 'fast-check'
import {
  allServices,
  applyServices,
  bulkUpsert,
  createService,
  deleteService,
  exportServices,
  followService,
  getService,
  getServiceAt,
  getVersion,
  importServices,
  listServices,
  listVersions,
  patchService,
  reportConnectionTest,
  resealServices,
  restoreService,
  revealConnection,
  revealService,
  unfollowService,
  upsertService,
} from 'servicebook'
import { expectThat } from './check.mjs'
import { mutated, patches, requests } from './mutate.mjs'
import { sizeOf, stocked, timely } from './timely.mjs'

/* Every verb with input that is nearly right: a code each time, and what is refused changes nothing. */

const codes = new Set([
  ...['BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'ENTITY_NOT_FOUND', 'ENTITY_ALREADY_EXISTS'],
  ...['PRECONDITION_FAILED', 'CONTENDED', 'ABORTED'],
])
/** Verbs that only read, and those that answer a report: what is in it may be in part. */
const reading = new Set([
  getService,
  getServiceAt,
  getVersion,
  listServices,
  listVersions,
  revealConnection,
  revealService,
])
const streams = new Set([allServices, exportServices])

const subject = mutated(fc.constantFrom('a', { name: 'b.c' }, { id: '11111111-1111-7111-8111-111111111111' }))
const options = fc.oneof(
  fc.constant({}),
  mutated(
    fc.constantFrom(
      { by: { name: 'ada' } },
      { by: { name: 'bot', isBot: true }, overrideMetadata: true },
      { ifMatch: '"x"' },
      { ifNoneMatch: '*' },
      { hard: true },
      { limit: 10, after: 'x' },
      { include: 'all', fields: ['followers'] },
      { dryRun: true, prune: true },
      { chunkSize: 1, rows: 'failed' },
      { secrets: 'none' },
    ),
  ),
)
const reports = fc.constantFrom({
  status: 'Failed',
  steps: [{ name: 'CheckAccess', passed: false, mandatory: true, message: 'http://u:p@h' }],
  lastUpdatedAt: 1,
})
const exported = fc.constantFrom({
  family: 'mlmodelService',
  service: {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    name: 'x',
    fullyQualifiedName: 'x',
    version: 0.1,
    deleted: false,
    serviceType: 'Sklearn',
    tags: [],
    updatedAt: 1,
    updatedBy: 'ada',
  },
  history: [],
  sealed: null,
})
const rows = fc.oneof(fc.array(mutated(requests), { maxLength: 3 }), mutated(fc.array(requests, { maxLength: 2 })))

const calls = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(createService, upsertService), mutated(requests), options) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(bulkUpsert, applyServices), rows, options) },
  { weight: 2, arbitrary: fc.tuple(fc.constant(patchService), subject, mutated(patches), options) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(deleteService, restoreService, getService, listVersions, revealConnection, revealService),
      subject,
      options,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(followService, unfollowService, getVersion, getServiceAt),
      subject,
      mutated(fc.constantFrom('11111111-1111-4111-8111-111111111111', 0.1, 1)),
      options,
    ),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant(reportConnectionTest), subject, mutated(reports), options) },
  { weight: 1, arbitrary: fc.tuple(fc.constant(importServices), mutated(fc.tuple(exported)), options) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(listServices, resealServices, allServices, exportServices), options),
  },
)

/** What a stream yields, its last as an answer. */
async function lastOf(stream) {
  let last
  for await (const one of stream) last = one
  return last
}

const isFailed = ({ error }) => {
  expectThat(codes.has(error.code) || error.code === 'STORE_FAILED', () => `a row answered ${error.code}`)
  return true
}

async function verbAnswers(catalogue, [verb, ...given]) {
  const { book } = catalogue.held
  const call = () => verb(book, ...given)
  const answer = await timely(sizeOf(given), () => (streams.has(verb) ? lastOf(call()) : call()))
  if (answer === undefined || answer.isOk()) {
    const report = answer?.value
    for (const row of report?.rows ?? []) if ('error' in row) isFailed(row)
    if (!reading.has(verb) && !streams.has(verb)) await catalogue.renew()
    return
  }
  const { code, message } = answer.error
  expectThat(codes.has(code), () => `answered ${code}: ${message}`)
  expectThat(await catalogue.isUnchanged(), 'what was refused has changed something')
}

export const fuzzVerbs = {
  name: 'verbs',
  runs: 600,
  open: stocked,
  property: (_tried, catalogue) => fc.asyncProperty(calls, (call) => verbAnswers(catalogue, call)),
}
