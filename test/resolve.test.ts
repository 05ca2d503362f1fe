import { expect, test, vi } from 'vitest'
import { unresolved } from '../src/execution/resolve.js'
import { openTestBook } from './catalogue.js'

/* §4, §9 what a directory answers: one question for all, each thing once, and what may not be referred to comes first. */

const user = (id: string, path = '/owners/0') => ({ reference: { type: 'user' as const, id }, path })
const domain = (fullyQualifiedName: string) => ({
  reference: { type: 'domain' as const, fullyQualifiedName },
  path: '/domain',
})

test('§4 each reference is asked once, however many refer to it, and each hears of its own', async () => {
  const knows = vi.fn((all: readonly unknown[]) => all.map((one) => JSON.stringify(one).includes('known')))
  const book = openTestBook({ directory: { knows } })
  const answers = await unresolved(book, [
    [user('known'), domain('known')],
    [],
    [domain('known'), user('missing'), domain('gone')],
  ])
  expect(answers).toMatchObject([
    undefined,
    undefined,
    { code: 'ENTITY_NOT_FOUND', entityType: 'user', entity: 'missing' },
  ])
  expect(knows.mock.calls).toEqual([
    [[user('known').reference, domain('known').reference, user('missing').reference, domain('gone').reference]],
  ])
  expect(await unresolved(book, [[domain('gone')]])).toMatchObject([{ entityType: 'domain', entity: 'gone' }])
})

test('§9 why something may not be referred to is told with all its places, before what is not there', async () => {
  const knows = (all: readonly unknown[]) =>
    all.map((one) => (JSON.stringify(one).includes('closed') ? 'is closed' : JSON.stringify(one).includes('known')))
  const [answer] = await unresolved(openTestBook({ directory: { knows } }), [
    [user('missing'), user('closed', '/owners/1'), user('closed', '/owners/2')],
  ])
  expect(answer).toMatchObject({
    code: 'BAD_REQUEST',
    issues: [
      { path: '/owners/1', message: 'is closed' },
      { path: '/owners/2', message: 'is closed' },
    ],
  })
})

test('§9 a directory that fails, or does not answer each question, fails those that asked, and no other', async () => {
  const throws = () => {
    throw new Error('down')
  }
  for (const knows of [throws, async () => throws(), () => [true, true], () => 7]) {
    const book = openTestBook({ directory: { knows: knows as never } })
    const failed = { code: 'STORE_FAILED', during: 'resolve', applied: false }
    expect(await unresolved(book, [[user('a')], []])).toMatchObject([failed, undefined])
  }
  for (const odd of [false, undefined, null, 1]) {
    const book = openTestBook({ directory: { knows: () => [odd] as never } })
    expect(await unresolved(book, [[user('a')]])).toMatchObject([{ code: 'ENTITY_NOT_FOUND' }])
  }
})

test('§4 where nothing is referred to, or nobody knows, nobody is asked', async () => {
  const knows = vi.fn(() => [])
  expect(await unresolved(openTestBook({ directory: { knows } }), [[], []])).toEqual([undefined, undefined])
  expect(knows).not.toHaveBeenCalled()
  expect(await unresolved(openTestBook(), [[user('a')]])).toEqual([undefined])
})
