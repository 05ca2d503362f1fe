import type { Awaitable } from 'servicebook'
import { fqn, type Reference } from 'servicebook'

/** OpenMetadata's `entityReference`: what a service refers to. */
export interface EntityReference {
  readonly id: string
  readonly type: string
  readonly name?: string
  readonly fullyQualifiedName?: string
  readonly displayName?: string
  readonly description?: string
  readonly deleted?: boolean
  readonly href?: string
}

/** What a host knows of something that services refer to, beyond what they say themselves. */
export type Describe = (reference: Reference) => Awaitable<Partial<EntityReference> | undefined>

/**
 * Makes whole references of what services hold, each once as long as it lives. A service knows its domain and its data
 * products by name alone, while a reference must have an id: where the host does not tell one, it is a UUIDv5 of type and
 * name, the same whenever it is asked for. Source: OpenMetadata's `entityReference`; RFC 9562 §5.5.
 */
export function references(describe: Describe | undefined) {
  const made = new Map<string, Promise<EntityReference>>()
  return (reference: Reference): Promise<EntityReference> => {
    const key = JSON.stringify(reference)
    const known = made.get(key) ?? referenceOf(reference, describe)
    made.set(key, known)
    return known
  }
}

export type Refer = ReturnType<typeof references>

async function referenceOf(reference: Reference, describe: Describe | undefined): Promise<EntityReference> {
  const known = await describe?.(reference)
  if ('id' in reference) return { ...known, ...reference }
  const { type, fullyQualifiedName } = reference
  const name = fqn.split(fullyQualifiedName).map((parts) => fqn.unquote(parts.at(-1) as string))
  const named = { type, name: name.unwrapOr(fullyQualifiedName), fullyQualifiedName }
  return { id: known?.id ?? (await uuidv5(`${type}:${fullyQualifiedName}`)), ...known, ...named }
}

/** The namespace of these names, made once for this library. */
const NAMESPACE = '6f1d3c52b0c74f1e9a86d2e4470c5b19'

async function uuidv5(name: string): Promise<string> {
  const namespace = NAMESPACE.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? []
  const bytes = Uint8Array.from([...namespace, ...new TextEncoder().encode(name)])
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes)).subarray(0, 16)
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
