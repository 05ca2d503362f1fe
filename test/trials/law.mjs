import {
  bulkUpsert,
  createService,
  deleteService,
  getService,
  listServices,
  listVersions,
  patchService,
  restoreService,
  upsertService,
} from 'servicebook'
import { expectThat } from './check.mjs'

/*
 * The law in its plainest form, for trials: a service is the list of its versions, newest first, each
 * `[tenths, description, deleted]`; a name that is free has none. It knows nothing of the library's code.
 */

const FREE = []

/** What an operation must do to a service, and answer. */
const rules = {
  create: (versions, { text }) => (versions.length > 0 ? [versions, 'ENTITY_ALREADY_EXISTS'] : born(text)),
  upsert: (versions, { text }) => {
    if (versions.length === 0) return born(text)
    const [[, held, deleted]] = versions
    if (deleted) return next(versions, text, false, 'restored')
    return held === text ? [versions, told('unchanged', versions)] : next(versions, text, false, 'updated')
  },
  patch: (versions, { text }) => {
    if (versions.length === 0 || versions[0][2]) return [versions, 'ENTITY_NOT_FOUND']
    return versions[0][1] === text ? [versions, told('unchanged', versions)] : next(versions, text, false, 'updated')
  },
  delete: (versions) => {
    if (versions.length === 0) return [versions, 'ENTITY_NOT_FOUND']
    if (versions[0][2]) return [versions, told('unchanged', versions)]
    return next(versions, versions[0][1], true, 'deleted')
  },
  remove: (versions) => (versions.length === 0 ? [versions, 'ENTITY_NOT_FOUND'] : [FREE, told('removed', versions)]),
  restore: (versions) => {
    if (versions.length === 0) return [versions, 'ENTITY_NOT_FOUND']
    if (!versions[0][2]) return [versions, told('unchanged', versions)]
    return next(versions, versions[0][1], false, 'restored')
  },
  get: (versions) => (versions.length === 0 ? [versions, 'ENTITY_NOT_FOUND'] : [versions, shown(versions[0])]),
  versions: (versions) =>
    versions.length === 0 ? [versions, 'ENTITY_NOT_FOUND'] : [versions, versions.map(shown).join(' ')],
}

const born = (text) => {
  const versions = [[1, text, false]]
  return [versions, told('created', versions)]
}

function next(versions, text, deleted, outcome) {
  const after = [[versions[0][0] + 1, text, deleted], ...versions]
  return [after, told(outcome, after)]
}

const shown = ([tenths, text, deleted]) => `${tenths}${deleted ? '-' : '+'}${text}`
const told = (outcome, [[tenths]]) => `${outcome} ${tenths}`
const tenthsOf = ({ version }) => Math.round(version * 10)
const shownOf = (service) => shown([tenthsOf(service), service.description ?? '', service.deleted])

/** Versions after an operation, and its answer. */
export const step = (versions, operation) => rules[operation.kind](versions, operation)

/** Whether an answer is the one that the law demands. */
export const isAnswer = (expected, answer) => expected === answer

/** A principal of its own for each operation, so that no two patches are one session. */
let asked = 0
const anyone = () => ({ name: `p${process.pid}.${asked++}` })

const request = ({ name, text }) => ({ name, serviceType: 'Sklearn', description: text })

const verbs = {
  create: async (book, operation) => [await createService(book, request(operation), { by: anyone() }), 'created'],
  upsert: async (book, operation) => [await upsertService(book, request(operation), { by: anyone() })],
  patch: async (book, { name, text }) => {
    const patch = [{ op: 'add', path: '/description', value: text }]
    return [await patchService(book, { name }, patch, { by: anyone() })]
  },
  delete: async (book, { name }) => [await deleteService(book, { name }, { by: anyone() })],
  remove: async (book, { name }) => [await deleteService(book, { name }, { by: anyone(), hard: true })],
  restore: async (book, { name }) => [await restoreService(book, { name }, { by: anyone() })],
}

/** What a verb answered, in the words of the law; a failure of the store as `{ applied }`. */
function answerOf(result, outcome) {
  if (result.isErr()) return failureOf(result.error)
  const { value } = result
  return `${value.outcome ?? outcome} ${tenthsOf(value.service ?? value)}`
}

function failureOf(error) {
  if (error.code !== 'STORE_FAILED' && error.code !== 'CONTENDED') return error.code
  return { applied: error.code === 'CONTENDED' ? false : error.applied, message: error.message }
}

/** All names as a list shows them. */
export const listed = (held) => [...held].map(([name, [newest]]) => `${name} ${shown(newest)}`).join(', ')

/** Does an operation, and answers in the words of the law. */
export async function perform(book, operation) {
  const { kind, name } = operation
  if (kind === 'list') {
    const got = await listServices(book, { include: 'all', limit: 100 })
    return got.isErr()
      ? failureOf(got.error)
      : got.value.services.map((one) => `${one.name} ${shownOf(one)}`).join(', ')
  }
  if (kind === 'get') {
    const got = await getService(book, { name }, { include: 'all' })
    return got.isErr() ? failureOf(got.error) : shownOf(got.value)
  }
  if (kind === 'versions') {
    const got = await listVersions(book, { name }, { limit: 1000 })
    return got.isErr() ? failureOf(got.error) : got.value.services.map(shownOf).join(' ')
  }
  const [result, outcome] = await verbs[kind](book, operation)
  return answerOf(result, outcome)
}

/** Upserts of different names as one bulk; an answer each. */
export async function performBulk(book, operations) {
  const bulk = await bulkUpsert(book, operations.map(request), { by: anyone(), chunkSize: 2 })
  if (bulk.isErr()) return operations.map(() => failureOf(bulk.error))
  return bulk.value.rows.map((row) => ('error' in row ? failureOf(row.error) : `${row.outcome} ${tenthsOf(row)}`))
}

/** All that a book holds: versions by name. */
export async function heldIn(book) {
  const listed = (await listServices(book, { limit: 100_000, include: 'all' }))._unsafeUnwrap()
  const held = new Map()
  for (const { name } of listed.services) {
    const { services } = (await listVersions(book, { name }, { limit: 100_000 }))._unsafeUnwrap()
    held.set(
      name,
      services.map((one) => [tenthsOf(one), one.description ?? '', one.deleted]),
    )
  }
  return held
}

/** Every name is as it may be, and has exactly the history it may have; and there is no other. Answers what is held. */
export async function expectPossible(book, seen) {
  const held = await heldIn(book)
  for (const [name, states] of seen) {
    const versions = JSON.stringify(held.get(name) ?? [])
    expectThat(
      states.some((state) => JSON.stringify(state) === versions),
      () => `${name} is ${versions}, and may be ${states.map((state) => JSON.stringify(state)).join(' or ')}`,
    )
  }
  for (const name of held.keys()) expectThat(seen.has(name), `${name} was never written`)
  return held
}

/** What of a service may be there, each as its versions, once an operation has answered; none: the answer is wrong. */
export function possible(states, operation, answer) {
  if (typeof answer === 'object') {
    if (answer.applied === false) return states
    return distinct([...states, ...states.map((versions) => step(versions, operation)[0])])
  }
  const after = states.map((versions) => step(versions, operation))
  return distinct(after.filter(([, expected]) => isAnswer(expected, answer)).map(([versions]) => versions))
}

const distinct = (states) => [...new Map(states.map((versions) => [JSON.stringify(versions), versions])).values()]
