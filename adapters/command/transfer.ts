import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Book, type ExportedService, exportServices, importServices } from 'servicebook'
import { failed, misunderstood } from './failed.js'
import { progress, reasonsOf, say, shown } from './say.js'
import { booksOn, opened, type Where } from './stores.js'

/** Writes every service with its history, a line of JSON each. */
export async function exportTo(
  options: Where & { readonly output?: string; readonly secrets: string },
  env = process.env,
) {
  const { output, secrets } = options
  if (secrets !== 'sealed' && secrets !== 'none') throw misunderstood('--secrets must be sealed or none')
  const store = await opened(options, env, true)
  const bar = progress('exported')
  let count = 0
  try {
    const out = output === undefined ? process.stdout : createWriteStream(output, { flags: 'wx', mode: 0o600 })
    if (output !== undefined) await once(out, 'open')
    for (const book of await booksOn(store, options, env)) {
      for await (const one of exportServices(book, { secrets })) {
        if (one.isErr()) throw failed(`${book.family.collection}: ${reasonsOf(one.error).join(', ')}`)
        if (!out.write(`${JSON.stringify(one.value)}\n`)) await once(out, 'drain')
        bar.at(++count)
      }
    }
    if (output !== undefined) {
      out.end()
      await once(out, 'close')
    }
  } finally {
    bar.end()
    await store.close()
  }
  if (output !== undefined) say(`${count} services exported to ${output}`)
}

/** Writes what was exported, and goes on where it was stopped. */
export async function importFrom(
  file: string,
  options: Where & { readonly dryRun?: boolean; readonly by: string },
  env = process.env,
) {
  const { dryRun = false, by } = options
  const store = await opened(options, env)
  const bar = progress('imported')
  const sum = { processed: 0, imported: 0, unchanged: 0, failed: 0 }
  try {
    const books = await booksOn(store, options, env)
    const lines = await linesOf(file)
    for (;;) {
      const book = await bookOfNext(lines, books, file)
      if (book === undefined) break
      const first = lines.read() + 1
      const before = sum.processed
      const report = await importServices(book, ofFamily(lines, book), {
        by: { name: by, isAdmin: true },
        dryRun,
        onProgress: ({ processed }) => bar.at(before + processed),
      })
      bar.end()
      if (report.isErr()) throw failed(reasonsOf(report.error).join(', '))
      for (const key of ['processed', 'imported', 'unchanged', 'failed'] as const) sum[key] += report.value[key]
      for (const { index, fqn = '', error } of report.value.failures)
        for (const reason of reasonsOf(error)) say(`! line ${first + index} ${shown(fqn)}: ${reason}`, 'red')
      if (report.value.status === 'aborted') throw report.value.cause
    }
  } finally {
    bar.end()
    await store.close()
  }
  say(`${sum.imported} ${dryRun ? 'would be imported' : 'imported'}, ${sum.unchanged} unchanged, ${sum.failed} failed`)
  if (sum.failed > 0) process.exitCode = 3
}

type Lines = Awaited<ReturnType<typeof linesOf>>

/** The lines of a file that are not empty, parsed, one ahead. */
async function linesOf(file: string) {
  const input = file === '-' ? process.stdin : createReadStream(file)
  if (file !== '-') {
    await once(input, 'open').catch(({ message }: Error) => {
      throw failed(message)
    })
  }
  const source = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  let ahead: unknown
  let number = 0
  return {
    read: () => number - (ahead === undefined ? 0 : 1),
    async peek(): Promise<unknown> {
      while (ahead === undefined) {
        const { done, value } = await source.next()
        if (done) return undefined
        number++
        if (value.trim() === '') continue
        try {
          ahead = JSON.parse(value)
        } catch {
          throw failed(`${file}, line ${number}: is not JSON`)
        }
      }
      return ahead
    },
    drop(): void {
      ahead = undefined
    },
  }
}

async function bookOfNext(lines: Lines, books: readonly Book[], file: string): Promise<Book | undefined> {
  const next = await lines.peek()
  if (next === undefined) return undefined
  const { family } = (next ?? {}) as { family?: unknown }
  const book = books.find((one) => one.family.entityType === family)
  if (book === undefined)
    throw failed(
      `${file}, line ${lines.read() + 1}: "family" must be one of ${books.map((one) => one.family.entityType).join(', ')}`,
    )
  return book
}

async function* ofFamily(lines: Lines, { family }: Book): AsyncGenerator<ExportedService> {
  for (;;) {
    const next = (await lines.peek()) as ExportedService | undefined
    if (next?.family !== family.entityType) return
    lines.drop()
    yield next
  }
}
