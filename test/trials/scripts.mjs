import fc from 'fast-check'

/** Operations on a few names, as data: what trials do to a store. */
const names = fc.constantFrom('a', 'b.c', '"d"')
const texts = fc.constantFrom('', 'one', 'two', 'drei 😀', '"op":"put","synced":true')

export const writes = fc.oneof(
  fc.record({ kind: fc.constantFrom('upsert', 'upsert', 'patch', 'create'), name: names, text: texts }),
  fc.record({ kind: fc.constantFrom('delete', 'remove', 'restore'), name: names }),
)

export const reads = fc.record({ kind: fc.constantFrom('get', 'versions'), name: names })

/** What several callers do at once: one operation a name, so that each name has one order. */
export const wave = fc.uniqueArray(writes, { selector: ({ name }) => name, minLength: 1, maxLength: 3 })

/** What a whole script may do besides. */
export const turn = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wave'), operations: wave }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('bulk'),
      operations: fc.uniqueArray(fc.record({ kind: fc.constant('upsert'), name: names, text: texts }), {
        selector: ({ name }) => name,
        minLength: 1,
        maxLength: 3,
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('compact', 'reopen') }) },
)
