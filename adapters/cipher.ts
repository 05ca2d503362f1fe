import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { types } from 'node:util'
import type { Belonging, Cipher } from 'servicebook'

/** What `aesCipher` takes. */
export interface AesCipherOptions {
  /** Keys by id: 32 bytes each, or these in base64. Ids are 1 to 64 letters, digits, `_` and `-`; they are stored in clear. */
  readonly keys: Readonly<Record<string, Uint8Array | string>>
  /** The id of the key to seal with. The others only open. */
  readonly current: string
}

const NONCE = 12
const TAG = 16
const SEALED = /^aes256gcm:([\w-]{1,64}):([\w-]+)$/

/**
 * Seals with AES-256-GCM (NIST SP 800-38D) and a ring of keys. A sealed text is `aes256gcm:<key id>:<base64url of nonce,
 * ciphertext, tag>`; the nonce is random, and the key id, the family and the id of the service are authenticated with it,
 * so that what was sealed for one service does not open for another.
 *
 * To rotate, add a key, name it `current` in every process, run `resealServices(book)`, and then take the old key away.
 * Do so before a key has sealed 2^32 texts, since nonces are random.
 *
 * Throws `TypeError` when an option is not known, a key is not 32 bytes, an id is not one, or `current` is not in the ring.
 *
 * @example
 * const cipher = aesCipher({ keys: { '2026-11': process.env.SERVICEBOOK_KEY }, current: '2026-11' }) // openssl rand -base64 32
 * const book = openBook({ family: mlmodelServices, store: fsStore('./services'), cipher })
 *
 * Source: NIST SP 800-38D; `semantics.md` §8.
 */
export function aesCipher(options: AesCipherOptions): Cipher {
  const { keys, current } = optionsChecked(options)
  const ring = new Map(Object.entries(keys).map(([id, key]) => [id, keyOf(id, key)]))
  const sealing = ring.get(current)
  if (sealing === undefined)
    throw new TypeError(`current must be the id of one of the keys: ${[...ring.keys()].join()}`)

  return {
    seal: (clear) => clear.map((belonging) => sealedText(belonging, current, sealing)),
    open: (sealed) => sealed.map((belonging) => openedText(belonging, ring)),
    isCurrent: (sealed) => SEALED.exec(sealed)?.[1] === current,
  }
}

/** A mistake in the program is said at once and by name; a value is never shown, since it may be a key. */
function optionsChecked(given: AesCipherOptions): AesCipherOptions {
  if (typeof given !== 'object' || given === null)
    throw new TypeError('aesCipher takes an object: aesCipher({ keys, current })')
  for (const option of Object.keys(given)) {
    if (option !== 'keys' && option !== 'current')
      throw new TypeError(`${option} is no option of aesCipher: it takes keys, current`)
  }
  if (typeof given.keys !== 'object' || given.keys === null)
    throw new TypeError('keys must be an object: keys by their ids')
  if (typeof given.current !== 'string') throw new TypeError('current must be the id of one of the keys')
  return given
}

function keyOf(id: string, key: Uint8Array | string): KeyObject {
  if (!/^[\w-]{1,64}$/.test(id)) throw new TypeError('a key id must be 1 to 64 letters, digits, _ and -')
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : key
  // Of any realm: test environments have a `Uint8Array` of their own.
  const isKey = types.isUint8Array(bytes) && bytes.length === 32
  // Buffer skips what is no base64, so that a truncated key could pass for another one.
  const isText = typeof key !== 'string' || Buffer.from(bytes).toString('base64') === key.trim()
  if (!isKey || !isText) throw new TypeError(`the key ${id} must be 32 bytes, or these in base64`)
  return createSecretKey(bytes)
}

function sealedText({ family, id, text }: Belonging, keyId: string, key: KeyObject): string {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
  cipher.setAAD(boundTo(keyId, family, id))
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `aes256gcm:${keyId}:${sealed.toString('base64url')}`
}

function openedText({ family, id, text }: Belonging, ring: ReadonlyMap<string, KeyObject>): string | Error {
  const [, keyId, sealed] = SEALED.exec(text) ?? []
  if (keyId === undefined || sealed === undefined) return new Error('what is stored was not sealed by this cipher')
  const key = ring.get(keyId)
  if (key === undefined) return new Error(`there is no key ${keyId} in the ring`)
  const bytes = Buffer.from(sealed, 'base64url')
  const refusal = new Error(`the key ${keyId} does not open it: another key, another service, or it was altered`)
  // Some last characters mean the same bytes; only the one that was written is taken.
  if (bytes.length < NONCE + TAG || bytes.toString('base64url') !== sealed) return refusal
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
    decipher.setAAD(boundTo(keyId, family, id)).setAuthTag(bytes.subarray(-TAG))
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8')
  } catch {
    return refusal
  }
}

/** The data that is authenticated and not stored. */
const boundTo = (keyId: string, family: string, id: string) =>
  Buffer.from(JSON.stringify(['servicebook', keyId, family, id]))
