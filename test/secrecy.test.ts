import type { Cipher, Stored } from 'servicebook'
import { expect, test } from 'vitest'
import { misled, opened, sealed } from '../src/execution/secrecy.js'
import { openTestBook } from './catalogue.js'

/* §8 what a cipher answers, checked where it enters: a text a service, in their order, or why there is none. */

const stored = (name: string, text: string | null) =>
  ({
    service: { id: `id of ${name}`, fullyQualifiedName: name },
    sealed: text,
    beside: null,
    revision: 3,
  }) as unknown as Stored
const both = [stored('a', 'sealed a'), stored('b', null)]
const cipherOf = (more: Partial<Cipher>): Cipher => ({ seal: () => [], open: () => [], isCurrent: () => true, ...more })
const throws = () => {
  throw new Error('no key')
}

test('§8 without a cipher the clear text is what is kept', async () => {
  expect(await opened(openTestBook(), both)).toEqual(['sealed a', ''])
  const [a] = await sealed(openTestBook(), [{ stored: stored('a', null), clear: 'hush' }])
  expect(a).toEqual({ ...stored('a', null), sealed: 'hush' })
  expect(a).toSatisfy(Object.isFrozen)
})

test('§8 a cipher is asked once for all, and told of each text whose it is', async () => {
  const asked: unknown[] = []
  const cipher = cipherOf({
    open: async (all) => {
      asked.push(all)
      return all.map(({ text }) => `clear ${text}`)
    },
    seal: async (all) => {
      asked.push(all)
      return all.map(({ text }) => `sealed ${text}`)
    },
  })
  const book = openTestBook({ cipher })
  expect(await opened(book, both)).toEqual(['clear sealed a', 'clear '])
  const family = book.family.entityType
  expect(asked.splice(0)).toEqual([
    [
      { family, id: 'id of a', text: 'sealed a' },
      { family, id: 'id of b', text: '' },
    ],
  ])
  expect(await sealed(book, [{ stored: stored('a', null), clear: 'hush' }])).toMatchObject([{ sealed: 'sealed hush' }])
  expect(asked).toEqual([[{ family, id: 'id of a', text: 'hush' }]])
})

test('§8 what is no text is why that service cannot be opened, and no other', async () => {
  const like = { message: 'wrong key' }
  for (const [answer, cause] of [
    [like, like],
    [new Error('wrong key'), { message: 'wrong key' }],
    [{}, { message: 'the cipher answered no text' }],
    [null, { message: 'the cipher answered no text' }],
    [undefined, { message: 'the cipher answered no text' }],
    [7, { message: 'the cipher answered no text' }],
  ] as const) {
    const book = openTestBook({ cipher: cipherOf({ open: () => [answer, 'b'] as never }) })
    const [a, b] = await opened(book, both)
    expect(a).toMatchObject({ code: 'STORE_FAILED', during: 'open', applied: false, cause })
    expect((a as { message: string }).message).toContain('a')
    expect(b).toBe('b')
  }
})

test('§8 a cipher that throws or rejects fails all it was asked for', async () => {
  for (const broken of [throws, async () => throws()]) {
    const book = openTestBook({ cipher: cipherOf({ open: broken, seal: broken }) })
    const failed = (during: string) => ({ code: 'STORE_FAILED', during, cause: { message: 'no key' } })
    expect(await opened(book, both)).toMatchObject([failed('open'), failed('open')])
    expect(await sealed(book, [{ stored: stored('a', null), clear: 'hush' }])).toMatchObject([failed('seal')])
  }
})

test('§8 a cipher that answers no text for one seals none', async () => {
  const book = openTestBook({ cipher: cipherOf({ seal: () => ['x', 7 as never] }) })
  const asked = ['a', 'b'].map((name) => ({ stored: stored(name, null), clear: 'hush' }))
  const failed = { code: 'STORE_FAILED', during: 'seal', applied: false }
  expect(await sealed(book, asked)).toMatchObject([failed, failed])
})

test('§8 where secrets do not follow, whoever may see them may take them elsewhere', async () => {
  const moved = [{ path: '/connection/config/uri', message: 'has moved' }]
  const told = (policy: (...given: unknown[]) => unknown) =>
    misled(openTestBook({ policy: policy as never }), { name: 'ada' }, stored('a', 'x'), moved)
  const asked: unknown[] = []
  await told((...given: unknown[]) => asked.push(given))
  expect(asked).toEqual([[{ name: 'ada' }, 'ViewSecrets', stored('a', 'x').service]])
  expect(await told(() => 'allow')).toBeUndefined()
  expect(await told(() => 'forbidden')).toMatchObject({ code: 'BAD_REQUEST', issues: moved })
  expect(await told(throws)).toMatchObject({ code: 'STORE_FAILED', during: 'authorise' })
})
