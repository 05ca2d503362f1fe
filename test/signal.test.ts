import { expect, test } from 'vitest'
import { endedBy, signalIssues } from '../src/execution/signal.js'

/* §6 a signal is known by what it has, and one that can no longer be asked ends the call. */

const throws = () => {
  throw new Error('hostile')
}
const noop = () => {}
const [addEventListener, removeEventListener] = [noop, noop]

test('§6 a signal of any realm is taken, and none too', () => {
  for (const signal of [undefined, AbortSignal.abort(), { aborted: false, addEventListener, removeEventListener }])
    expect(signalIssues(signal)).toEqual([])
})

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'signal'],
  ['an object', {}],
  ['its controller', new AbortController()],
  ['one that is not said to be aborted or not', { addEventListener, removeEventListener }],
  ['one that cannot be listened to', { aborted: false, removeEventListener }],
  ['one that cannot be listened to no longer', { aborted: false, addEventListener, removeEventListener: 7 }],
  ['one that cannot be read', Object.defineProperty({ addEventListener }, 'aborted', { get: throws })],
])('§6 %s is no signal', (_, signal) => {
  expect(signalIssues(signal)).toMatchObject([{ path: '/signal' }])
})

test('§6 a call ends when its signal is aborted, with its reason', () => {
  expect(endedBy(undefined)).toBeUndefined()
  expect(endedBy(new AbortController().signal)).toBeUndefined()
  expect(endedBy(AbortSignal.abort('enough'))).toEqual({ cause: 'enough' })
  const broken = Object.defineProperty({}, 'aborted', { get: throws }) as AbortSignal
  expect(endedBy(broken)).toMatchObject({ cause: { message: 'hostile' } })
})
