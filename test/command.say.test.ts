import { afterEach, describe, expect, test, vi } from 'vitest'
import { linesOf, progress, reasonsOf, say, shown } from '../adapters/command/say.js'
import { bar, drawn, onTerminal, told } from './rooms.js'

/* What people are told, in a pipe and on a terminal. */

afterEach(() => void vi.restoreAllMocks())

describe('a line', () => {
  const said = async (...given: Parameters<typeof say>) => (await told(async () => say(...given))).stdout

  test('has its colour on a terminal alone', async () => {
    expect(await said('x', 'red')).toBe('x\n')
    onTerminal()
    expect(await said('x', 'red')).toBe('\u001b[31mx\u001b[39m\n')
    expect(await said('x')).toBe('x\n')
    expect(await said()).toBe('\n')
    vi.stubEnv('NO_COLOR', '1')
    expect(await said('x', 'red')).toBe('x\n')
    vi.stubEnv('NO_COLOR', '')
    expect(await said('x', 'green')).toBe('\u001b[32mx\u001b[39m\n')
  })

  test('shows what moves the cursor, turns the text or ends the line by its number, and letters as they are', () => {
    expect(shown('\u001b[31m\r\n\u202e\u2028\u2029')).toBe('\\u{1b}[31m\\u{d}\\u{a}\\u{202e}\\u{2028}\\u{2029}')
    expect(shown('Größe 漢字 🤖 "a"')).toBe('Größe 漢字 🤖 "a"')
  })
})

describe('a change', () => {
  const none = { fieldsAdded: [], fieldsUpdated: [], fieldsDeleted: [], previousVersion: 0.1 }
  const told = (oldValue: unknown, newValue: unknown, name = 'x') =>
    linesOf({ ...none, fieldsUpdated: [{ name, oldValue, newValue }] })

  test.each([
    [undefined, 'b', 'x: + "b"'],
    ['a', undefined, 'x: - "a"'],
    ['a', 'b', 'x: "a" → "b"'],
    ['a', null, 'x: "a" → null'],
    [null, { a: 1 }, 'x: null → {"a":1}'],
    ['a', { a: 1 }, 'x: "a" → {"a":1}'],
    [{ a: 1 }, 'a', 'x: {"a":1} → "a"'],
    [[1], { 0: 1 }, 'x: [1] → {"0":1}'],
    [
      { a: 1, b: { c: [1, 2] }, e: 5 },
      { a: 1, b: { c: [1, 3] }, d: null },
      'x/b/c/1: 2 → 3',
      'x/e: - 5',
      'x/d: + null',
    ],
    ['*****', '*****', 'x: a secret is another'],
    [{ a: '*****' }, { a: '*****' }, 'x: a secret is another'],
  ])('from %j to %j is a line for each value that is another', (before, after, ...expected) => {
    expect(told(before, after)).toEqual(expected)
  })

  test('has what was added first, then what is another, then what is gone; names and values of others move no cursor', () => {
    const change = {
      ...none,
      fieldsAdded: [{ name: 'a', newValue: '\u001b' }],
      fieldsUpdated: [{ name: 'b\n', oldValue: 1, newValue: 2 }],
      fieldsDeleted: [{ name: 'c', oldValue: true }],
    }
    expect(linesOf(change)).toEqual(['a: + "\\u001b"', 'b\\u{a}: 1 → 2', 'c: - true'])
  })

  test('shows a hundred characters of a value', () => {
    expect(told(undefined, 'x'.repeat(98))).toEqual([`x: + "${'x'.repeat(98)}"`])
    expect(told(undefined, '🤖'.repeat(99))).toEqual([`x: + "${'🤖'.repeat(98)}…`])
  })
})

test('the reasons of an error: each issue with its path, else its message; a cipher is a key to whoever calls the command', () => {
  expect(reasonsOf({ message: 'no\u001b' })).toEqual(['no\\u{1b}'])
  const issues = [
    { path: '/name', message: 'is required' },
    { path: '', message: 'is too large' },
  ]
  expect(reasonsOf({ message: 'no', issues })).toEqual(['/name is required', 'is too large'])
  expect(reasonsOf({ message: 'A secret: give the book a cipher, as in\naesCipher()' })).toEqual([
    'A secret: set SERVICEBOOK_KEY, 32 bytes in base64, to seal it with',
  ])
})

describe('how far something is', () => {
  function opened(isTTY: boolean) {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(1_000_000)
    let text = ''
    const write = (more: string) => {
      text += more
    }
    const it = progress('imported', { isTTY, write } as never)
    return { it, at: (time: number) => void clock.mockReturnValue(time), text: () => text }
  }

  test('is a bar where it is known how much there is, never beyond all, and else a count', () => {
    for (const [part, shown] of [
      [0, `${bar(0)} 1,500`],
      [0.5, `${bar(50)} 1,500`],
      [0.999, `${'█'.repeat(24)} 99 % 1,500`],
      [1.5, `${bar(100)} 1,500`],
      [undefined, '1,500'],
    ] as const) {
      const { it, text } = opened(true)
      it.at(1500, part)
      expect(text()).toBe(`\r\u001b[Kimported ${shown}`)
    }
  })

  test('is drawn again after 40 ms, wiped once at the end, and drawn at once by whoever goes on', () => {
    const { it, at, text } = opened(true)
    expect(it.isSeen).toBe(true)
    it.end()
    expect(text()).toBe('')
    it.at(1)
    at(1_000_039)
    it.at(2)
    at(1_000_040)
    it.at(3)
    it.end()
    it.end()
    it.at(4)
    expect(drawn(text())).toEqual(['imported 1', 'imported 3', '', 'imported 4'])
  })

  test('is not told in a pipe', () => {
    const { it, text } = opened(false)
    it.at(1)
    it.end()
    expect([it.isSeen, text()]).toEqual([false, ''])
  })
})
