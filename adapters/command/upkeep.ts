import { resealServices } from 'servicebook'
import { failed, misunderstood } from './failed.js'
import { interruptible } from './interrupt.js'
import { cipherOf } from './keys.js'
import { progress, reasonsOf, say, shown } from './say.js'
import { booksOn, countOf, opened, placeOf, present, type Where } from './stores.js'

/** Brings the tables of a database up to date. */
export async function migrateTables(options: Where, env = process.env): Promise<void> {
  if (placeOf(options) !== 'postgres') throw misunderstood('migrate is for --postgres: a directory needs none')
  const store = await opened(options, env)
  await store.close()
  say(`${store.name} is up to date`)
}

/** Writes the files of a directory anew without what nobody can see any more. */
export async function compact(options: Where): Promise<void> {
  if (placeOf(options) !== 'directory') throw misunderstood('compact is for --directory: PostgreSQL vacuums by itself')
  await present(options.directory as string)
  const { fsStore } = await import('servicebook/fs')
  const store = fsStore(options.directory as string)
  try {
    await store.open()
    await store.compact()
  } finally {
    await store.close()
  }
  say(`${options.directory} is compact`)
}

/** Seals all secrets with the current key. */
export function reseal(options: Where, env = process.env): Promise<void> {
  return interruptible((signal) => resealed(options, env, signal))
}

async function resealed(options: Where, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  if ((await cipherOf(env)) === undefined)
    throw failed('reseal needs SERVICEBOOK_KEY, and SERVICEBOOK_OLD_KEYS to open what they sealed')
  const store = await opened(options, env, 'keep')
  const bar = progress('checked')
  let [checked, anew, wrong] = [0, 0, 0]
  try {
    const books = await booksOn(store, options, env)
    const all = bar.isSeen ? await countOf(store, books) : 0
    for (const book of books) {
      const before = checked
      const onProgress = (now: { readonly checked: number }) =>
        bar.at(before + now.checked, (before + now.checked) / all)
      const report = await resealServices(book, { signal, onProgress })
      bar.end()
      if (report.isErr()) throw failed(report.error.message)
      checked += report.value.checked
      anew += report.value.resealed
      wrong += report.value.failed
      signal.throwIfAborted()
      for (const { fqn, error } of report.value.failures)
        for (const reason of reasonsOf(error)) say(`! ${book.family.entityType} ${shown(fqn)}: ${reason}`, 'red')
    }
  } finally {
    bar.end()
    await store.close()
  }
  say(`${checked} services checked, ${anew} sealed anew, ${wrong} failed`)
  if (wrong > 0) process.exitCode = 3
}
