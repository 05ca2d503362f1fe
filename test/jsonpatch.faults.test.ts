import { expect, test } from 'vitest'
import { applyPatch, type PatchOperation } from '../src/rules/apply.js'

/* RFC 6902: what an operation cannot do is refused by its place and by the part of it that is wrong. */

const at = (document: unknown, ...patch: PatchOperation[]) => applyPatch(document, patch, 1000)
const list = (length: number) => Array.from({ length }, (_, at) => at)
const NO_INDEX = /has an index that is none$/
const LEADING_ZERO = /has an index with a leading zero$/
const NOTHING = /leads to nothing$/

test.each<[string, unknown, PatchOperation, string, RegExp]>([
  ['add below a text', { a: 'x' }, { op: 'add', path: '/a/b', value: 1 }, '/0', /^its path leads to nothing that /],
  ['add below null', { a: null }, { op: 'add', path: '/a/b', value: 1 }, '/0', /^its path leads to nothing that /],
  ['add at no index', { a: [] }, { op: 'add', path: '/a/b', value: 1 }, '/0/path', NO_INDEX],
  ['add at a leading zero', { a: list(2) }, { op: 'add', path: '/a/01', value: 1 }, '/0/path', LEADING_ZERO],
  ['add beyond the end', { a: [] }, { op: 'add', path: '/a/1', value: 1 }, '/0', /^its path is beyond the end/],
  ['replace nothing', {}, { op: 'replace', path: '/a', value: 1 }, '/0', /^its path leads to nothing$/],
  ['replace below null', { a: null }, { op: 'replace', path: '/a/b', value: 1 }, '/0', NOTHING],
  ['replace behind the end', { a: [1] }, { op: 'replace', path: '/a/-', value: 1 }, '/0', NOTHING],
  ['replace at no index', { a: [] }, { op: 'replace', path: '/a/1b', value: 1 }, '/0/path', NO_INDEX],
  ['replace what all objects have', {}, { op: 'replace', path: '/toString', value: 1 }, '/0', NOTHING],
  ['remove nothing', {}, { op: 'remove', path: '/a' }, '/0', /^its path leads to nothing$/],
  ['remove at a leading zero', { a: list(2) }, { op: 'remove', path: '/a/00' }, '/0/path', LEADING_ZERO],
  ['copy nothing', {}, { op: 'copy', from: '/a', path: '/b' }, '/0', /^its from leads to nothing$/],
  ['copy from no index', { a: [] }, { op: 'copy', from: '/a/b', path: '/b' }, '/0/from', NO_INDEX],
  ['copy to no index', { a: [] }, { op: 'copy', from: '/a', path: '/a/b' }, '/0/path', NO_INDEX],
  ['move nothing', {}, { op: 'move', from: '/a', path: '/b' }, '/0', /^its from leads to nothing$/],
  ['move from no index', { a: [] }, { op: 'move', from: '/a/b', path: '/b' }, '/0/from', NO_INDEX],
  ['move to no index', { a: [], b: 1 }, { op: 'move', from: '/b', path: '/a/b' }, '/0/path', NO_INDEX],
  ['test below a text', { a: 'x' }, { op: 'test', path: '/a/b', value: 1 }, '/0', /^its path leads to nothing$/],
  ['test at no index', { a: [] }, { op: 'test', path: '/a/b', value: 1 }, '/0/path', NO_INDEX],
])('RFC 6902: %s', (_, document, operation, path, message) => {
  const issues = [{ path, message: expect.stringMatching(message) }]
  expect(at(document, operation)).toMatchObject({ failure: { code: 'BAD_REQUEST', issues } })
})

test('RFC 6901 §4: an index may have a zero inside', () => {
  expect(at(list(102), { op: 'remove', path: '/101' })).toEqual({ document: list(101) })
})

test('RFC 6902 §4.6: a test of what is not there differs from every value', () => {
  expect(at({}, { op: 'test', path: '/a', value: null })).toMatchObject({ failure: { code: 'PRECONDITION_FAILED' } })
})

test('RFC 6901 §5: the empty pointer is the document itself', () => {
  expect(at({ a: 1 }, { op: 'remove', path: '' })).toEqual({ document: null })
  expect(at({ a: 1 }, { op: 'replace', path: '', value: [2] })).toEqual({ document: [2] })
  expect(at({ a: 1 }, { op: 'remove', path: '' }, { op: 'add', path: '', value: 3 })).toEqual({ document: 3 })
  const below: PatchOperation = { op: 'add', path: '/a', value: 1 }
  expect(at({ a: 1 }, { op: 'remove', path: '' }, below)).toMatchObject({ failure: { issues: [{ path: '/1' }] } })
})

test('§1 V11 a patch copies as many characters as it may, counted over all its copies, and not one more', () => {
  const copy = (path: string): PatchOperation => ({ op: 'copy', from: '/a', path })
  const patch = [copy('/b'), copy('/c')]
  const six = () => ({ a: 'text' }) // as JSON text
  expect(applyPatch(six(), patch, 12)).toEqual({ document: { a: 'text', b: 'text', c: 'text' } })
  expect(applyPatch(six(), patch, 11)).toMatchObject({ failure: { code: 'BAD_REQUEST', issues: [{ path: '/1' }] } })
  expect(applyPatch(six(), [{ op: 'add', path: '/b', value: 'x' }], 0)).toEqual({ document: { a: 'text', b: 'x' } })
})
