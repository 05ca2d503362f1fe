import { readFileSync } from 'node:fs'

/*
 * What is said of mutants that were judged. Of one that lives a line of `survivors.jsonl` may say why no test is worth
 * having: `{ file, what, replacement, reason }`, which counts for all places of the file that read the same.
 */

const REASONS = new URL('survivors.jsonl', import.meta.url)

/** What is mutated unless files are named, and how much of it must be killed. */
export const ROOMS = { 'src/rules': 90, 'src/execution': 90, 'src/model': 90, adapters: 80 }

export function reasons() {
  const lines = readFileSync(REASONS, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line))
}

const keyOf = ({ file, what, replacement }) => JSON.stringify([file, what, replacement])
const lives = ({ status }) => status !== 'killed'

/** Those that live, with a reason and without, and the reasons of judged files that no living one needs. */
export function sorted(all, given) {
  const known = new Map(given.map((one) => [keyOf(one), one]))
  const living = all.filter(lives)
  const needed = new Set(living.map(keyOf))
  const judged = new Set(all.map(({ file }) => file))
  return {
    unexplained: living.filter((one) => !known.has(keyOf(one))),
    explained: living.filter((one) => known.has(keyOf(one))),
    stale: given.filter((one) => judged.has(one.file) && !needed.has(keyOf(one))),
  }
}

/** The lines that are printed, and whether of each room as much was killed as it says. */
export function told(all, given, rooms) {
  const lines = []
  let isEnough = true
  for (const [room, least] of Object.entries(rooms)) {
    const here = all.filter(({ file }) => file.startsWith(`${room}/`))
    if (here.length === 0) continue
    const { unexplained, explained, stale } = sorted(here, given)
    for (const { file, line, status, kind, what, replacement } of unexplained)
      lines.push(`${file}:${line} ${status} ${kind}: ${what} → ${replacement}`)
    if (explained.length > 0) lines.push(`${room}: with a reason: ${explained.length}`)
    for (const { file, what, replacement } of stale)
      lines.push(`stale in survivors.jsonl: ${file}: ${what} → ${replacement}`)
    const killed = here.length - unexplained.length - explained.length
    const share = (100 * killed) / here.length
    lines.push(`${room}: ${killed} of ${here.length} killed, ${share.toFixed(1)} %`)
    isEnough &&= share >= least
  }
  return { lines, isEnough }
}
