import { expect, test } from 'vitest'
import { interruptible } from '../adapters/command/interrupt.js'
import { listening, signalled } from './rooms.js'

const heard = () => (['SIGINT', 'SIGTERM'] as const).map((signal) => listening(signal).length)

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s is heard between two steps; a second signal ends at once',
  async (signal) => {
    const run = interruptible(async (given) => {
      expect([heard(), given.aborted]).toEqual([[1, 1], false])
      signalled(signal)
      expect([heard(), given.aborted]).toEqual([[0, 0], true])
      given.throwIfAborted()
    })
    await expect(run).rejects.toMatchObject({ message: 'Interrupted', exitCode: 130 })
  },
)

test('afterwards nobody listens, whatever came of it', async () => {
  expect(await interruptible(async () => 7)).toBe(7)
  await expect(interruptible(async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(heard()).toEqual([0, 0])
})
