import { expect, test } from 'vitest'
import { cipherOf } from '../adapters/command/keys.js'
import { KEY, NEXT } from './command.js'

/* The keys of the environment (§8). */

const belonging = (text: string) => ({ family: 'mlmodelService', id: 'x', text })
const sealedBy = async (keys: NodeJS.ProcessEnv) =>
  ((await (await cipherOf(keys))?.seal([belonging('hush')])) ?? [''])[0] as string
const openedBy = async (keys: NodeJS.ProcessEnv, sealed: string) =>
  ((await (await cipherOf(keys))?.open([belonging(sealed)])) ?? [])[0]

test('without a key there is no cipher, and an old one needs a new one', async () => {
  for (const keys of [{}, { SERVICEBOOK_KEY: '' }, { SERVICEBOOK_KEY: '', SERVICEBOOK_OLD_KEYS: ',' }])
    expect(await cipherOf(keys)).toBeUndefined()
  for (const keys of [{ SERVICEBOOK_OLD_KEYS: KEY }, { SERVICEBOOK_KEY: '', SERVICEBOOK_OLD_KEYS: KEY }])
    await expect(cipherOf(keys)).rejects.toThrow('SERVICEBOOK_OLD_KEYS needs SERVICEBOOK_KEY')
})

test('the key seals, and old ones open what they sealed', async () => {
  const sealed = await sealedBy({ SERVICEBOOK_KEY: KEY })
  const third = Buffer.alloc(32, 9).toString('base64')
  const rotated = { SERVICEBOOK_KEY: NEXT, SERVICEBOOK_OLD_KEYS: `,${third},${KEY}` }
  expect(await openedBy({ SERVICEBOOK_KEY: KEY }, sealed)).toBe('hush')
  expect(await openedBy(rotated, sealed)).toBe('hush')
  const anew = await sealedBy(rotated)
  expect(await openedBy({ SERVICEBOOK_KEY: NEXT }, anew)).toBe('hush')
  expect(await openedBy({ SERVICEBOOK_KEY: NEXT }, sealed)).toBeInstanceOf(Error)
})

test('the name of a key, which stands beside what it sealed, stays the same', async () => {
  expect(await sealedBy({ SERVICEBOOK_KEY: KEY })).toMatch(/^aes256gcm:key-4bb06f8e4e3a:/)
})

test.each(['dG9vIHNob3J0', Buffer.alloc(33).toString('base64'), 'x'.repeat(32)])('%s is no key', async (key) => {
  const said = '32 bytes in base64'
  await expect(cipherOf({ SERVICEBOOK_KEY: key })).rejects.toThrow(`SERVICEBOOK_KEY must be ${said}`)
  const old = { SERVICEBOOK_KEY: KEY, SERVICEBOOK_OLD_KEYS: `${NEXT},${key}` }
  await expect(cipherOf(old)).rejects.toThrow(`SERVICEBOOK_OLD_KEYS must be ${said}`)
})
