import { expect, test } from 'vitest'
import { uuidv7 } from '../src/execution/id.js'

test('§1 ids are lower-case UUIDv7, unique, and sort in the order in which they were made', () => {
  const from = Date.now()
  const ids = Array.from({ length: 100_000 }, uuidv7)
  const to = Date.now()
  expect(new Set(ids).size).toBe(ids.length)
  expect([...ids].sort()).toEqual(ids)
  const wrong = ids.filter((id) => {
    const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
    const isV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)
    return !isV7 || time < from || time > to
  })
  expect(wrong).toEqual([])
})
