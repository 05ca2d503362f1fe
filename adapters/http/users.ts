import type { Book, Principal } from 'servicebook'
import { nobody } from './admission.js'
import type { Answer } from './answers.js'
import { uuidOf } from './references.js'

/*
 * Who asks, as the user that OpenMetadata's clients look for before all else. Source: OpenMetadata's
 * `GET /v1/users/loggedInUser`, `user.json`.
 */

/** The principal as a user; nobody is `anonymous`, or 401 where the policy of the book wants somebody. */
export async function loggedInUser(book: Book, by: Principal | undefined, users: string): Promise<Answer> {
  const refused = await nobody(book, by)
  if (refused !== undefined) return refused
  const { name = 'anonymous', isBot = false, isAdmin = false, id, teams } = by ?? {}
  const known = id?.toLowerCase() ?? (await uuidOf(`user:${name}`))
  const user = {
    id: known,
    name,
    fullyQualifiedName: name,
    email: name.includes('@') ? name : `${encodeURIComponent(name.toWellFormed())}@servicebook.invalid`,
    isBot,
    isAdmin,
    ...(teams && { teams: teams.map((team) => ({ id: team.toLowerCase(), type: 'team' })) }),
    href: `${users}/${known}`,
  }
  return { status: 200, body: user }
}
