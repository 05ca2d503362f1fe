import assert from 'node:assert/strict'
import { type Law, law } from './law.js'
import { born, create, FAMILY, next, update } from './stored.js'

/** What a storage out of reach looks like. Source: the port's law 3, "a storage failure throws". */
export const failureLaws: readonly Law[] = [
  law(19, 'a store that cannot reach its storage throws, and never answers', async (store, { fails }) => {
    if (fails === undefined) {
      assert.equal(
        store.durable,
        false,
        'a durable store has to show what it does out of reach of its storage: fails()',
      )
      return
    }
    const lost = born('lost')
    const { id } = lost.service
    const broken = await fails()
    await throws('load', () => broken.load(FAMILY, ['lost']))
    await throws('commit of a create', () => broken.commit(FAMILY, [create(lost)]))
    await throws('commit of an update', () => broken.commit(FAMILY, [update(lost, next(lost))]))
    await throws('find', () => broken.find(FAMILY, id))
    await throws('list', () => broken.list(FAMILY, { limit: 10 }))
    await throws('versions', () => broken.versions(FAMILY, 'lost', id, { limit: 10 }))
  }),
]

/** The call throws or rejects, and what it throws says why. */
export async function throws(what: string, call: () => unknown): Promise<void> {
  let answered = false
  try {
    await call()
    answered = true
  } catch (thrown) {
    assert.ok(saysWhy(thrown), `${what} must throw an error with a message`)
  }
  assert.ok(!answered, `${what} must throw rather than answer`)
}

/** An error with a message. Runners may load a store into a realm of its own, where `instanceof Error` would not do. */
export function saysWhy(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) return false
  return typeof thrown.message === 'string' && thrown.message.trim() !== ''
}
