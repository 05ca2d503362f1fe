import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FIRST_VERSION, nextVersion, tenths } from '../src/model/version.js'

test('§3 versions are integer tenths: n changes after 0.1 is (n + 1) / 10, however many', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (incompatible) => {
      const steps = incompatible.reduce((sum, big) => sum + (big ? 10 : 1), 1)
      const version = incompatible.reduce(nextVersion, FIRST_VERSION)
      expect(tenths(version)).toBe(steps)
      expect(JSON.parse(JSON.stringify(version))).toBe(version)
      expect(String(version)).toMatch(/^\d+(\.\d)?$/)
    }),
  )
})

test('§3 0.1, 0.2 … 0.9, 1.0', () => {
  const versions = [FIRST_VERSION]
  while (versions.length < 10) versions.push(nextVersion(versions.at(-1) as number, false))
  expect(versions).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
  expect(nextVersion(0.3, true)).toBe(1.3)
})
