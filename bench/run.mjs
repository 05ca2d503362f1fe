import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { writeChart } from './chart.mjs'
import { contest } from './contest.mjs'
import { installedPeers } from './peers.mjs'
import { circumstances, judged, tableOf, writeResults } from './report.mjs'
import { how } from './requests.mjs'

const HELP = `npm run bench [-- options]

  --only <room>        memory, heap, fs, postgres, reads or http; default all of them
  --all                also the slow cases: a million services, 100,000 in PostgreSQL
  --size <number>      services in bulks and in the store that is opened; default 100,000 in memory, fewer elsewhere
  --rounds <number>    default 5
  --directory <path>   where to write what is durable; default the system's temporary directory
  --save               write results.json and results.svg; default when nothing else is given, or --all`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
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
const rooms = ['memory', 'heap', 'fs', 'postgres', 'reads', 'http'].filter((room) => (values.only ?? room) === room)
const whole = values.only === undefined && size === undefined && rounds >= 5

if (values.help || rooms.length === 0 || !(rounds >= 1) || (size !== undefined && !(size >= 1000))) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
if (globalThis.gc === undefined || !existsSync(new URL('../dist/fs.js', import.meta.url))) {
  console.error('Run it as `npm run bench`: it needs the built library and node --expose-gc.')
  process.exit(2)
}

const { versions, missing } = await installedPeers()
const about = circumstances({ versions, missing, rounds, how })
const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
const absent = Object.entries(missing).map(([name, why]) => `${name}: ${why}`)
console.log([`${about.date} · Node ${about.node} · ${about.machine}`, about.method, ...peers, ...absent, ''].join('\n'))

const directory = mkdtempSync(path.join(values.directory, 'servicebook-bench-'))
const tables = []
try {
  for (const room of rooms) {
    const { cases, prepare } = await import(`./${room}.mjs`)
    const prepared = await prepare?.()
    Object.assign(about, prepared?.about)
    for (const what of Object.values(prepared?.about ?? {})) console.log(`${Object.values(what).join(' · ')}\n`)
    try {
      for (const one of cases) {
        if (one.slow && !values.all) continue
        const sized = one.scales && size !== undefined ? { ...one, size } : one
        const measured = await contest(sized, { rounds, directory, installed: Object.keys(versions) })
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
console.log(`${verdicts.filter(Boolean).length} of ${verdicts.length} goals reached`)
if (values.save || whole) {
  writeResults(new URL('results.json', import.meta.url), about, tables)
  writeChart(new URL('results.svg', import.meta.url), about, tables)
}
