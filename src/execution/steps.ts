import type { Service } from '../model/service.js'
import type { Awaitable, Page } from '../ports/store.js'
import { sizeOf } from '../rules/limits.js'

/*
 * A page is read from the store in steps, and ends early once it has become large: a store answers what it is asked for,
 * and a thousand services may be a thousand times 4 MiB. Source: `semantics.md` §7.
 */

/** About as many bytes as a page has, whatever its limit; its last service may go beyond it. */
export const PAGE_BYTES = 8 * 2 ** 20

const STEPS = [32, 128, 256] as const

/**
 * Up to `limit` services, `step` by step; each is told the outermost service of the steps before it. Read `backwards`, a step
 * is still in ascending order, and the last of its services come first. `used` is how many bytes the page has already; one
 * service is read all the same.
 */
export async function page(
  limit: number,
  step: (limit: number, outermost: Service | undefined) => Awaitable<Page>,
  { backwards = false, used = 0 } = {},
): Promise<Page> {
  let room = PAGE_BYTES - used
  const steps: (readonly Service[])[] = []
  let left = limit
  let total: number | undefined
  let more = true
  let outermost: Service | undefined
  for (let at = 0; ; at++) {
    const asked = Math.min(left, STEPS[at] ?? 256)
    const read = await step(asked, outermost)
    const services = backwards ? read.services.toReversed() : read.services
    if (at === 0) total = read.total
    let taken = 0
    while (taken < services.length && (room > 0 || (at === 0 && taken === 0))) room -= sizeOf(services[taken++])
    steps.push(services.slice(0, taken))
    outermost = services[taken - 1] ?? outermost
    left -= taken
    more = read.more || taken < services.length
    if (left <= 0 || room <= 0 || !read.more) break
  }
  const services = steps.length === 1 ? (steps[0] as readonly Service[]) : steps.flat()
  return { services: backwards ? services.toReversed() : services, more, ...(total !== undefined && { total }) }
}
