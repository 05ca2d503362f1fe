import { expect, test } from 'vitest'
import { frozen } from '../adapters/frozen.js'
import { storedOf } from '../adapters/fs/front.js'
import { addPut, noLines } from '../adapters/fs/line.js'

/* §7: what a store reads is frozen as what the verbs make is. */

const isFrozenThrough = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozenThrough))

test('§7 what was parsed is frozen all the way down, and answered as it is', () => {
  const parsed = JSON.parse('{"a":[{"b":[null,{"c":{}}]},[[]]],"d":null,"e":"x"}')
  expect(frozen(parsed)).toBe(parsed)
  expect(isFrozenThrough(parsed)).toBe(true)
  for (const plain of [null, undefined, 0, 'x', true]) expect(frozen(plain)).toBe(plain)
})

test('§7 a service read from its line is frozen, and so is what stands beside it', () => {
  const service = {
    id: 'i',
    name: 'a',
    fullyQualifiedName: 'a',
    version: 0.1,
    deleted: false,
    tags: [{ tagFQN: 'x.y' }],
  }
  const lines = noLines()
  const beside = { followers: ['f'], test: { steps: [{ passed: true }] } }
  addPut(lines, { service, sealed: 's', beside, revision: 3 } as never, false)
  const stored = storedOf(lines.bytes.subarray(0, lines.length - 1))
  expect(stored).toEqual({ service, sealed: 's', beside, revision: 3 })
  expect(isFrozenThrough(stored)).toBe(true)
})
