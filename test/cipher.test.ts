import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { aesCipher } from 'servicebook/cipher'
import { expect, test } from 'vitest'

const keys = { old: randomBytes(32), new: randomBytes(32).toString('base64') }
const cipher = aesCipher({ keys, current: 'old' })
const belonging = (text: string, family = 'mlmodelService', id = 'a') => ({ family, id, text })
const [seal, open] = [
  async (text: string) => (await cipher.seal([belonging(text)]))[0] as string,
  async (text: string, by = cipher) => (await by.open([belonging(text)]))[0],
]

test('§8 what was sealed opens to the same text, whatever it is; the same text never seals to the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), async (texts) => {
      const sealed = await cipher.seal(texts.map((text) => belonging(text)))
      expect(await cipher.open(sealed.map((text) => belonging(text)))).toEqual(texts)
      expect(new Set(sealed).size).toBe(texts.length)
      for (const text of sealed) expect(text).toMatch(/^aes256gcm:old:[\w-]+$/)
    }),
  )
  const many = await cipher.seal(Array.from({ length: 10_000 }, () => belonging('')))
  const nonces = many.map((text) => Buffer.from(text.split(':')[2] as string, 'base64url').toString('hex', 0, 12))
  expect(new Set(nonces).size).toBe(10_000)
})

test('§8 a sealed text with any character changed, left out or added does not open, and the error shows nothing of it', async () => {
  const sealed = await seal('hush-hush')
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:=+/ \n'
  const isRefused = async (text: string) => {
    const answer = await open(text)
    expect(answer, text).toBeInstanceOf(Error)
    expect(String(answer)).not.toMatch(/hush/)
  }
  for (let at = 0; at < sealed.length; at++) {
    for (const character of alphabet) {
      if (character !== sealed[at]) await isRefused(sealed.slice(0, at) + character + sealed.slice(at + 1))
    }
    await isRefused(sealed.slice(0, at))
    await isRefused(sealed.slice(0, at) + sealed.slice(at + 1))
    await isRefused(`${sealed.slice(0, at)}A${sealed.slice(at)}`)
  }
  for (const text of ['', 'aes256gcm:old:', '{"/a":["hush"]}', `${sealed}=`, `${sealed}A`]) await isRefused(text)
})

test('§8 it does not open for another service or family, nor with another key; the error names the key', async () => {
  const sealed = await seal('hush')
  const others = [belonging(sealed, 'mlmodelService', 'b'), belonging(sealed, 'databaseService'), belonging(sealed)]
  const [id, family, right] = await cipher.open(others)
  expect([id instanceof Error, family instanceof Error, right]).toEqual([true, true, 'hush'])
  const wrong = await open(sealed, aesCipher({ keys: { old: randomBytes(32) }, current: 'old' }))
  expect(String(wrong)).toContain('the key old does not open it')
  const missing = await open(sealed, aesCipher({ keys: { new: keys.new }, current: 'new' }))
  expect(String(missing)).toContain('there is no key old in the ring')
  // The same bytes under another key id are another text.
  const renamed = aesCipher({ keys: { old: keys.old, alias: keys.old }, current: 'alias' })
  expect(await open(sealed.replace(':old:', ':alias:'), renamed)).toBeInstanceOf(Error)
})

test('§8 keys rotate: a new one seals, the old one still opens, and one can tell which is which', async () => {
  const sealed = await seal('hush')
  const rotated = aesCipher({ keys, current: 'new' })
  expect(await open(sealed, rotated)).toBe('hush')
  expect([cipher.isCurrent(sealed), rotated.isCurrent(sealed), rotated.isCurrent('')]).toEqual([true, false, false])
  const [anew] = await rotated.seal([belonging('hush')])
  expect([rotated.isCurrent(anew as string), await open(anew as string)]).toEqual([true, 'hush'])
})

test('a ring that is wrong is a TypeError that names the key and does not show it', () => {
  const short = randomBytes(31).toString('base64')
  const rings = [
    { keys: {}, current: 'a' },
    { keys: { a: randomBytes(32) }, current: 'b' },
    { keys: { a: randomBytes(16) }, current: 'a' },
    { keys: { a: short }, current: 'a' },
    { keys: { a: randomBytes(32).toString('hex') }, current: 'a' },
    { keys: { a: `${randomBytes(32).toString('base64')}!` }, current: 'a' },
    { keys: { a: undefined as never }, current: 'a' },
    { keys: { 'a:b': randomBytes(32) }, current: 'a:b' },
    { keys: undefined as never, current: 'a' },
  ]
  for (const ring of rings) expect(() => aesCipher(ring), JSON.stringify(ring)).toThrow(TypeError)
  expect(() => aesCipher({ keys: { a: short }, current: 'a' })).not.toThrow(short)
})
