import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { mlmodelServices, openBook } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { bookIn, inDirectory } from './disk.mjs'
import { perform } from './law.mjs'
import { judge } from './race-judge.mjs'
import { racePairs } from './race-pairs.mjs'

/* Callers at once on two hot names: every recorded history is linearizable, reads and lists among it. */

const names = fc.constantFrom('a', 'b')
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('upsert', 'patch', 'create'),
      name: names,
      text: fc.constantFrom('', 'x', 'y'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('delete', 'remove', 'restore'), name: names }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('get', 'versions'), name: names }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'list' }) },
)
const callers = fc.array(fc.array(operation, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 })

/** Nanoseconds that all processes of a machine count alike. */
const clock = () => Number(process.hrtime.bigint())

/** What one caller does, one after the other, with when it called and when it was answered. */
export async function record(book, operations) {
  const history = []
  for (const operation of operations) {
    const called = clock()
    const answer = await perform(book, operation)
    history.push({ operation, answer, called, returned: clock() })
  }
  return history
}

const counted = (tried) => Object.assign(tried, { histories: 0, operations: 0 })

/** A store in memory that answers late, in an order that the seed decides. */
function slowed(store, scheduler) {
  const late = (call) => scheduler.scheduleFunction(async (...given) => call(...given))
  return {
    ...store,
    load: late(store.load),
    commit: late(store.commit),
    find: late(store.find),
    list: late(store.list),
    versions: late(store.versions),
  }
}

/** A child process with a store of its own on the same tables, which does what it is told, a line at a time. */
function worker(url, schema) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('race-worker.mjs', import.meta.url)), url, schema], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    async ask(operations) {
      child.stdin.write(`${JSON.stringify(operations)}\n`)
      return JSON.parse((await lines.next()).value)
    },
    close: () => child.kill(),
  }
}

export const race = {
  what: 'callers at once on hot names; every history of all verbs is linearizable',
  targets: [
    {
      name: 'memory, answers in any order',
      runs: 100,
      property: (tried) => {
        counted(tried)
        return fc.asyncProperty(fc.scheduler(), callers, async (scheduler, all) => {
          const book = openBook({ family: mlmodelServices, store: slowed(memoryStore(), scheduler) })
          const recorded = Promise.all(all.map((operations) => record(book, operations)))
          await scheduler.waitFor(recorded)
          judge((await recorded).flat(), tried)
        })
      },
    },
    ...racePairs,
    {
      name: 'disk',
      runs: 25,
      property: (tried) => {
        counted(tried)
        return fc.asyncProperty(callers, fc.boolean(), (all, compacts) =>
          inDirectory(async (directory) => {
            const { store, book } = bookIn(directory)
            const recorded = all.map((operations) => record(book, operations))
            if (compacts) await store.compact()
            judge((await Promise.all(recorded)).flat(), tried)
            await store.close()
          }),
        )
      },
    },
    {
      name: 'PostgreSQL, several processes',
      runs: 20,
      open: async () => {
        const { openServer } = await import('./database.mjs')
        const server = await openServer()
        const tables = await server.tables()
        const workers = [0, 1, 2].map(() => worker(server.url, tables.schema))
        return {
          workers,
          tables,
          async close() {
            for (const one of workers) one.close()
            await server.close()
          },
        }
      },
      property: (tried, { workers, tables }) => {
        counted(tried)
        return fc.asyncProperty(fc.array(callers, { minLength: 3, maxLength: 3 }), async (each) => {
          await tables.empty()
          const recorded = await Promise.all(workers.map((one, at) => one.ask(each[at].slice(0, 2))))
          judge(recorded.flat(), tried)
        })
      },
    },
  ],
}
