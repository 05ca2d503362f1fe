import { readFileSync, writeFileSync } from 'node:fs'
import { sorted } from './mutants-told.mjs'
import { show } from './record.mjs'

/*
 * What became of the mutants of each file, in `judged.json`, and a table of it in SECURITY.md. A file is known by the digest
 * of its source, so that a later run may judge what has changed alone.
 */

const RECORD = new URL('judged.json', import.meta.url)
export const MUTANTS = 'mutants'

export const judgedFiles = () => JSON.parse(readFileSync(RECORD, 'utf8'))

/** Puts what became of all mutants of some files into the record, leaves out files that are gone, and shows the table. */
export function recordMutants(all, reasons, files, rooms) {
  const date = new Date().toISOString().slice(0, 10)
  const fresh = [...new Set(all.map(({ file }) => file))].map((file) => {
    const mutants = all.filter((one) => one.file === file)
    const { unexplained, explained } = sorted(mutants, reasons)
    const killed = mutants.length - unexplained.length - explained.length
    return { file, digest: mutants[0].digest, mutants: mutants.length, killed, reasons: explained.length, date }
  })
  const isNew = new Set(fresh.map(({ file }) => file))
  const kept = [...judgedFiles().filter(({ file }) => files.includes(file) && !isNew.has(file)), ...fresh]
  kept.sort((a, b) => (a.file < b.file ? -1 : 1))
  writeFileSync(RECORD, `${JSON.stringify(kept, null, 2)}\n`)
  show(MUTANTS, mutantsTable(kept, rooms))
}

/** A line for each room. */
export function mutantsTable(lines, rooms) {
  const rows = Object.keys(rooms).flatMap((room) => {
    const here = lines.filter(({ file }) => file.startsWith(`${room}/`))
    if (here.length === 0) return []
    const sum = (what) => here.reduce((total, line) => total + line[what], 0)
    const [mutants, killed, reasons] = [sum('mutants'), sum('killed'), sum('reasons')]
    const days = [...new Set(here.map(({ date }) => date).sort())]
    const when = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0]
    const numbers = [here.length, mutants, killed].map((number) => number.toLocaleString('en'))
    const share = ((100 * killed) / mutants).toFixed(1)
    return [`| ${room} | ${numbers.join(' | ')} | ${share} % | ${reasons} | ${when} |`]
  })
  return [
    '| room | files | mutants | killed | share | live for a reason | when |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
