import { inspect, styleText } from 'node:util'

const isTerminal = process.stdout.isTTY === true
const isColoured = isTerminal && !process.env.NO_COLOR
const paint = (style, text) => (isColoured ? styleText(style, text) : text)

export const say = (text = '') => console.log(text === '' ? '' : `  ${text}`)
export const sayTitle = (text) => console.log(`\n${paint('bold', text)}`)
export const sayValue = (value) =>
  say(inspect(value, { colors: isColoured, breakLength: 100 }).replaceAll('\n', '\n  '))

/** A bar that redraws itself on a terminal, a line every quarter in a pipe. */
export function progressBar(input) {
  let quarter = 0
  return ({ processed, passed, failed }) => {
    const counts = `${processed} sent, ${passed} in, ${failed} failed`
    const full = Math.round(input.share * 30)
    const last = input.share === 1 ? '\n' : ''
    if (isTerminal) process.stdout.write(`\r  ${'█'.repeat(full)}${'░'.repeat(30 - full)} ${counts}${last}`)
    else if (Math.floor(input.share * 4) > quarter) say(counts)
    quarter = Math.floor(input.share * 4)
  }
}

export function sayCounts({ rows, failed }) {
  const counts = { created: 0, updated: 0, unchanged: 0, failed }
  for (const row of rows) if ('outcome' in row) counts[row.outcome] = (counts[row.outcome] ?? 0) + 1
  const colour = ([what, count]) => (count === 0 ? 'dim' : what === 'failed' ? 'red' : 'green')
  const shown = Object.entries(counts).map((entry) => paint(colour(entry), entry.join(' ')))
  say(shown.join('   '))
  return counts
}

const MOST = 20

/** Every reason of every failure, beside the place in the file where the request stands. */
export function sayFailures({ rows }, places) {
  const failures = rows.filter((row) => 'error' in row)
  for (const { index, error } of failures.slice(0, MOST)) {
    const { at, name, isJson } = places[index]
    const [first, ...others] = isJson ? reasons(error) : ['the line is not JSON']
    say(`${at.padEnd(11)} ${short(String(name ?? '?'), 26).padEnd(26)} ${first}`)
    for (const reason of others) say(`${''.padEnd(38)} ${reason}`)
  }
  if (failures.length > MOST) say(`and ${failures.length - MOST} more`)
}

function reasons(error) {
  if (error.code !== 'BAD_REQUEST') return [error.message]
  return error.issues.map(({ path, message }) => short(`${path} ${message}`, 200))
}

/** A line of the journal, one field of the service a line, and one part of its change description. */
export function sayVersion(line) {
  const { service, ...beside } = JSON.parse(line)
  const { changeDescription, ...fields } = service
  say(`${JSON.stringify(beside).slice(0, -1)},"service":{`)
  sayFields(fields, '  ')
  if (changeDescription !== undefined) {
    say(`  ${paint('cyan', '"changeDescription"')}:{`)
    sayFields(changeDescription, '    ')
    say('  }')
  }
  say('}}')
}

function sayFields(fields, indent) {
  for (const [key, value] of Object.entries(fields)) {
    say(`${indent}${paint('cyan', JSON.stringify(key))}: ${short(JSON.stringify(value), 135)}`)
  }
}

export function short(text, width) {
  const characters = [...text.replace(/\p{Cc}/gu, ' ')]
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : characters.join('')
}
