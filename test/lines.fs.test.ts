import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { epochIn, frontOf, isWhole, storedOf } from '../adapters/fs/front.js'
import { addDrop, addHeader, addMark, addPut, type Lines, noLines } from '../adapters/fs/line.js'
import { beginsSynced, endsSynced } from '../adapters/fs/marked.js'

/* D1: the lines of a journal, as they are written and as their front is read. */

const line = (text: string) => `${text},"crc":"${crc32(text).toString(16).padStart(8, '0')}"}\n`
const SERVICE = { id: 'i', name: 'a', fullyQualifiedName: 'a', version: 0.1, deleted: false, description: 'x' }
const stored = (service: object, rest = {}) =>
  ({ service: { ...SERVICE, ...service }, sealed: null, beside: null, revision: 3, ...rest }) as never

function added(...adds: readonly ((lines: Lines) => unknown)[]): string {
  const lines = noLines()
  for (const add of adds) add(lines)
  return lines.bytes.toString('utf8', 0, lines.length)
}

const front = (text: string) => frontOf(Buffer.from(text), 0, Buffer.byteLength(text))

describe('D1 a line', () => {
  const service = JSON.stringify(SERVICE)

  test.each<[string, (lines: Lines) => unknown, string]>([
    ['header', (to) => addHeader(to, 'f'), '{"format":"servicebook/1","family":"f"'],
    ['header after a takeover', (to) => addHeader(to, 'f', 2), '{"format":"servicebook/1","family":"f","epoch":2'],
    ['put', (to) => addPut(to, stored({}), false), `{"op":"put","revision":3,"service":${service},"sealed":null`],
    [
      'put with all there is',
      (to) => addPut(to, stored({}, { sealed: '"s"', beside: { followers: ['ü'] } }), true),
      `{"op":"put","revision":3,"synced":true,"service":${service},"sealed":"\\"s\\"","beside":{"followers":["ü"]}`,
    ],
    ['drop', (to) => addDrop(to, '"a.b"', false), '{"op":"drop","fullyQualifiedName":"\\"a.b\\""'],
    ['synced drop', (to) => addDrop(to, 'a', true), '{"op":"drop","synced":true,"fullyQualifiedName":"a"'],
    ['mark', (to) => addMark(to), '{"synced":true'],
  ])('is JSON with its checksum at the end: a %s', (_, add, text) => {
    expect(added(add)).toBe(line(text))
    expect(JSON.parse(added(add)).crc).toMatch(/^[0-9a-f]{8}$/)
    expect(isWhole(Buffer.from(line(text)), 0, Buffer.byteLength(line(text)) - 1)).toBe(true)
  })

  test('is as long as its bytes, whatever they are; lines grow beyond what there was room for, and not before', () => {
    const lines = noLines()
    const room = lines.bytes
    expect(addPut(lines, stored({ name: 'ü' }), false)).toBe(lines.length - 1)
    addDrop(lines, 'a', true)
    expect(lines.bytes).toBe(room)
    // Three bytes a character: much of what was there is full when the next one comes.
    const texts = ['€'.repeat(21_000), '€'.repeat(2000), '€'.repeat(90_000), 'a']
    for (const text of texts) addDrop(lines, text, false)
    const written = lines.bytes.toString('utf8', 0, lines.length).split('\n')
    expect(written.slice(2, -1).map((one) => JSON.parse(one).fullyQualifiedName)).toEqual(texts)
    for (const one of written.slice(0, -1)) expect(isWhole(Buffer.from(one), 0, Buffer.byteLength(one))).toBe(true)
  })

  test('of a service whose keys stand in another order has those in front that opening reads', () => {
    const { description, id, version, deleted, fullyQualifiedName, name } = SERVICE
    const orders = [
      { name, id, deleted, fullyQualifiedName, version, description },
      { id, description, version, name, fullyQualifiedName, deleted },
      { description, deleted, version, fullyQualifiedName, name, id },
      { id, name, fullyQualifiedName, version, description, deleted },
    ]
    for (const service of orders) {
      const written = added((to) => addPut(to, { ...(stored({}) as object), service } as never, false))
      expect(written).toBe(line(`{"op":"put","revision":3,"service":${JSON.stringify(SERVICE)},"sealed":null`))
    }
  })
})

describe('D1 the front of a line', () => {
  const PUT = { kind: 'put', synced: false, revision: 3, id: 'i', fqn: 'a', tenths: 1, deleted: false }

  test('says what the line is about, whatever the names are', () => {
    const fronts = ['a', '\\', '\\\\', '"', '\\"', '","name":"', 'ü€😀', '\u0001'].map((name) => {
      const service = { id: `id ${name}`, name, fullyQualifiedName: name, version: 1.2, deleted: true }
      return [name, front(added((to) => addPut(to, stored(service), true)).trimEnd())]
    })
    for (const [name, found] of fronts)
      expect(found).toEqual({ ...PUT, synced: true, id: `id ${name}`, fqn: name, tenths: 12, deleted: true })
    expect(front(added((to) => addDrop(to, '"a.b"', true)))).toEqual({ kind: 'drop', synced: true, fqn: '"a.b"' })
    expect(front(added((to) => addDrop(to, 'a', false)))).toEqual({ kind: 'drop', synced: false, fqn: 'a' })
    expect(front(added(addMark))).toEqual({ kind: 'mark', synced: true })
    expect(front(added((to) => addHeader(to, 'f', 1)))).toEqual({
      kind: 'header',
      format: 'servicebook/1',
      family: 'f',
    })
  })

  test('is read in any order and spacing of JSON, as another tool may have written it', () => {
    const { id, fullyQualifiedName, version } = SERVICE
    const lines = [
      { service: { version, fullyQualifiedName, id, deleted: false }, revision: 3, op: 'put' },
      { op: 'put', service: { id, fullyQualifiedName, version }, revision: 3 },
    ]
    for (const one of lines) for (const space of [0, 1]) expect(front(JSON.stringify(one, null, space))).toEqual(PUT)
    const deleted = {
      op: 'put',
      synced: true,
      revision: 3,
      service: { id, fullyQualifiedName, version, deleted: true },
    }
    expect(front(JSON.stringify(deleted))).toEqual({ ...PUT, synced: true, deleted: true })
    expect(front('{ "op": "drop", "fullyQualifiedName": "a" }')).toEqual({ kind: 'drop', synced: false, fqn: 'a' })
    expect(front('{ "synced": true }')).toEqual({ kind: 'mark', synced: true })
  })

  test.each([
    '{"op":"put"',
    'null',
    '5',
    '"put"',
    '{}',
    '{"synced":"true"}',
    '{"op":"drop"}',
    '{"op":"drop","fullyQualifiedName":7}',
    '{"op":"move","fullyQualifiedName":"a"}',
    '{"op":"put","revision":3}',
    '{"op":"put","revision":3,"service":null}',
    '{"op":"put","revision":3,"service":{"fullyQualifiedName":"a","version":0.1}}',
    '{"op":"put","revision":3,"service":{"id":"i","version":0.1}}',
    '{"op":"put","revision":3,"service":{"id":7,"fullyQualifiedName":"a","version":0.1}}',
    '{"op":"put","revision":3.5,"service":{"id":"i","fullyQualifiedName":"a","version":0.1}}',
    '{"op":"put","revision":"3","service":{"id":"i","fullyQualifiedName":"a","version":0.1}}',
    '{"op":"put","service":{"id":"i","fullyQualifiedName":"a","version":0.1}}',
    '{"op":"put","revision":3,"service":{"id":"i","fullyQualifiedName":"a"}}',
    '{"op":"put","revision":3,"service":{"id":"i","fullyQualifiedName":"a","version":"0.1"}}',
    '{"op":"put","revision":x,"service":{"id":"i","name":"a","fullyQualifiedName":"a","version":0.1,"deleted":false}}',
    '{"op":"put","revision":3,"service":{"id":"i","name":"a","fullyQualifiedName":"a","version":x,"deleted":false}}',
  ])('is none of ours: %s', (text) => {
    expect(front(text)).toBeUndefined()
  })

  test('of a header says how often the journal was taken over; one that was never finished says nothing', () => {
    for (const [head, epoch] of [
      ['{"format":"servicebook/1","epoch":2}', 2],
      ['{"format":"servicebook/1"}', 0],
      ['{"format":"serv', 0],
      ['', 0],
    ] as const)
      expect(epochIn(Buffer.from(head))).toBe(epoch)
  })

  test('and what stands beside is null where the line says nothing of it', () => {
    const text = added((to) => addPut(to, stored({}), false))
    expect(text).not.toContain('beside')
    expect(storedOf(Buffer.from(text))).toEqual({ service: SERVICE, sealed: null, beside: null, revision: 3 })
  })
})

describe('D2 the mark of a line that need not be whole', () => {
  const begins = (text: string, to = text.length, from = 0) => beginsSynced(Buffer.from(text), from, to)

  test('stands at its beginning, in one of three forms, and nowhere else', () => {
    const marked = [
      '{"op":"put","revision":3,"synced":true,"serv',
      '{"op":"drop","synced":true,',
      '{"synced":true,"crc":',
    ]
    for (const text of [...marked, '{"op":"put","revision":123456789012345,"synced":true,'])
      expect(begins(text), text).toBe(true)
    expect(begins(`x\n${marked[0]}`, 45, 2)).toBe(true)
    for (const text of [
      ...marked.map((one) => `x${one}`),
      ...marked.map((one) => one.slice(0, 14)),
      '{"op":"put","revision":,"synced":true,',
      '{"op":"put","revision":3,"synced":false,',
    ])
      expect(begins(text), text).toBe(false)
    // What stands behind its end is of another line.
    for (const text of marked) expect(begins(text, 16), text).toBe(false)
  })

  test('is found where a whole line hangs on the end of a bad one', () => {
    const ends = (text: string) => endsSynced(Buffer.from(text), 0, Buffer.byteLength(text))
    const whole = line('{"op":"drop","synced":true,"fullyQualifiedName":"a"').trimEnd()
    expect(ends(`bad${whole}`)).toBe(true)
    expect(ends(`bad{"x"${whole}`)).toBe(true)
    expect(ends(`bad${whole}`.slice(0, -1))).toBe(false)
    expect(ends(`bad${line('{"op":"drop","fullyQualifiedName":"a"').trimEnd()}`)).toBe(false)
    // More inside than are looked at; the one that it begins with is not inside.
    const mark = '{"synced":true,"crc":"00000000"}'
    expect(ends(mark.repeat(101))).toBe(false)
    expect(ends(mark.repeat(102))).toBe(true)
  })
})
