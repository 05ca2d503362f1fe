/** How requests fail that would not. */
export interface Failure {
  /**
   * Which requests: `METHOD /path` or `/path`, the path as it stands behind `/api`, `*` for any characters. Default: all below
   * `/v1/services`.
   */
  readonly route?: string
  /** Answered instead, with OpenMetadata's body of an error; absent, the request is answered as it would be, only late. Default 503, where neither `delay` nor `drop` is given. */
  readonly status?: number
  /** Milliseconds until the answer. Default 0. */
  readonly delay?: number
  /** Whether the connection is dropped without an answer. Default `false`. */
  readonly drop?: boolean
  /** Whether the request has its effect all the same, and only its answer is lost. Default `false`. */
  readonly applied?: boolean
  /** How many requests. Default 1. */
  readonly times?: number
  /** How many requests pass before. Default 0. */
  readonly after?: number
}

/** What becomes of one request. */
export type Fate = Required<Pick<Failure, 'drop' | 'applied' | 'delay'>> & { readonly status: number | undefined }

const KEYS = ['route', 'status', 'delay', 'drop', 'applied', 'times', 'after']

/** The failures that are to come; of several that fit, the one that was told last. */
export function failures() {
  let told: { matches: (line: string) => boolean; fate: Fate; after: number; left: number }[] = []
  return {
    add(failure: Failure): void {
      checked(failure)
      const { route = '/v1/services*', delay = 0, drop = false, applied = false, times = 1, after = 0 } = failure
      const status = failure.status ?? (delay > 0 || drop ? undefined : 503)
      told.unshift({ matches: matcher(route), fate: { status, delay, drop, applied }, after, left: times })
    },

    clear(): void {
      told = []
    },

    /** What becomes of the next request of this method to this path. */
    next(method: string, path: string): Fate | undefined {
      const one = told.find(({ matches }) => matches(`${method} ${path}`))
      if (one === undefined) return undefined
      if (one.after > 0) {
        one.after--
        return undefined
      }
      one.left--
      if (one.left === 0) told = told.filter((other) => other !== one)
      return one.fate
    },
  }
}

function matcher(route: string): (line: string) => boolean {
  const [, method = '*', path = ''] = /^(?:([A-Z*]+) )?(\/.*|\*)$/.exec(route) ?? []
  const parts = `${method} ${path}`.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  const pattern = new RegExp(`^${parts.join('.*')}$`, 's')
  return (line) => pattern.test(line)
}

/** Throws `TypeError` and names what is wrong. */
function checked(given: unknown): asserts given is Failure {
  if (typeof given !== 'object' || given === null) throw new TypeError('fail takes an object: fail({ status: 503 })')
  const { route, status, delay, drop, applied, times, after, ...others } = given as Readonly<Record<string, unknown>>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new TypeError(`${unknown} is nothing that fail takes: it takes ${KEYS.join(', ')}`)
  if (route !== undefined && !(typeof route === 'string' && /^(?:[A-Z*]+ )?(\/|\*$)/.test(route)))
    throw new TypeError('route must be a path, or a method and a path: "PUT /v1/services/*/bulk"')
  const within = (value: unknown, from: number, to: number) =>
    value === undefined || (Number.isInteger(value) && (value as number) >= from && (value as number) <= to)
  if (!within(status, 400, 599)) throw new TypeError('status must be from 400 to 599')
  if (!within(delay, 0, 3_600_000)) throw new TypeError('delay must be milliseconds, an hour at most')
  if (times !== Number.POSITIVE_INFINITY && !within(times, 1, 2 ** 31)) throw new TypeError('times must be 1 or more')
  if (!within(after, 0, 2 ** 31)) throw new TypeError('after must be 0 or more')
  for (const [name, value] of Object.entries({ drop, applied }))
    if (value !== undefined && typeof value !== 'boolean') throw new TypeError(`${name} must be a boolean`)
}
