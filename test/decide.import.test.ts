import { expect, test } from 'vitest'
import type { Service } from '../src/model/service.js'
import type { Stored } from '../src/ports/store.js'
import { toImport } from '../src/rules/decide/import.js'
import { type ImportIntent, sees } from '../src/rules/intent.js'
import { decided, held } from './deciding.js'

/* §3 a version that was kept elsewhere goes behind the one before it, and nowhere else. */

const first = held({}).service
const chain: readonly Service[] = [
  first,
  { ...first, version: 0.2, updatedAt: 2000 },
  { ...first, version: 0.3, updatedAt: 3000 },
]
const followers = ['11111111-1111-4111-8111-111111111111']
const intent = (at: number, more: Partial<ImportIntent> = {}): ImportIntent => {
  const given = { kind: toImport, by: undefined, when: undefined, chain, at, clear: null, beside: { followers } }
  return { ...given, ...more }
}
const at = (place: number, more: Partial<Stored> = {}): Stored => ({
  ...{ service: chain[place] as Service, sealed: null, beside: null, revision: place + 1 },
  ...more,
})

test('§3 the first version begins a service, as it was', () => {
  expect(sees(intent(0), undefined)).toBe(true)
  expect(decided(intent(0), null)).toEqual({ outcome: 'imported', stored: at(0) })
})

test('§3 each stands behind the one before it; the last brings what stands beside, and the secrets', () => {
  expect(decided(intent(1, { clear: 'x' }), at(0))).toEqual({ outcome: 'imported', stored: at(1) })
  const last = { outcome: 'imported', stored: at(2, { beside: { followers } }) }
  expect(decided(intent(2), at(1))).toEqual(last)
  expect(decided(intent(2, { clear: 'x' }), at(1))).toEqual({ ...last, clear: 'x' })
})

test('§7 who follows a service where it is now goes on', () => {
  const beside = { followers: [] }
  expect(decided(intent(2), at(1, { beside }))).toMatchObject({ stored: { beside } })
})

test('§3 a version that is there, or a later one of the same service, stays', () => {
  for (const [place, there] of [
    [0, 0],
    [0, 2],
    [1, 2],
  ] as const)
    expect(decided(intent(place), at(there))).toEqual({ outcome: 'unchanged', stored: at(there) })
})

test.each<[string, number, Stored | null]>([
  ['where nothing is', 1, null],
  ['where the one before it is not yet', 2, at(0)],
])('§3 a version is not put %s', (_, place, before) => {
  expect(decided(intent(place), before)).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/history' }] })
})

test.each<[string, Partial<Service>]>([
  ['another id', { id: '22222222-2222-7222-8222-222222222222' }],
  ['another version', { version: 0.4 }],
  ['another time', { updatedAt: 1500 }],
])('§3 a service of that name with %s is another one, or has gone on', (_, other) => {
  const before = at(0, { service: { ...first, ...other } })
  for (const place of [0, 1, 2])
    expect(decided(intent(place), before)).toMatchObject({ code: 'ENTITY_ALREADY_EXISTS', fqn: 'a' })
})

test('§9 the policy is asked for Create where nothing is, and for EditAll where a part is', () => {
  expect(toImport.asks(intent(0), undefined)).toEqual(['Create'])
  expect(toImport.asks(intent(1), first)).toEqual(['EditAll'])
})

test('§1 its id and its times are those it had: no new id is made, and no clock asked', () => {
  expect(toImport.idBrought?.(intent(1))).toBe(first.id)
  expect(toImport.isTimeless).toBe(true)
})
