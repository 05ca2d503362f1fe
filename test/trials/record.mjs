import { readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { trials } from './index.mjs'

/*
 * What long runs came to, in `record.json`, and the table of it in SECURITY.md. A later run of the same target takes the
 * place of an earlier one.
 */

const RECORD = new URL('record.json', import.meta.url)
const PAGE = new URL('../../SECURITY.md', import.meta.url)
const TRIALS = 'trials'

export const recorded = () => JSON.parse(readFileSync(RECORD, 'utf8'))

/** Puts a line into the record, and the table of it where it is shown. */
export function record({ trial, target, tried, wrong }, { seed, seconds }) {
  const machine = `${os.availableParallelism()} cores, Node ${process.versions.node}, ${process.platform}`
  const date = new Date().toISOString().slice(0, 10)
  const found = wrong === undefined ? 0 : 1
  const fresh = { trial, target, tried, wrong: found, seed, seconds: Math.round(seconds), date, machine }
  const all = [...recorded().filter((old) => old.trial !== trial || old.target !== target), fresh]
  const order = Object.entries(trials).flatMap(([trial, { targets }]) => targets.map(({ name }) => `${trial} ${name}`))
  const placeOf = ({ trial, target }) => order.indexOf(`${trial} ${target}`)
  const kept = all.filter((line) => placeOf(line) !== -1).sort((a, b) => placeOf(a) - placeOf(b))
  writeFileSync(RECORD, `${JSON.stringify(kept, null, 2)}\n`)
  show(TRIALS, tableOf(kept))
}

/** Before, between and behind the two marks of a name in SECURITY.md. */
function partsOf(name) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = [page.indexOf(begin) + begin.length, page.indexOf(end)]
  return [page.slice(0, from), page.slice(from, to), page.slice(to)]
}

/** The table between them. */
export const shownTable = (name = TRIALS) => partsOf(name)[1].trim()

/** Puts a table between them. */
export function show(name, table) {
  const [before, , behind] = partsOf(name)
  writeFileSync(PAGE, `${before}\n\n${table}\n\n${behind}`)
}

/** A line for each target. */
export function tableOf(lines) {
  const rows = lines.map(({ trial, target, tried, wrong, seed, seconds, date, machine }) => {
    const counts = Object.entries(tried).map(([kind, count]) => `${count.toLocaleString('en')} ${kind}`)
    return `| ${trial}: ${target} | ${counts.join(', ')} | ${wrong} | ${seed} | ${timeOf(seconds)} | ${date}, ${machine} |`
  })
  return ['| trial | tried | wrong | seed | took | when, where |', '|---|---|---|---|---|---|', ...rows].join('\n')
}

const timeOf = (seconds) => (seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`)
