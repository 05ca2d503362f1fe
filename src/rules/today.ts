import type { Birth } from '../model/fields.js'
import type { Service } from '../model/service.js'
import type { Stored } from '../ports/store.js'

/*
 * What was stored before its family had a field is read as if it had been born today, whatever it is read for. Source:
 * `semantics.md` §1.
 */

/** The service with all that one has at birth; the very same where it lacks nothing. */
export function asToday(service: Service, birth: Birth): Service {
  let lacking: Record<string, unknown> | undefined
  for (const field in birth) {
    if (service[field as keyof Birth] !== undefined) continue
    lacking ??= { ...service }
    lacking[field] = birth[field as keyof Birth]
  }
  return lacking === undefined ? service : (Object.freeze(lacking) as unknown as Service)
}

/** The same for what a store holds. */
export function storedAsToday(stored: Stored, birth: Birth): Stored {
  const service = asToday(stored.service, birth)
  return service === stored.service ? stored : Object.freeze({ ...stored, service })
}
