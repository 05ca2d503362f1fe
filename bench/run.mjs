import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { howOfFile, readRequests } from './documents/file.mjs'
import { how } from './documents/models.mjs'
import { writeChart } from './measuring/chart.mjs'
import { contest } from './measuring/contest.mjs'
import { circumstances, judged, tableOf, writeResults } from './measuring/report.mjs'
import { installedPeers } from './peers/installed.mjs'

const ROOMS = {
  memory: './rooms/memory.mjs',
  disk: './rooms/disk.mjs',
  postgres: './rooms/postgres/cases.mjs',
  reads: './rooms/reads.mjs',
  http: './rooms/http/cases.mjs',
  families: './rooms/families.mjs',
  copies: './rooms/copies.mjs',
  start: './rooms/start.mjs',
  heap: './rooms/heap.mjs',
}

const HELP = `npm run bench [-- options]

  --only <rooms>       ${Object.keys(ROOMS).join(', ')}; several with commas between; default all of them
  --file <path>        measure your own requests instead, JSON Lines or a JSON array, on every store
  --family <name>      the collection that they are of; default mlmodelServices
  --all                also the slow cases: a million services, 100,000 in PostgreSQL
  --size <number>      services in bulks and in the store that is opened, and no case of more; default 100,000 in memory, fewer elsewhere
  --rounds <number>    default 5
  --directory <path>   where to write what is durable; default the system's temporary directory
  --save               write results.json and results.svg into the checkout, which nothing else changes`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    file: { type: 'string' },
    family: { type: 'string', default: 'mlmodelServices' },
    all: { type: 'boolean', default: false },
    size: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    directory: { type: 'string', default: os.tmpdir() },
    save: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const size = values.size === undefined ? undefined : Number(values.size)
const asked = values.only?.split(',') ?? Object.keys(ROOMS)
const rooms = values.file === undefined ? asked.map((room) => ROOMS[room]) : ['./rooms/own.mjs']

if (values.help || rooms.includes(undefined) || !(rounds >= 1) || (size !== undefined && !(size >= 1000))) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
if (values.file !== undefined && values.save) {
  console.error(
    'The results that are kept are those of the documents of the bench: --file and --save exclude each other.',
  )
  process.exit(2)
}
if (globalThis.gc === undefined || !existsSync(new URL('../dist/fs.js', import.meta.url))) {
  console.error('Run it as `npm run bench`: it needs the built library and node --expose-gc.')
  process.exit(2)
}

const directory = mkdtempSync(path.join(values.directory, 'servicebook-bench-'))
let file
if (values.file !== undefined) {
  try {
    file = await own(values.file, values.family)
  } catch (error) {
    rmSync(directory, { recursive: true })
    console.error(String(error.message))
    process.exit(2)
  }
}
const { versions, missing } = await installedPeers()
const about = circumstances({ versions, missing, rounds, how: file === undefined ? how : howOfFile })
const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
const absent = Object.entries(missing).map(([name, why]) => `${name}: ${why}`)
console.log([`${about.date} · Node ${about.node} · ${about.machine}`, about.method, ...peers, ...absent, ''].join('\n'))

const tables = []
try {
  for (const room of rooms) {
    const { cases, prepare } = await import(room)
    const prepared = await prepare?.()
    Object.assign(about, prepared?.about)
    for (const what of Object.values(prepared?.about ?? {})) console.log(`${Object.values(what).join(' · ')}\n`)
    try {
      for (const one of cases) {
        if (one.slow && !values.all) continue
        if (size !== undefined && !one.scales && one.size > Math.max(size, 10_000)) continue
        const measured = await contest(sized(one), {
          rounds: Math.min(rounds, one.rounds ?? rounds),
          directory,
          installed: Object.keys(versions),
          file,
          all: values.all,
        })
        for (const table of measured) console.log(`${tableOf(table)}\n`)
        tables.push(...measured)
      }
    } finally {
      await prepared?.stop()
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

const verdicts = tables.flatMap((table) => table.lines.flatMap((line) => judged(table, line)?.reached ?? []))
if (verdicts.length > 0) console.log(`${verdicts.filter(Boolean).length} of ${verdicts.length} goals reached`)
if (values.save) {
  writeResults(new URL('results.json', import.meta.url), about, tables)
  writeChart(new URL('results.svg', import.meta.url), about, tables)
}

function sized(one) {
  if (file !== undefined) return { ...one, size: Math.min(file.count, size ?? file.count) }
  return one.scales && size !== undefined ? { ...one, size } : one
}

/** What of a file can be measured; says what cannot. */
async function own(path, collection) {
  const { taken, refused } = await readRequests({ path, collection })
  console.log(`${taken.length} requests of ${path} are measured`)
  if (refused.length > 0) console.log(`${refused.length} are not, the first of them: ${refused.slice(0, 3).join('; ')}`)
  if (taken.length === 0) throw new Error(`no line of ${path} is a request that ${collection} takes`)
  const kept = `${directory}/own.jsonl`
  writeFileSync(kept, taken.join('\n'))
  return { path: kept, count: taken.length, collection }
}
