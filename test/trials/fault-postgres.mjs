import fc from 'fast-check'
import { mlmodelServices, openBook } from 'servicebook'
import { postgresStore } from 'servicebook/postgres'
import { expectThat } from './check.mjs'
import { expectPossible, perform, performBulk, possible, step } from './law.mjs'
import { reads, writes } from './scripts.mjs'

/*
 * A client of a real PostgreSQL that goes wrong at any of its statements: it loses the connection before or after the
 * server did its work, hears of a timeout and the work is done later, delivers twice, or hears a refusal. Whatever the
 * store then says is true: `applied: false` wrote nothing, an answer is what the law says, each history is exact; and the
 * same store goes on.
 */

/** Errors of the server, made by the server. */
const refusals = ['40001', '40P01', '25006', '53300', '55P03', '57014']
const endings = ['57P01', '57P02', '08006', 'XX000']
/** Errors of a driver whose connection broke. */
const breaks = ['ECONNRESET', 'EPIPE', 'EHOSTUNREACH', 'Connection terminated unexpectedly', 'Query read timeout']

const raised = (pool, code) =>
  pool.query(`do $$ begin raise exception using errcode = '${code}', message = 'made to fail'; end $$`)
const isCode = (text) => /^E[A-Z]+$/.test(text)

function broken(text) {
  if (!isCode(text)) return new Error(text)
  return Object.assign(new Error(`read ${text}`), { code: text, syscall: 'read' })
}

/** Throws as the fault says. */
async function fails(pool, code) {
  if (/^[0-9X]/.test(code)) await raised(pool, code)
  throw broken(code)
}

/** Each kind of fault: what becomes of one statement. What is `late` is done a turn later. */
const kinds = {
  refused: (pool, _send, { code }) => fails(pool, code),
  before: (pool, _send, { code }) => fails(pool, code),
  after: async (pool, send, { code }) => {
    await send()
    return fails(pool, code)
  },
  twice: async (_pool, send) => {
    const first = await send()
    await send()
    return first
  },
  again: async (_pool, send) => {
    await send()
    return send()
  },
  late: async (pool, send, { code }, later) => {
    later.push(send)
    return fails(pool, code)
  },
}

/** A client whose statements go wrong as a plan says, by their number; it counts them, and tells how they went wrong. */
function faulty(pool, plan) {
  const [later, due] = [[], []]
  const client = {
    asked: 0,
    struck: [],
    query(text, values) {
      const fault = plan(client.asked++)
      const send = () => pool.query(text, values)
      if (fault === undefined) return send()
      client.struck.push(fault.kind)
      return kinds[fault.kind](pool, send, fault, later)
    },
    /** The server does what it had to do before the last turn; a statement that fails then fails alone. */
    async settle() {
      for (const send of due.splice(0)) await send().catch(() => {})
      due.push(...later.splice(0))
    },
  }
  return client
}

const bulks = fc.uniqueArray(
  fc.record({
    kind: fc.constant('upsert'),
    name: fc.constantFrom('a', 'b.c', '"d"'),
    text: fc.constantFrom('', 'x', 'y'),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
)
const turns = fc.oneof(
  { weight: 5, arbitrary: fc.record({ operations: fc.tuple(writes) }) },
  { weight: 1, arbitrary: fc.record({ operations: fc.tuple(reads) }) },
  { weight: 2, arbitrary: fc.record({ operations: bulks, isBulk: fc.constant(true) }) },
)
const scripts = fc.array(turns, { minLength: 1, maxLength: 10 })

/**
 * What may be there after an operation. A client that delivers twice, and hears what became of the second, is told that
 * another came before: then the first was done, whatever the second answers.
 */
function after(before, operation, answer, struck) {
  const states = possible(before, operation, answer)
  if (!struck.includes('again')) return states
  const once = before.map((versions) => step(versions, operation)[0])
  return [...states, ...(typeof answer === 'object' ? once : possible(once, operation, answer))]
}

/** Does a script by a faulty client; answers what may be there, by name, and how many statements it took. */
async function follow(server, schema, script, plan, tried) {
  const client = faulty(server.pool, plan)
  const book = openBook({ family: mlmodelServices, store: postgresStore(client, { schema }) })
  const seen = new Map()
  let late = []
  /** What is late is done once another turn has passed, and only to what it was meant for. */
  const settle = async (next) => {
    await client.settle()
    for (const { operation, before } of late) {
      const states = seen.get(operation.name)
      const same = states.filter((one) => before.some((state) => JSON.stringify(state) === JSON.stringify(one)))
      seen.set(operation.name, [...states, ...possible(same, operation, { applied: 'unknown' })])
    }
    late = next
  }
  for (const { operations, isBulk } of script) {
    const unknown = []
    const struck = []
    client.struck = struck
    const answers = isBulk ? await performBulk(book, operations) : [await perform(book, operations[0])]
    for (const [at, operation] of operations.entries()) {
      const answer = answers[at]
      const before = seen.get(operation.name) ?? [[]]
      const states = after(before, operation, answer, struck)
      const told = () => `${JSON.stringify(operation)} answered ${JSON.stringify(answer)} on ${JSON.stringify(before)}`
      expectThat(states.length > 0, told)
      if (typeof answer === 'object') {
        const isRefused = struck.every((kind) => kind === 'refused')
        expectThat(!isRefused || answer.applied === false, () => `${told()}, and was surely refused`)
        // A create asks for a free name, whatever was there when it was sent.
        unknown.push({ operation, before: operation.kind === 'create' ? [[]] : before })
      }
      seen.set(operation.name, states)
    }
    tried.faults += struck.length
    await settle(unknown)
  }
  await settle([])
  tried.statements += client.asked
  return { seen, statements: client.asked }
}

/** What a clean client finds is what may be there; and what is sent again goes in. */
async function verify(server, schema, seen) {
  const book = openBook({ family: mlmodelServices, store: postgresStore(server.pool, { schema }) })
  const held = await expectPossible(book, seen)
  for (const name of seen.keys()) {
    const again = { kind: 'upsert', name, text: 'again' }
    const answer = await perform(book, again)
    expectThat(answer === step(held.get(name) ?? [], again)[1], () => `sent again, ${name} answered ${answer}`)
  }
}

async function withstands({ server, tables }, script, plan, tried) {
  await tables.empty()
  const { seen, statements } = await follow(server, tables.schema, script, plan, tried)
  await verify(server, tables.schema, seen)
  return statements
}

/** Every fault there is at one statement. */
const faults = [
  ...refusals.map((code) => ({ kind: 'refused', code })),
  ...[...endings, ...breaks].flatMap((code) => ['before', 'after', 'late'].map((kind) => ({ kind, code }))),
  { kind: 'twice', code: '' },
  { kind: 'again', code: '' },
]

async function open() {
  const { openServer } = await import('./database.mjs')
  const server = await openServer()
  return { server, tables: await server.tables(), close: () => server.close() }
}

const counted = (tried) => Object.assign(tried, { statements: 0, faults: 0 })

export const faultPostgres = [
  {
    name: 'PostgreSQL, many statements',
    runs: 25,
    open,
    property: (tried, place) => {
      counted(tried)
      const each = ['refused', 'before', 'after', 'late', 'late', 'twice', 'again'].map((kind) =>
        fc.constantFrom(...faults.filter((fault) => fault.kind === kind)),
      )
      const plans = fc.array(fc.option(fc.oneof(...each), { nil: undefined, freq: 2 }), { minLength: 2, maxLength: 20 })
      return fc.asyncProperty(scripts, plans, async (script, plan) => {
        await withstands(place, script, (at) => plan[at % plan.length], tried)
      })
    },
  },
  {
    name: 'PostgreSQL, each statement of a script, one by one',
    runs: 1,
    long: true,
    open,
    property: (tried, place) => {
      counted(tried)
      return fc.asyncProperty(scripts, async (script) => {
        const statements = await withstands(place, script, () => undefined, tried)
        for (const fault of faults) {
          for (let at = 0; at < statements; at++) {
            const plan = (now) => (now === at ? fault : undefined)
            await withstands(place, script, plan, tried).catch((cause) => {
              throw new Error(`${JSON.stringify({ ...fault, at })}: ${cause.message}`, { cause })
            })
          }
        }
      })
    },
  },
]
