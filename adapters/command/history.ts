import { listVersions } from 'servicebook'
import { failed } from './failed.js'
import { linesOf, say, shown } from './say.js'
import { booksOn, opened, type Where } from './stores.js'

/** Every version of a service, the newest first, with what it changed. */
export async function history(
  name: string,
  options: Where & { readonly json?: boolean },
  env = process.env,
): Promise<void> {
  const store = await opened(options, env, 'read')
  let found = false
  try {
    for (const book of await booksOn(store, options, env)) {
      for (let before: number | undefined, more = true; more; ) {
        const page = await listVersions(book, { name }, { limit: 100, before, include: 'all' })
        if (page.isErr() && page.error.code === 'ENTITY_NOT_FOUND') break
        if (page.isErr()) throw failed(page.error.message)
        for (const service of page.value.services) {
          found = true
          const { version, updatedAt, updatedBy, deleted, changeDescription } = service
          if (options.json) say(JSON.stringify(service))
          else {
            const when = new Date(updatedAt).toISOString()
            say(
              `${book.family.entityType} ${version.toFixed(1)}  ${when}  ${shown(updatedBy)}${deleted ? '  deleted' : ''}`,
            )
            for (const line of changeDescription === undefined ? [] : linesOf(changeDescription)) say(`    ${line}`)
          }
        }
        before = page.value.services.at(-1)?.version
        more = page.value.more && before !== undefined
      }
    }
  } finally {
    await store.close()
  }
  if (!found) throw failed(`There is no service ${shown(name)}`)
}
