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

test.each([
  [undefined, 'aesCipher takes an object'],
  [null, 'aesCipher takes an object'],
  ['keys', 'aesCipher takes an object'],
  [{ keys, current: 'old', key: 'x' }, 'key is no option of aesCipher: it takes keys, current'],
  [{ current: 'old' }, 'keys must be an object'],
  [{ keys: null, current: 'old' }, 'keys must be an object'],
  [{ keys }, 'current must be the id of one of the keys'],
  [{ keys, current: 'other' }, 'current must be the id of one of the keys: old,new'],
  [{ keys: { a: Array.from({ length: 32 }, () => 1) }, current: 'a' }, 'the key a must be 32 bytes'],
  [{ keys: { a: undefined }, current: 'a' }, 'the key a must be 32 bytes'],
  [{ keys: { '': randomBytes(32) }, current: '' }, 'a key id must be'],
  [{ keys: { ['a'.repeat(65)]: randomBytes(32) }, current: 'a' }, 'a key id must be'],
])('the options %j are a TypeError that says why', (options, why) => {
  const made = () => aesCipher(options as never)
  expect(made).toThrow(TypeError)
  expect(made).toThrow(why)
})

test('a key in base64 may have blanks around it, as a file or a shell leaves them; an id has up to 64 characters', async () => {
  const id = 'a'.repeat(64)
  const padded = aesCipher({ keys: { [id]: ` ${keys.new}\n` }, current: id })
  const plain = aesCipher({ keys: { [id]: Buffer.from(keys.new, 'base64') }, current: id })
  const [sealed] = await padded.seal([belonging('hush')])
  expect(await open(sealed as string, plain)).toBe('hush')
})

test('§8 the shortest sealed text is that of no text; what stands around one, or ends it in another way, is refused', async () => {
  const sealed = await seal('')
  expect(await open(sealed)).toBe('')
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  // Of its last character only two bits count: another one may mean the same bytes.
  const other = sealed.slice(0, -1) + alphabet[alphabet.indexOf(sealed.at(-1) as string) + 1]
  const bytesOf = (text: string) => Buffer.from(text.split(':')[2] as string, 'base64url')
  expect(bytesOf(other)).toEqual(bytesOf(sealed))
  for (const text of [other, sealed.slice(0, -2), 'aes256gcm:old:AAAA'])
    expect(String(await open(text)), text).toContain('the key old does not open it')
  for (const text of [`x${sealed}`, ` ${sealed}`, `${sealed}=`, `${sealed}\n`, '', 'hush'])
    expect(String(await open(text)), text).toContain('what is stored was not sealed by this cipher')
  expect([`x${sealed}`, `${sealed}=`].map(cipher.isCurrent)).toEqual([false, false])
})
