import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { digestOf, prepared } from './mutants-prepare.mjs'
import { judgedFiles, recordMutants } from './mutants-record.mjs'
import { ROOMS, reasons, told } from './mutants-told.mjs'

/*
 * Which changes of the code no test notices. Stryker makes the changes; a judge of our own runs the tests, since Stryker's
 * starts vitest anew for each of some ten thousand. What was found is kept outside the project, so that a run goes on
 * where it was cut.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HOME = path.join(os.tmpdir(), 'servicebook-mutants')
const at = (name) => path.join(HOME, name)

/** These start processes or browsers, run the built package, or take long: the others notice as much in less time. */
const elsewhere = [
  'large|turns|trials|package|consumers|command.(test|stranger)|demo|crash|hosts|recipes|types|server|mutants|canary|architecture',
  'docstrings|families.bundle|families.facts|lock|realms|copies|telemetry|citus|heir|stranger|timers|second|link|clients',
]
const isElsewhere = new RegExp(`(${elsewhere.join('|')})[^/]*$`)

/** Milliseconds of tests that a mutant has to survive; seconds after which it hangs, and a file of tests does. */
const BUDGET = 4000
const PATIENCE = { mutant: 40, file: 200 }

const read = (file) => readFileSync(path.join(ROOT, file), 'utf8')
const linesOf = (name) =>
  (existsSync(at(name)) ? readFileSync(at(name), 'utf8').split('\n').filter(Boolean) : []).map(parsed)
const parsed = (line) => JSON.parse(line)

function filesIn(folder, ending) {
  const all = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return all.filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
}

const filesOfRooms = () => Object.keys(ROOMS).flatMap((room) => filesIn(room, '.ts').sort())

/** Whether a file, or a folder it is in, is named, or none is. */
const isAmong = (names, file) =>
  names.length === 0 || names.some((name) => file === name || file.startsWith(`${name}/`))

/** Files that are others than when they were last judged, or never were. */
export function changedFiles() {
  const known = new Map(judgedFiles().map(({ file, digest }) => [file, digest]))
  return filesOfRooms().filter((file) => known.get(file) !== digestOf(read(file)))
}

/** Judges the mutants of files or folders, or of all rooms; answers them with what became of each. */
export async function judgedMutants(names) {
  mkdirSync(HOME, { recursive: true })
  const files = filesOfRooms()
  const { sources, all } = await prepared(HOME, ROOT, files)
  const wanted = all.filter(({ file }) => isAmong(names, file))
  const { openServer } = await import('./database.mjs')
  const server = await openServer()
  const env = { ...process.env, DATABASE_URL: server.url, MUTANTS_HOME: HOME }
  try {
    const coverage = await coveredBy(sources, env)
    const tests = setOf(coverage)
    for (;;) {
      const known = results()
      const isJudged = ({ key }) => known.get(key)?.status === 'killed' || known.get(key)?.tests === tests
      const mutants = wanted.filter((one) => !isJudged(one)).map((one) => ({ ...one, last: known.get(one.key) }))
      if (mutants.length === 0) return wanted.map((one) => ({ ...one, ...known.get(one.key) }))
      console.log(`${mutants.length} of ${wanted.length} mutants to judge`)
      const news = newSince(coverage)
      const hung = await watched({ files: [], mutants, coverage, budget: BUDGET, tests, news }, env)
      if (hung !== undefined)
        keep('results.jsonl', { key: hung.mutant.key, tests, status: 'killed', cause: 'it hangs' })
    }
  } finally {
    await server.close()
  }
}

const keep = (name, value) => appendFileSync(at(name), `${JSON.stringify(value)}\n`)

/** Who was killed stays so; who survived is tried again by the tests that are others than they were. */
function results() {
  const known = new Map()
  for (const one of linesOf('results.jsonl')) if (known.get(one.key)?.status !== 'killed') known.set(one.key, one)
  return known
}

/** The name under which a set of tests is kept. */
function setOf(coverage) {
  const files = Object.fromEntries(Object.values(coverage).map(({ name, digest }) => [name, digest]))
  const tests = digestOf(JSON.stringify(Object.values(files)))
  if (!linesOf('tests.jsonl').some((one) => one.tests === tests)) keep('tests.jsonl', { tests, files })
  return tests
}

/** The files of tests that are others than in each set before. */
function newSince(coverage) {
  const isOther = (files, { name, digest }) => files[name] !== digest
  return Object.fromEntries(
    linesOf('tests.jsonl').map(({ tests, files }) => [
      tests,
      Object.values(coverage)
        .filter((one) => isOther(files, one))
        .map(({ name }) => name),
    ]),
  )
}

/** What each test reaches, of the test files that changed, or of all when a source did. */
async function coveredBy(sources, env) {
  const digests = new Map(
    filesIn('test', '.test.ts')
      .filter((name) => !isElsewhere.test(name))
      .map((name) => [name, `${sources} ${digestOf(read(name))}`]),
  )
  const known = () =>
    Object.fromEntries(
      linesOf('coverage.jsonl')
        .filter(({ name, digest }) => digests.get(name) === digest)
        .map((one) => [one.name, one]),
    )
  for (;;) {
    const found = known()
    const left = [...digests].filter(([name]) => found[name] === undefined)
    if (left.length === 0) return Object.fromEntries([...digests.keys()].map((name) => [name, found[name]]))
    console.log(`${left.length} files of tests to see what they reach`)
    const hung = await watched({ files: left, mutants: [], coverage: {}, budget: 0 }, env)
    if (hung !== undefined) keep('coverage.jsonl', { ...hung, tests: [], shared: {} })
  }
}

/** Runs the judge; where it hangs it is ended, and what it was at is answered. */
async function watched(plan, env) {
  writeFileSync(at('plan.json'), JSON.stringify(plan))
  writeFileSync(at('now.json'), JSON.stringify({ since: Date.now() }))
  const bin = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  const given = [bin, 'run', '--config', 'test/trials/mutants.config.ts', '--reporter', 'dot']
  const child = spawn(process.execPath, given, { cwd: ROOT, env, stdio: 'ignore', detached: true })
  const ended = once(child, 'exit')
  // A group of its own, so that its workers end with it; and then with us too, whatever ends us.
  const end = () => process.kill(-child.pid, 'SIGKILL')
  process.once('exit', end)
  for (const signal of ['SIGINT', 'SIGTERM'])
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(130))
  let isOver = false
  ended.then(() => {
    isOver = true
    process.off('exit', end)
  })
  // In steps of ours, so that a machine that slept, or stopped both of us, is not taken for a judge that hangs.
  let last
  let waited = 0
  while (!isOver) {
    await Promise.race([ended, pause(1000, undefined, { ref: false })])
    const { since, ...what } = JSON.parse(readFileSync(at('now.json'), 'utf8'))
    waited = since === last ? waited + 1 : 0
    last = since
    const patience = what.mutant === undefined ? PATIENCE.file : PATIENCE.mutant
    if (isOver || waited < patience) continue
    end()
    await ended
    return what
  }
  const { isDone, since: _, ...what } = JSON.parse(readFileSync(at('now.json'), 'utf8'))
  if (isDone) return undefined
  // It ran out of memory, or a mutant ended its process; else it never began.
  if (what.name === undefined && what.mutant === undefined) throw new Error('the judge does not start')
  return what
}

/**
 * Says what lives, and how much of each room was killed; answers whether it is enough. `changed` judges of the files named
 * those alone that are others than on record; `record` puts what came of it there.
 */
export async function mutants(names, { changed, record }) {
  const files = changed ? changedFiles().filter((file) => isAmong(names, file)) : names
  if (changed && files.length === 0) return true
  const all = await judgedMutants(files)
  const { lines, isEnough } = told(all, reasons(), ROOMS)
  for (const line of lines) console.log(line)
  if (record) recordMutants(all, reasons(), filesOfRooms(), ROOMS)
  return isEnough
}
