import { err, ok } from 'neverthrow'
import { checked, decided, frozen } from './rules.mjs'

/** Services in a `Map` of frozen copies, by name and by id, and what they were before. */
export function mapped() {
  const held = new Map()
  const ids = new Map()
  const history = new Map()

  function upsert(request, { by }) {
    const valid = checked(request)
    if (valid.issues !== undefined) return err(valid.issues)
    const { fullyQualifiedName } = valid.request
    const before = held.get(fullyQualifiedName)
    const { outcome, service } = decided(before, valid.request, by)
    if (outcome === 'unchanged') return ok({ outcome, service })
    frozen(service)
    held.set(fullyQualifiedName, service)
    if (before === undefined) ids.set(service.id, fullyQualifiedName)
    else {
      const superseded = history.get(fullyQualifiedName)
      if (superseded === undefined) history.set(fullyQualifiedName, [before])
      else superseded.push(before)
    }
    return ok({ outcome, service })
  }

  return {
    upsert: async (request, options) => upsert(request, options),
    /** The report of all of them, in their order. */
    async bulk(requests, options) {
      const rows = []
      for (const [index, request] of requests.entries()) {
        const answer = upsert(request, options)
        if (answer.isErr()) rows.push({ index, error: answer.error })
        else {
          const { outcome, service } = answer.value
          rows.push({ index, outcome, fqn: service.fullyQualifiedName, version: service.version })
        }
      }
      return rows
    },
    history: (name) => history.get(name) ?? [],
  }
}
