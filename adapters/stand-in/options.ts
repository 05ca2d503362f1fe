import type { Family, Policy } from 'servicebook'
import { allFamilies } from 'servicebook/families'

/** What `standIn` takes. */
export interface StandInOptions {
  /** Services that are there from the start, and after each `reset()`: requests by collection, `{ mlmodelServices: [ … ] }`. */
  readonly seed?: Readonly<Record<string, Iterable<object>>>
  /** The instant at which its clock stands still: a `Date`, milliseconds since the epoch or ISO 8601. Default: the machine's clock. */
  readonly clock?: Date | number | string
  /** The token, or tokens, that it lets in, and nobody else. Default: any token, and none. */
  readonly token?: string | readonly string[]
  /** The port on 127.0.0.1; 0 is any free one. `false`: no server, `fetch` alone. Default 0. */
  readonly port?: number | false
  /** The families it has. Default: all thirteen of OpenMetadata. */
  readonly families?: readonly Family[]
  /** Whether it answers below `/__admin`, for suites in other languages. Default `false`. */
  readonly admin?: boolean
  /** Who may do what. Default: everybody everything. */
  readonly policy?: Policy
}

const OPTIONS = ['seed', 'clock', 'token', 'port', 'families', 'admin', 'policy']

/** The options with their defaults. Throws `TypeError` and names what is not what it must be. */
export function settled(given: StandInOptions) {
  if (typeof given !== 'object' || given === null) throw new TypeError('standIn takes an object: standIn({ port })')
  const unknown = Object.keys(given).find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) throw new TypeError(`${unknown} is no option of standIn: it takes ${OPTIONS.join(', ')}`)
  const { seed = {}, clock, token, port = 0, families = allFamilies, admin = false, policy } = given
  const tokens = token === undefined ? undefined : [token].flat()
  if (tokens?.some((one) => typeof one !== 'string' || one === '') || tokens?.length === 0)
    throw new TypeError('token must be a text, or a list of texts')
  if (port !== false && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw new TypeError('port must be an integer from 0 to 65,535, or false')
  if (!Array.isArray(families) || families.length === 0) throw new TypeError('families must be a list of families')
  if (typeof admin !== 'boolean') throw new TypeError('admin must be a boolean')
  const known = families.map(({ collection }) => collection)
  const stray = Object.keys(seed).find((collection) => !known.includes(collection))
  if (stray !== undefined) throw new TypeError(`seed has ${stray}: there are ${known.join(', ')}`)
  return { seed, clock, tokens, port, families: families as readonly Family[], admin, policy }
}
