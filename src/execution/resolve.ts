import type { Book } from '../book.js'
import {
  type BadRequest,
  badRequest,
  type EntityNotFound,
  entityNotFound,
  type StoreFailed,
  storeFailed,
} from '../model/errors.js'
import type { Reference } from '../ports/directory.js'
import type { Referring } from '../rules/references.js'

/**
 * What each of them refers to in vain, after one question to the directory for all of them; `undefined` where everything
 * is known. What may not be referred to comes before what is not there. Source: `semantics.md` §1, §4, §9.
 */
export async function unresolved(
  book: Book,
  referring: readonly (readonly Referring[])[],
): Promise<readonly (BadRequest | EntityNotFound | StoreFailed | undefined)[]> {
  const { directory } = book
  const asked = new Map<string, Reference>()
  const keyed = referring.map((mine) =>
    mine.map(({ reference, path }) => {
      const key = JSON.stringify(reference)
      asked.set(key, reference)
      return { key, path, reference }
    }),
  )
  if (directory === undefined || asked.size === 0) return referring.map(() => undefined)
  const answers = new Map<string, unknown>()
  try {
    const known: readonly unknown[] = await directory.knows([...asked.values()])
    if (known.length !== asked.size) throw new Error('the directory did not answer every question')
    for (const [at, key] of [...asked.keys()].entries()) answers.set(key, known[at])
  } catch (cause) {
    const failure = storeFailed('resolve', cause)
    return keyed.map((mine) => (mine.length === 0 ? undefined : failure))
  }
  return keyed.map((mine) => {
    const issues = mine.flatMap(({ key, path }) => {
      const answer = answers.get(key)
      return typeof answer === 'string' ? [{ path, message: answer }] : []
    })
    if (issues.length > 0) return badRequest(issues)
    const missing = mine.find(({ key }) => answers.get(key) !== true)
    return missing && notFound(missing.reference)
  })
}

function notFound(reference: Reference): EntityNotFound {
  return entityNotFound(reference.type, 'id' in reference ? reference.id : reference.fullyQualifiedName)
}
