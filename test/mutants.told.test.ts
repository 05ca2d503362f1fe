import { expect, test } from 'vitest'
import { type Judged, reasons, told } from './trials/mutants-told.mjs'

/* What the judge of mutants says of those that live. */

const mutant = (given: Partial<Judged>): Judged => ({
  file: 'src/rules/a.ts',
  line: 1,
  kind: 'BooleanLiteral',
  what: 'true',
  replacement: 'false',
  status: 'killed',
  ...given,
})
const rooms = { 'src/rules': 50, adapters: 80 }

test('a survivor is told in full, and how much of its room was killed', () => {
  const { lines, isEnough } = told([mutant({}), mutant({ line: 7, status: 'survived' })], [], rooms)
  expect(lines).toEqual(['src/rules/a.ts:7 survived BooleanLiteral: true → false', 'src/rules: 1 of 2 killed, 50.0 %'])
  expect(isEnough).toBe(true)
})

test('a survivor with a reason is counted apart, at each of its places, and is not killed by it', () => {
  const given = [{ file: 'src/rules/a.ts', what: 'true', replacement: 'false', reason: 'A cache.' }]
  const all = [mutant({ line: 7, status: 'survived' }), mutant({ line: 8, status: 'unreached' }), mutant({})]
  expect(told(all, given, rooms)).toEqual({
    lines: ['src/rules: with a reason: 2', 'src/rules: 1 of 3 killed, 33.3 %'],
    isEnough: false,
  })
})

test.each([{ file: 'src/rules/b.ts' }, { what: 'false' }, { replacement: '' }])(
  'a reason counts for no other survivor: %o',
  (other) => {
    const given = [{ file: 'src/rules/a.ts', what: 'true', replacement: 'false', reason: 'A cache.' }]
    const { lines } = told([mutant({ ...other, status: 'survived' })], given, rooms)
    expect(lines[0]).toContain(' survived ')
  },
)

test('a reason that no living mutant of a judged file needs is stale, one of another file is not', () => {
  const given = [
    { file: 'src/rules/a.ts', what: 'true', replacement: 'false', reason: 'A cache.' },
    { file: 'src/rules/b.ts', what: 'true', replacement: 'false', reason: 'A cache.' },
  ]
  expect(told([mutant({})], given, rooms).lines).toEqual([
    'stale in survivors.jsonl: src/rules/a.ts: true → false',
    'src/rules: 1 of 1 killed, 100.0 %',
  ])
})

test('each reason is one, stands by its file in order, and says something', () => {
  const all = reasons()
  const keys = all.map(({ file, what, replacement }) => JSON.stringify([file, what, replacement]))
  expect(new Set(keys).size).toBe(keys.length)
  const files = all.map(({ file }) => file)
  expect(files).toEqual([...files].sort())
  for (const { reason } of all) expect(reason).toMatch(/^[A-Z].*\.$/)
})
