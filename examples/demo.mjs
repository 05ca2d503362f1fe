/**
 * Upserts a file of ML model services into a folder, twice, and shows what became of them.
 *
 *   npm run demo               examples/services.jsonl
 *   npm run demo -- my.json    another file, a JSON array or JSON Lines
 */
import { open, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bulkUpsert, createService, getService, mlmodelServices, openBook } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { progressBar, say, sayCounts, sayFailures, sayTitle, sayValue, sayVersion, short } from './page.mjs'
import { requestsIn } from './requests.mjs'

const folder = '.demo'
const journal = join(folder, 'mlmodelService.jsonl')
const by = { name: 'demo' }

async function demo(file) {
  const input = await requestsIn(file)
  const store = fsStore(folder)
  const { services } = await store.open()
  try {
    const book = openBook({ family: mlmodelServices, store })
    sayTitle(`1. Upsert ${file} into ${folder} (services so far: ${services})`)
    const { passed } = await upsertAll(book, input)
    if (passed === 0) throw new Error(`No request of ${file} went in`)
    sayTitle('2. The same file again')
    const { rows } = await upsertAgain(book, file)
    const changed = rows.find(({ version }) => version > 0.1) ?? rows.find(({ outcome }) => outcome !== undefined)
    const service = answerOf(await getService(book, changed.fqn))
    sayTitle('3. A conflict is a value, not an exception')
    await createAgain(book, service)
    sayTitle('4. What is on disk')
    await showVersions(service)
    sayTitle('5. What next')
    sayNext()
  } finally {
    await store.close()
  }
}

async function upsertAll(book, input) {
  const report = await bulk(book, input)
  sayCounts(report)
  if (report.failed > 0) say()
  sayFailures(report, input.places)
  return report
}

async function upsertAgain(book, file) {
  const report = await bulk(book, await requestsIn(file))
  const { created, updated } = sayCounts(report)
  if (created + updated === 0) say('Nothing was new, so nothing was written: the same request is safe to send again.')
  else say('Some names stand in the file twice and disagree, so each time one takes back the other.')
  return report
}

async function bulk(book, input) {
  const report = answerOf(await bulkUpsert(book, input.rows, { by, chunkSize: 50, onProgress: progressBar(input) }))
  if (report.status === 'aborted') throw report.cause
  return report
}

async function createAgain(book, { name, serviceType }) {
  const made = await createService(book, { name, serviceType }, { by })
  say(`const made = await createService(book, ${JSON.stringify({ name, serviceType })}, { by })`)
  say('made.error')
  if (made.isErr()) sayValue(made.error)
}

/** The journal keeps every version of every service, a line each, in the order in which they were written. */
async function showVersions({ name, version }) {
  const { size } = await stat(journal)
  const lines = await linesOf(name)
  say(`${journal}, ${Math.ceil(size / 1024)} KiB: every version of every service, a line each.`)
  say(`To see those of one service: grep -F '"name":${JSON.stringify(name).replaceAll("'", `'\\''`)}' ${journal}`)
  say()
  for (const line of lines.slice(-2, -1)) say(short(line, 190))
  say(`The newest one, version ${version}, a field a line:`)
  sayVersion(lines.at(-1))
}

async function linesOf(name) {
  const lines = []
  const handle = await open(journal)
  for await (const line of handle.readLines()) if (JSON.parse(line).service?.name === name) lines.push(line)
  return lines
}

function sayNext() {
  say('npm run demo               once more: everything is unchanged from the start')
  say('npm run demo -- my.json    your own requests, a JSON array or JSON Lines')
  say(`rm -r ${folder}                back to an empty folder`)
}

function answerOf(result) {
  if (result.isErr()) throw new Error(result.error.message)
  return result.value
}

const file = process.argv[2] ?? relative('', fileURLToPath(new URL('services.jsonl', import.meta.url)))
process.stdout.on('error', () => {})
try {
  await demo(file)
} catch (error) {
  console.error(`\n${error.message}`)
  process.exitCode = 1
}
