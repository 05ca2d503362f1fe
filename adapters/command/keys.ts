import type { Cipher } from 'servicebook'
import { failed } from './failed.js'

/** The cipher of the keys in the environment, if there are any. */
export async function cipherOf(env: NodeJS.ProcessEnv): Promise<Cipher | undefined> {
  const { SERVICEBOOK_KEY: current, SERVICEBOOK_OLD_KEYS: old = '' } = env
  const others = old.split(',').filter((key) => key !== '')
  if (current === undefined || current === '') {
    if (others.length > 0) throw failed('SERVICEBOOK_OLD_KEYS needs SERVICEBOOK_KEY, which seals')
    return undefined
  }
  checked('SERVICEBOOK_KEY', current)
  for (const key of others) checked('SERVICEBOOK_OLD_KEYS', key)
  const [{ aesCipher }, { createHash }] = await Promise.all([import('servicebook/cipher'), import('node:crypto')])
  // A key is named after itself, so that one that has been replaced is not taken for the new one.
  const idOf = (key: string) =>
    `key-${createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 12)}`
  return aesCipher({
    keys: Object.fromEntries([current, ...others].map((key) => [idOf(key), Buffer.from(key, 'base64')])),
    current: idOf(current),
  })
}

function checked(name: string, key: string): void {
  if (Buffer.from(key, 'base64').length !== 32) throw failed(`${name} must be 32 bytes in base64`)
}
