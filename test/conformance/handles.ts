import assert from 'node:assert/strict'
import type { ServiceStore } from 'servicebook'
import { accepts, holds, holdsNothing } from './claims.js'
import { saysWhy, throws } from './failure.js'
import { type Law, law, type Opening } from './law.js'
import { born, create, FAMILY, next, update } from './stored.js'

/** What two handles on one storage are to each other, a case for each law they obey. Source: the port's law 6. */
export function handleLaws(laws: readonly Law[]): readonly Law[] {
  return laws.map(({ number, name, run }) =>
    law(
      20,
      `two handles on one storage obey law ${number} together, or the second is told why not: ${name}`,
      async (store, opening) => {
        await store.load(FAMILY, ['first use'])
        const second = await secondHandle(opening)
        if (second === undefined) await holdsAlone(store, opening)
        else await run(() => ({ ...opening, store: inTurns(store, second), close: () => {} }))
      },
    ),
  )
}

/** A second handle that answers its first call, beside a first that is in use, or none if the store refuses it. */
async function secondHandle({ again }: Opening): Promise<ServiceStore | undefined> {
  try {
    const second = await again()
    await second.load(FAMILY, ['first use'])
    return second
  } catch (refusal) {
    assert.ok(saysWhy(refusal), 'a refused handle must be told why: an error with a message')
    return undefined
  }
}

/** A refused handle can do nothing at all, and the first one is none the worse for it. */
async function holdsAlone(store: ServiceStore, { again }: Opening): Promise<void> {
  const first = born('first')
  await accepts(store, create(first))
  await throws('commit through a refused handle', async () =>
    (await again()).commit(FAMILY, [create(born('intruder'))]),
  )
  await throws('find through a refused handle', async () => (await again()).find(FAMILY, first.service.id))
  await holdsNothing(store, 'intruder')
  const later = next(first)
  await accepts(store, update(first, later))
  await holds(store, later)
}

/**
 * One store whose calls go to two handles in turn, in the order of the Thue–Morse sequence (first, second, second,
 * first, …): plain alternation would always write through one and read through the other.
 */
function inTurns(first: ServiceStore, second: ServiceStore): ServiceStore {
  let calls = 0
  const turn = () => {
    const ones = (calls++).toString(2).replaceAll('0', '').length
    return ones % 2 === 0 ? first : second
  }
  return {
    durable: first.durable,
    chunk: first.chunk,
    load: (family, fqns) => turn().load(family, fqns),
    commit: (family, changes) => turn().commit(family, changes),
    find: (family, id) => turn().find(family, id),
    list: (family, query) => turn().list(family, query),
    versions: (family, fqn, id, query) => turn().versions(family, fqn, id, query),
  }
}
