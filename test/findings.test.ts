import { expect, test } from 'vitest'
import { add, findings } from '../src/rules/findings.js'

/* §1 V11 of many violations the first are told, and how many more there are. */

test('§1 a hundred are told, the others counted, and their paths not made', () => {
  const found = findings()
  for (let at = 0; at < 100; at++) add(found, 'm', () => `/${at}`)
  let made = 0
  for (let at = 0; at < 3; at++) add(found, 'm', () => String(made++))
  expect(found.issues).toHaveLength(100)
  expect(found.issues[7]).toEqual({ path: '/7', message: 'm' })
  expect([found.more, made]).toEqual([3, 0])
})

test.each([
  [65_535, 2],
  [65_536, 1],
  [65_537, 1],
])('§1 after %i characters %i are told in all', (characters, told) => {
  const found = findings()
  add(found, 'm', () => 'p'.repeat(characters - 1))
  for (let at = 0; at < 3; at++) add(found, 'm'.repeat(9), () => 'p')
  expect([found.issues.length, found.more]).toEqual([told, 4 - told])
})
