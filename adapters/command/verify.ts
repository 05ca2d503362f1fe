import { open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { type ExportedService, exportServices, importServices, openBook } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { type Failed, failed } from './failed.js'
import { interruptible } from './interrupt.js'
import { cipherOf } from './keys.js'
import { progress, reasonsOf, say, shown } from './say.js'
import { booksOn, countOf, opened, type Where } from './stores.js'

/** Reads all there is, every version of it, and says what is wrong; writes nothing. */
export function verify(options: Where, env = process.env): Promise<void> {
  return interruptible((signal) => verified(options, env, signal))
}

async function verified(options: Where, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const cipher = await cipherOf(env)
  const store = await opened(options, env, 'read').catch((error: Partial<Failed> & Error) => {
    throw failed(error.message, error.exitCode ?? 3)
  })
  const bar = progress('verified')
  const torn = options.directory === undefined ? [] : await tornIn(options.directory)
  for (const file of torn) say(`! ${file}: ends within a line: a write was cut off, or is under way`, 'red')
  let [services, wrong] = [0, torn.length]
  try {
    const books = await booksOn(store, options, env)
    const all = bar.isSeen ? await countOf(store, books) : 0
    for (const book of books) {
      let ended: string | undefined
      const missing: string[] = []
      // Whatever is right can be read, opened, and written elsewhere.
      const probe = openBook({
        family: book.family,
        store: memoryStore(),
        partialConnections: true,
        ...(cipher && { cipher }),
      })
      async function* found() {
        for await (const one of exportServices(book, { secrets: cipher === undefined ? 'none' : 'sealed' })) {
          if (one.isErr()) ended = reasonsOf(one.error).join(', ')
          else {
            missing.push(...gapsOf(one.value))
            yield one.value
          }
        }
      }
      const before = services
      const report = await importServices(probe, found(), {
        dryRun: true,
        signal,
        onProgress: ({ processed }) => bar.at(before + processed, (before + processed) / all),
      })
      bar.end()
      if (report.isErr()) throw failed(report.error.message)
      signal.throwIfAborted()
      services += report.value.processed
      wrong += report.value.failed
      for (const { fqn = '?', error } of report.value.failures)
        for (const reason of reasonsOf(error)) say(`! ${book.family.entityType} ${shown(fqn)}: ${reason}`, 'red')
      wrong += missing.length
      for (const gap of missing) say(`! ${book.family.entityType} ${gap}`, 'red')
      if (ended === undefined) continue
      wrong++
      say(`! ${book.family.entityType}: ${ended}`, 'red')
    }
  } finally {
    bar.end()
    await store.close()
  }
  const unopened = cipher === undefined ? '; secrets were not opened, since there is no SERVICEBOOK_KEY' : ''
  say(`${services} services read, ${wrong} wrong${unopened}`)
  if (wrong > 0) process.exitCode = 3
}

/** Each version names the one before it; where that is not there, history has a hole. */
function gapsOf({ service, history }: ExportedService): readonly string[] {
  const versions = [service, ...history]
  return versions.flatMap(({ changeDescription, version }, at) => {
    const before = changeDescription?.previousVersion
    if (before === versions[at + 1]?.version) return []
    const what = before === undefined ? 'has versions below the first' : `has no version ${before.toFixed(1)}`
    return [`${shown(service.fullyQualifiedName)}: ${what}, which was before ${version.toFixed(1)}`]
  })
}

/** The files that do not end with the end of a line; a store leaves that line out. */
async function tornIn(directory: string): Promise<readonly string[]> {
  const torn: string[] = []
  for (const name of (await readdir(directory)).filter((one) => one.endsWith('.jsonl')).sort()) {
    const file = path.join(directory, name)
    const handle = await open(file)
    try {
      const { size } = await handle.stat()
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
      if (size > 0 && buffer[0] !== 0x0a) torn.push(file)
    } finally {
      await handle.close()
    }
  }
  return torn
}
