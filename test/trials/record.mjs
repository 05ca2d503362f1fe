import { readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { trials } from './index.mjs'

/*
 * What long runs came to, in `record.json`, and the table of it in SECURITY.md. A later run of the same target takes the
 * place of an earlier one.
 */

const RECORD = new URL('record.json', import.meta.url)
const PAGE = new URL('../../SECURITY.md', import.meta.url)
const [BEGIN, END] = ['<!-- trials -->', '<!-- /trials -->']

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
  writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), tableOf(kept)))
}

/** What SECURITY.md has between its marks. */
export function shownTable(page = readFileSync(PAGE, 'utf8')) {
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim()
}

const pageWith = (page, table) =>
  `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n\n${table}\n\n${page.slice(page.indexOf(END))}`

/** A line for each target. */
export function tableOf(lines) {
  const rows = lines.map(({ trial, target, tried, wrong, seed, seconds, date, machine }) => {
    const counts = Object.entries(tried).map(([kind, count]) => `${count.toLocaleString('en')} ${kind}`)
    return `| ${trial}: ${target} | ${counts.join(', ')} | ${wrong} | ${seed} | ${timeOf(seconds)} | ${date}, ${machine} |`
  })
  return ['| trial | tried | wrong | seed | took | when, where |', '|---|---|---|---|---|---|', ...rows].join('\n')
}

const timeOf = (seconds) => (seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`)
