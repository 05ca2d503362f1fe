import { writeFileSync } from 'node:fs'
import os from 'node:os'

/** The sample in the middle. */
export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * What a goal says of two lines, ours being the first of its table. `atMost`: our median against its. `atLeast`: our
 * speed against its, which is its median against ours. A goal of our own line is about the median itself.
 */
export function judged({ unit, lines }, { samples, goal }) {
  const [ours, its] = [median(lines[0].samples), median(samples)]
  const own = samples === lines[0].samples
  if (goal === undefined) {
    if (own) return undefined
    if (unit === 'MB') return { ratio: ours / its, text: `${short(ours / its)}× of it` }
    return { ratio: its / ours, text: `${short(its / ours)}× as fast` }
  }
  if (goal.atMost === undefined) {
    const ratio = its / ours
    return verdict(ratio, `${short(ratio)}× as fast`, `≥ ${goal.atLeast}×`, ratio / goal.atLeast)
  }
  if (own) return verdict(its, `${short(its)} ${unit}`, `≤ ${goal.atMost}`, goal.atMost / its)
  return verdict(ours / its, `${short(ours / its)}× of it`, `≤ ${goal.atMost}×`, goal.atMost / (ours / its))
}

/** `score`: 1 is the goal, above is better. */
const verdict = (ratio, text, goal, score) => ({ ratio, text, goal, score, reached: score >= 1 })

/** One table as text: what each contestant took, what servicebook is beside it, and whether the goal is reached. */
export function tableOf(table) {
  const rows = table.lines.map((line) => {
    const { text = '', goal = '', reached } = judged(table, line) ?? {}
    const middle = median(line.samples)
    const range = `${short(Math.min(...line.samples))}–${short(Math.max(...line.samples))}`
    const pace = /bytes|MB/.test(table.unit) ? '' : grouped(perSecond(table, middle))
    return [
      line.name,
      `${short(middle)} ${table.unit}`,
      range,
      pace,
      text,
      goal,
      reached === undefined ? '' : reached ? 'yes' : 'no',
    ]
  })
  const head = [table.title, 'median', 'min–max', 'per second', 'servicebook', 'goal', 'reached']
  if (table.unit === 'ms') head[0] += ` (${grouped(table.count)})`
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)))
  const text = (row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
  const rule = widths.map((width) => '─'.repeat(width))
  return [head, rule, ...rows].map((row) => text(row).join('  ').trimEnd()).join('\n')
}

function perSecond({ unit, count }, middle) {
  return (count * (unit === 'ms' ? 1e3 : 1e6)) / middle
}

/** Three digits that count. */
function short(number) {
  if (Math.abs(number) >= 100) return grouped(number)
  return number.toFixed(Math.abs(number) >= 10 ? 1 : 2)
}

const grouped = (number) => Math.round(number).toLocaleString('en')

/** Where and with what it was measured. */
export function circumstances({ versions, missing, rounds, how }) {
  const [{ model }] = os.cpus()
  const machine = `${model.trim()}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()} ${os.arch()}`
  const date = new Date().toISOString().slice(0, 10)
  const method = `Medians of ${rounds} rounds, all contestants in every round, each in a process of its own on a heap just collected. ${how} Durable: synced every 1,000 services.`
  return { date, machine, node: process.version, peers: versions, missing, method }
}

export function writeResults(file, circumstances, tables) {
  const results = tables.map((table) => {
    const lines = table.lines.map((line) => {
      const { text: _, ...verdict } = judged(table, line) ?? {}
      const [middle, min, max] = [median(line.samples), Math.min(...line.samples), Math.max(...line.samples)]
      return {
        name: line.name,
        median: rounded(middle),
        min: rounded(min),
        max: rounded(max),
        ...verdict,
        ratio: rounded(verdict.ratio),
        score: rounded(verdict.score),
      }
    })
    return { ...table, lines }
  })
  writeFileSync(file, `${JSON.stringify({ ...circumstances, results }, null, 2)}\n`)
}

const rounded = (number) => number && Number(number.toPrecision(4))
