import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { PatchOperation } from 'servicebook'
import { expect, test } from 'vitest'
import { applyPatch } from '../src/rules/apply.js'
import { defaultLimits } from '../src/rules/limits.js'
import { checkedOperations } from '../src/rules/patch.js'

interface SuiteCase {
  readonly comment?: string
  readonly doc: unknown
  readonly patch: PatchOperation[]
  readonly expected?: unknown
  readonly error?: string
  readonly disabled?: boolean
}
const suite = ['tests.json', 'spec_tests.json'].flatMap((file): SuiteCase[] =>
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`json-patch-test-suite/${file}`), 'utf8')),
)

test('RFC 6902: every case of the public suite', () => {
  let cases = 0
  for (const { comment, doc, patch, expected, error, disabled } of suite) {
    if (disabled || doc === undefined || patch === undefined) continue
    cases++
    const checked = checkedOperations(patch, defaultLimits)
    const malformed = 'code' in checked && checked.issues.some(({ message }) => !/cannot be changed$/.test(message))
    const result = malformed ? { failure: checked } : applyPatch(doc, patch, defaultLimits.request)
    const name = `${comment} ${JSON.stringify(patch)}`
    if (error !== undefined) expect('failure' in result, name).toBe(true)
    else expect(result, name).toEqual(expected === undefined ? { document: expect.anything() } : { document: expected })
  }
  expect(cases).toBeGreaterThan(90)
})

test('RFC 6902: what an operation put into the document can be changed by the next, and copies are apart', () => {
  const value = Object.freeze({ list: Object.freeze([]) })
  const patch = [
    { op: 'add', path: '/a', value },
    { op: 'add', path: '/a/list/-', value: 1 },
    { op: 'copy', from: '/a', path: '/b' },
    { op: 'replace', path: '/b/list/0', value: 2 },
    { op: 'add', path: '/constructor', value: 3 },
  ] as const
  expect(applyPatch({}, patch, 1000)).toEqual({
    document: { a: { list: [1] }, b: { list: [2] }, constructor: 3 },
  })
  expect(value).toEqual({ list: [] })
})

test('RFC 6902 §4.4: nothing is moved into itself, in a list neither', () => {
  const patch = [{ op: 'move', from: '/list/0', path: '/list/0/a' }] as const
  expect(applyPatch({ list: [{}, {}] }, patch, 1000)).toMatchObject({
    failure: { issues: [{ path: '/0', message: 'its path leads into what is moved' }] },
  })
})
