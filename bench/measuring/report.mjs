import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { median } from './clock.mjs'

/** The median of one of the times of a line; `undefined` where it was not taken. */
export function middle({ samples }, time = 'wall') {
  const numbers = samples.map((sample) => sample[time]).filter((number) => number !== undefined)
  return numbers.length === 0 ? undefined : median(numbers)
}

/**
 * What a goal says of two lines, ours being the first of its table. `atMost`: our median against its. `atLeast`: our
 * speed against its, which is its median against ours. A goal of our own line is about the median itself.
 */
export function judged(table, line) {
  const { unit, lines, by } = table
  const { goal } = line
  const time = by === 'cpu' && middle(line, 'cpu') !== undefined ? 'cpu' : 'wall'
  const [ours, its] = [middle(lines[0], time), middle(line, time)]
  const own = line === lines[0]
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
    const [wall, cpu] = [middle(line), middle(line, 'cpu')]
    const walls = line.samples.map(({ wall }) => wall)
    return [
      line.name,
      `${short(wall)} ${table.unit}`,
      `${short(Math.min(...walls))}–${short(Math.max(...walls))}`,
      cpu === undefined ? '' : `${short(cpu)} ${table.unit}`,
      /bytes|MB/.test(table.unit) || (table.unit === 'ms' && table.count === 1) ? '' : grouped(perSecond(table, wall)),
      text,
      goal,
      reached === undefined ? '' : reached ? 'yes' : 'no',
    ]
  })
  const head = [table.title, 'median', 'min–max', 'CPU', 'per second', 'servicebook', 'goal', 'reached']
  if (table.by === 'cpu') head[5] += ', by CPU'
  if (table.unit === 'ms' && table.count > 1) head[0] += ` (${grouped(table.count)})`
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)))
  const text = (row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
  const rule = widths.map((width) => '─'.repeat(width))
  return [head, rule, ...rows].map((row) => text(row).join('  ').trimEnd()).join('\n')
}

function perSecond({ unit, count }, time) {
  return (count * (unit === 'ms' ? 1e3 : 1e6)) / time
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
  const method = `Medians of ${rounds} rounds, all contestants in every round, each in a process of its own on a heap just collected. Steady state: two rounds before warm up, and what they leave stays alive, so that the compiler still knows its shapes. CPU is that of the process, its collector included, without that of a database server. ${how} Durable: synced every 1,000 services.`
  return { date, machine, node: process.version, peers: versions, missing, method }
}

export function writeResults(file, circumstances, tables) {
  const results = tables.map((table) => {
    const lines = table.lines.map((line) => {
      const { text: _, ...verdict } = judged(table, line) ?? {}
      const walls = line.samples.map(({ wall }) => wall)
      return {
        name: line.name,
        median: rounded(middle(line)),
        min: rounded(Math.min(...walls)),
        max: rounded(Math.max(...walls)),
        cpu: rounded(middle(line, 'cpu')),
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
