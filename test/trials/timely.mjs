import { listServices, mlmodelServices, openBook, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expectThat } from './check.mjs'

/** CPU in microseconds that some input of so many bytes may take: far more than it does, far less than a hang. */
const bound = (bytes) => 400_000 + bytes * 2

/** Does work that its size allows the time for, and that leaves prototypes alone. */
export async function timely(bytes, work) {
  const before = process.cpuUsage()
  const answer = await work()
  const { user } = process.cpuUsage(before)
  expectThat(user < bound(bytes), () => `took ${Math.round(user / 1000)} ms of CPU for ${bytes} bytes`)
  expectThat({}.polluted === undefined && [].polluted === undefined, 'a prototype is changed')
  return answer
}

/** About as many bytes as a value takes. */
export function sizeOf(value) {
  try {
    return JSON.stringify(value)?.length ?? 0
  } catch {
    return 0
  }
}

/** A book with a few services, used until it is changed; `isUnchanged` tells, `renew` puts a fresh one in its place. */
export async function stocked() {
  const held = { book: undefined, was: '' }
  async function renew() {
    held.book = openBook({ family: mlmodelServices, store: memoryStore() })
    for (const name of ['a', 'b.c', 'c'])
      await upsertService(held.book, { name, serviceType: 'Mlflow', description: 'x', tags: [{ tagFQN: 'PII.None' }] })
    held.was = await stateOf(held.book)
  }
  await renew()
  return { held, renew, isUnchanged: async () => (await stateOf(held.book)) === held.was }
}

async function stateOf(book) {
  const { services } = (await listServices(book, { include: 'all', limit: 1000 }))._unsafeUnwrap()
  return services.map(({ id, updatedAt }) => id + updatedAt).join()
}
