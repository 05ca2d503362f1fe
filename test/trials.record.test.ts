import { expect, test } from 'vitest'
import { trials } from './trials/index.mjs'

import { judgedFiles, MUTANTS, mutantsTable } from './trials/mutants-record.mjs'
import { ROOMS } from './trials/mutants-told.mjs'
import { recorded, shownTable, tableOf } from './trials/record.mjs'

test('SECURITY.md shows what the long runs came to, as it is recorded', () => {
  expect(shownTable()).toBe(tableOf(recorded()))
})

test('it shows how many mutants tests notice, as that is recorded', () => {
  expect(shownTable(MUTANTS)).toBe(mutantsTable(judgedFiles(), ROOMS))
})

test('every line of the record is of a trial there is, and found nothing wrong', () => {
  const there = Object.entries(trials).flatMap(([trial, { targets }]) => targets.map(({ name }) => `${trial} ${name}`))
  for (const { trial, target, wrong } of recorded()) {
    expect(there).toContain(`${trial} ${target}`)
    expect(wrong, `${trial} ${target}`).toBe(0)
  }
})
