import fc from 'fast-check'
import { defineFamily, openBook } from 'servicebook'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { parse } from '../adapters/http/json.js'
import { numberAt } from '../adapters/http/numbers.js'
import { asking } from './edge.js'

/*
 * H3, §1: a number that a JavaScript number cannot hold is refused where text is parsed, not rounded.
 */

const kept = ['0', '-0', '0.0', '0.1', '1.10', '-1.50e2', '1E3', '1e23', '1e308', '5e-324', '0.30000000000000004']
const more = ['9007199254740992', '-9007199254740992', '9007199254740994', '1000000000000000000000', '0e999', '0e-999']
const rounded = ['9007199254740993', '-9007199254740993', '1e400', '-1e400', '1e-400', '1.7976931348623159e308']
const others = [
  '0.1000000000000000055511151231257827',
  '3.14159265358979323846',
  '123456789012345678',
  '4e-324',
  '1e999999',
]

test('H3 numbers that are as they were are taken, in any spelling; others are refused', () => {
  for (const text of [...kept, ...more]) expect(parse(text), text).toEqual({ value: JSON.parse(text) })
  for (const text of [...rounded, ...others]) expect(parse(text), text).toMatchObject({ issues: [{ path: '' }] })
  for (const text of ['01', '1.', '.5', '-', '1e', '+1', '0x10', '--1', '1-1', '1.2.3', 'Infinity'])
    expect(parse(text), text).toMatchObject({ issues: [{ message: expect.stringMatching(/^is not JSON/) }] })
})

test('H3 whatever JSON.stringify writes is taken, and a digit more than doubles have is not', () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(double, (number) => {
      const text = JSON.stringify(number)
      expect(parse(`[${text}]`)).toEqual({ value: [JSON.parse(text)] })
      expect(parse(number.toExponential())).toEqual({ value: JSON.parse(text) })
    }),
  )
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (number) => {
      expect('issues' in parse(`${number}`)).toBe(BigInt(Number(number)) !== number && !isShortest(number))
    }),
  )
})

/** 2^70 is told as 1180591620717411303424 and as 1.1805916207174113e+21: the shortest text stands for the same double. */
const isShortest = (number: bigint) => {
  const [digits = '', exponent = '0'] = Number(number).toExponential().replace('.', '').split('e')
  const length = digits.replace('-', '').length
  return `${digits}${'0'.repeat(Math.max(0, Number(exponent) + 1 - length))}` === `${number}`
}

test('H3 a whole number that is held exactly is taken, also where a shorter text means the same', () => {
  for (const text of ['-30023997515803312', '9007199254740994', '1152921504606846976'])
    expect(parse(text)).toEqual({ value: Number(text) })
})

test('H3 each has its path; texts and keys are not numbers; of many a hundred are told; long ones take no time', () => {
  const big = '9007199254740993'
  const text = `{"${big}":"${big} 1e400","a/b":[1,${big},{"~":[[${big}]]}],"c":-${big}, "d" : ${big}}`
  const paths = ['/a~1b/1', '/a~1b/2/~0/0/0', '/c', '/d']
  expect(parse(text)).toEqual({
    issues: paths.map((path) => ({ path, message: 'is a number that would be rounded' })),
  })
  const many = parse(`[${Array(1000).fill(big).join()}]`)
  expect('issues' in many && many.issues.length).toBe(100)
  const digits = '0'.repeat(2 ** 20)
  for (const long of [`1${digits}1`, `0.${digits}1`, `1.${digits}`, `${'9'.repeat(2 ** 20)}`])
    expect(numberAt(long, 0)).toEqual({ end: long.length, isRounded: !long.startsWith('1.') })
})

test('H3 over HTTP: bodies, bulks and patches are 400 at the path, and nothing is written', async () => {
  const family = defineFamily({
    entityType: 'sumService',
    collection: 'sumServices',
    serviceTypes: { Sum: Type.Object({ total: Type.Optional(Type.Number()) }, { additionalProperties: false }) },
  })
  const ask = asking(serviceHandler(openBook({ family, store: memoryStore() })))
  const at = '/v1/services/sumServices'
  const row = (total: string) => `{"name":"a","serviceType":"Sum","connection":{"config":{"total":${total}}}}`
  const big = '9007199254740993'
  const refused: [string, string, string, string][] = [
    ['POST', at, row(big), '/connection/config/total'],
    ['PUT', at, row('1e400'), '/connection/config/total'],
    ['PUT', `${at}/bulk`, `[${row('1')},${row(big)}]`, '/1/connection/config/total'],
    ['PATCH', `${at}/name/a`, `[{"op":"add","path":"/connection","value":${big}}]`, '/0/value'],
  ]
  for (const [method, path, body, where] of refused) {
    const answer = await ask(method, path, body)
    expect([method, answer.status, answer.body.issues?.[0].path]).toEqual([method, 400, where])
    expect(JSON.stringify(answer.body)).not.toContain(big)
  }
  expect((await ask('GET', at)).body.paging.total).toBe(0)
  expect((await ask('POST', at, row('0.10'))).body.connection.config.total).toBe(0.1)
})
