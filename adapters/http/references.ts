import { type Awaitable, fqn, type Reference } from 'servicebook'

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

/**
 * What `describe` is asked for: what a service refers to, and, where a client names it by the other of the two alone, users
 * and teams by name, and domains and data products by id.
 */
export type Described =
  | Reference
  | { readonly type: 'user' | 'team'; readonly fullyQualifiedName: string }
  | { readonly type: 'domain' | 'dataProduct'; readonly id: string }

/** What is known of a reference; `style` is that of a tag. */
export interface Description extends Partial<EntityReference> {
  readonly style?: { readonly color?: string; readonly iconURL?: string }
}

/**
 * What a host knows of what services refer to, beyond what they say themselves. The references of an answer are asked for
 * together, each once; what is known of them stands in the order of what was asked. A client's reference by id alone, or by
 * name alone, is asked for too, and taken where the other is told: `id` and `fullyQualifiedName`.
 */
export type Describe = (references: readonly Described[]) => Awaitable<readonly (Description | undefined)[]>

/** What a service knows by name alone. */
export const dataProduct = (fullyQualifiedName: string): Reference => ({ type: 'dataProduct', fullyQualifiedName })
export const domainsOf = (fullyQualifiedName: string | undefined): readonly Reference[] =>
  fullyQualifiedName === undefined ? [] : [{ type: 'domain', fullyQualifiedName }]

export type Refer = (reference: Reference) => EntityReference & Pick<Description, 'style'>

/**
 * Makes references whole: after one question to the host, each can be had without waiting. A service knows its domain and its
 * data products by name alone, while a reference must have an id: where the host does not tell one, it is a UUIDv5 of type
 * and name, the same whenever it is asked for. Source: OpenMetadata's `entityReference`; RFC 9562 §5.5.
 */
export async function referring(references: readonly Reference[], describe: Describe | undefined): Promise<Refer> {
  if (references.length === 0) return UNASKED
  const asked = new Map(references.map((reference) => [keyOf(reference), reference]))
  const whole = new Map<string, EntityReference>()
  const known = describe && (await describe([...asked.values()]))
  if (known !== undefined && known.length !== asked.size) throw new Error('describe did not answer every question')
  let at = 0
  for (const [key, reference] of asked) {
    const one = wholeOf(reference, key, known?.[at++])
    whole.set(key, one instanceof Promise ? await one : one)
  }
  return (reference) => whole.get(keyOf(reference)) as EntityReference
}

const keyOf = (reference: Reference) =>
  `${reference.type}:${'id' in reference ? reference.id : reference.fullyQualifiedName}`

/** Nothing waits but for a hash that is not there yet. */
function wholeOf(
  reference: Reference,
  key: string,
  known: Description | undefined,
): EntityReference | Promise<EntityReference> {
  if ('id' in reference) return known === undefined ? reference : { ...known, ...reference }
  const { type, fullyQualifiedName } = reference
  const name = fqn.split(fullyQualifiedName).map((parts) => fqn.unquote(parts.at(-1) as string))
  const named = { type, name: name.unwrapOr(fullyQualifiedName), fullyQualifiedName }
  const id = known?.id ?? uuids.get(key)
  return id === undefined ? uuidv5(key).then((made) => ({ id: made, ...known, ...named })) : { id, ...known, ...named }
}

const UNASKED: Refer = (reference) => reference as EntityReference

/** An id for what has none, by type and name. */
export const uuidOf = async (key: string): Promise<string> => uuids.get(key) ?? (await uuidv5(key))

/** Lately made ones, since a hash by WebCrypto takes as long as everything else about an answer. */
const uuids = new Map<string, string>()
const KEPT = 10_000

/** The namespace of these names, made once for this library. */
const NAMESPACE = '6f1d3c52b0c74f1e9a86d2e4470c5b19'

async function uuidv5(name: string): Promise<string> {
  const namespace = NAMESPACE.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? []
  const bytes = Uint8Array.from([...namespace, ...new TextEncoder().encode(name)])
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes)).subarray(0, 16)
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  if (uuids.size === KEPT) uuids.clear()
  uuids.set(name, uuid)
  return uuid
}
