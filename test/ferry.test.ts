import { expect, test } from 'vitest'
import { ferry } from '../src/execution/ferry.js'

/* §4–7 what calls of single verbs have in common on their way to a store: who travels with whom, and what a failure hits. */

const CHARACTERS = 8 * 2 ** 20

/** A method that answers when it is told to, and notes what it was given. */
function slow({ rows = 10, isHarmless = false, weigh = (_: number): number => 0 } = {}) {
  const sent: (readonly number[])[] = []
  const back: { answer(value: string): void; fail(cause: unknown): void }[] = []
  const call = ferry<number, string>({
    send: (all) => {
      sent.push(all)
      return new Promise((answer, fail) => {
        back.push({ answer, fail })
      })
    },
    weigh,
    isHarmless: () => isHarmless,
    rows,
    startsWaiting: true,
  })
  return { sent, back, call }
}
/** Until all that can go on has. */
const turn = () => new Promise((resolve) => setImmediate(resolve))
const said = (answer: string | PromiseLike<string>) =>
  Promise.resolve(answer).then(
    (value) => value,
    (cause: Error) => cause.message,
  )

test.each<[string, number, number, number, readonly (readonly number[])[]]>([
  ['as many rows as the store likes', 3, 0, 0, [[1, 2, 3]]],
  ['one row more', 2, 0, 0, [[1, 2], [3]]],
  ['as many characters as a chunk has', 10, CHARACTERS / 2, CHARACTERS / 2, [[1, 2], [3]]],
  ['one character more', 10, CHARACTERS / 2, CHARACTERS / 2 + 1, [[1], [2, 3]]],
  ['one that is too large by itself', 10, CHARACTERS * 2, 1, [[1], [2, 3]]],
])('§4–7 together: %s', async (_, rows, first, second, expected) => {
  const { sent, call } = slow({ rows, weigh: (one) => [first, second, 1][one - 1] as number })
  for (const one of [1, 2, 3]) void call([one])
  await turn()
  expect(sent).toEqual(expected)
})

test('§4–7 one call of more rows than the store likes goes by itself, whole', async () => {
  const { sent, call } = slow({ rows: 2 })
  void call([1, 2, 3])
  void call([4])
  await turn()
  expect(sent).toEqual([[1, 2, 3], [4]])
})

test('§4–7 two calls are under way at most; what comes meanwhile goes together when one is back, in its order', async () => {
  const { sent, back, call } = slow()
  const answers: Promise<string>[] = []
  for (const one of [1, 2, 3, 4]) {
    answers.push(said(call([one])))
    await turn()
  }
  expect(sent).toEqual([[1], [2]])
  back[1]?.answer('second')
  await turn()
  expect(sent).toEqual([[1], [2], [3, 4]])
  void call([5])
  await turn()
  expect(sent).toHaveLength(3)
  back[2]?.answer('third')
  await turn()
  expect(sent[3]).toEqual([5])
  expect(await Promise.all(answers.slice(1))).toEqual(['second', 'third', 'third'])
  back[0]?.fail(new Error('late'))
  expect(await answers[0]).toBe('late')
})

test('§4 who is alone waits for no timer and is sent as he came', async () => {
  const { sent, call } = slow()
  const mine = [1, 2]
  void call(mine)
  expect(sent).toEqual([])
  await Promise.resolve()
  expect(sent[0]).toBe(mine)
})

test('§4 while a store answers at once nobody waits; from its first promise on calls gather, until it answers at once again', async () => {
  const sent: (readonly number[])[] = []
  let isSlow = false
  const call = ferry<number, string>({
    send: (all) => {
      sent.push(all)
      return isSlow ? Promise.resolve('later') : 'at once'
    },
    weigh: () => 0,
    isHarmless: () => false,
    rows: 10,
    startsWaiting: false,
  })
  expect(call([1])).toBe('at once')
  isSlow = true
  expect(await call([2])).toBe('later')
  const together = [call([3]), call([4])]
  expect(sent).toEqual([[1], [2]])
  expect(await Promise.all(together)).toEqual(['later', 'later'])
  expect(sent[2]).toEqual([3, 4])
  isSlow = false
  expect(await call([5])).toBe('at once')
  expect(call([6])).toBe('at once')
})

test('§4–7 a failure that left nothing behind is tried again one by one, and hits only whom it hits then', async () => {
  const { sent, back, call } = slow({ isHarmless: true })
  const answers = [1, 2, 3].map((one) => said(call([one])))
  await turn()
  back[0]?.fail(new Error('all'))
  await turn()
  expect(sent).toEqual([[1, 2, 3], [1], [2], [3]])
  back[1]?.answer('one')
  back[2]?.fail(new Error('two'))
  back[3]?.answer('three')
  expect(await Promise.all(answers)).toEqual(['one', 'two', 'three'])
})

test('§4–7 so does one that throws at once', async () => {
  const sent: (readonly number[])[] = []
  const call = ferry<number, string>({
    send: (all) => {
      sent.push(all)
      if (all.includes(2)) throw new Error(`not ${all}`)
      return `${all}`
    },
    weigh: () => 0,
    isHarmless: () => true,
    rows: 10,
    startsWaiting: true,
  })
  expect(await Promise.all([1, 2, 3].map((one) => said(call([one]))))).toEqual(['1', 'not 2', '3'])
  expect(sent).toEqual([[1, 2, 3], [1], [2], [3]])
})

test('§4–7 a failure of one who travels alone is his, and one that may have left something behind that of all', async () => {
  const lone = slow({ isHarmless: true })
  const mine = said(lone.call([1]))
  await turn()
  lone.back[0]?.fail(new Error('mine'))
  expect(await mine).toBe('mine')
  expect(lone.sent).toEqual([[1]])
  const { sent, back, call } = slow()
  const answers = [1, 2].map((one) => said(call([one])))
  await turn()
  back[0]?.fail(new Error('ours'))
  expect(await Promise.all(answers)).toEqual(['ours', 'ours'])
  expect(sent).toEqual([[1, 2]])
  void call([3])
  await turn()
  expect(sent[1]).toEqual([3])
})
