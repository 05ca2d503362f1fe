import assert from 'node:assert/strict'
import type { Change, ServiceStore, Stored } from 'servicebook'
import { accepts, holds, holdsNothing, keeps, nameOf } from './claims.js'
import { type Law, law } from './law.js'
import { born, create, FAMILY, next, removal, update } from './stored.js'

const CALLS = 50
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']

/** What rivals can do to each other. Source: the port's law 1. */
export const raceLaws: readonly Law[] = [
  law(8, 'of fifty concurrent creates of one name exactly one is accepted', async (store) => {
    for (const winner of await race(store, () => names.map((name) => create(born(name))))) {
      await holds(store, winner.after as Stored)
      await keeps(store, winner.after as Stored)
    }
  }),

  law(9, 'of fifty concurrent writes on one state exactly one is accepted', async (store) => {
    const first = names.map((name) => born(name))
    await accepts(store, ...first.map(create))
    const write = (before: Stored, call: number) =>
      call % 5 === 4 ? removal(before) : update(before, next(before, { description: `by call ${call}` }))
    for (const { before, after } of await race(store, (call) => first.map((stored) => write(stored, call)))) {
      if (after === null) await holdsNothing(store, (before as Stored).service.name)
      else {
        await holds(store, after)
        await keeps(store, after, before as Stored)
      }
    }
  }),
]

/** Sends all calls at once, each with the names in another order, and answers the one accepted change of each name. */
async function race(store: ServiceStore, changesOf: (call: number) => readonly Change[]): Promise<readonly Change[]> {
  const calls = Array.from({ length: CALLS }, (_, call) => {
    const changes = changesOf(call)
    const turn = call % changes.length
    return [...changes.slice(turn), ...changes.slice(0, turn)]
  })
  const answers = await Promise.all(calls.map(async (changes) => new Set(await store.commit(FAMILY, changes))))
  return names.map((name) => {
    const accepted = calls.flatMap((changes, call) =>
      changes.filter((change) => nameOf(change) === name && answers[call]?.has(name) === false),
    )
    assert.equal(accepted.length, 1, `${accepted.length} of ${CALLS} concurrent changes of ${name} were accepted`)
    return accepted[0] as Change
  })
}
