import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Book, type ExportedService, exportServices, importServices } from 'servicebook'
import { failed, misunderstood } from './failed.js'
import { linesOf, ofFile } from './files.js'
import { interruptible } from './interrupt.js'
import { progress, reasonsOf, say, shown } from './say.js'
import { booksOn, countOf, opened, type Where } from './stores.js'

/** Writes every service with its history, a line of JSON each. */
export function exportTo(options: ExportTo, env = process.env): Promise<void> {
  return interruptible((signal) => exported(options, env, signal))
}

interface ExportTo extends Where {
  readonly output?: string
  readonly secrets: string
}

async function exported(options: ExportTo, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const { output, secrets } = options
  if (secrets !== 'sealed' && secrets !== 'none') throw misunderstood('--secrets must be sealed or none')
  const store = await opened(options, env, 'read')
  const bar = progress('exported')
  let count = 0
  try {
    const out = output === undefined ? process.stdout : createWriteStream(output, { flags: 'wx', mode: 0o600 })
    if (output !== undefined) await once(out, 'open').catch((error: Error) => Promise.reject(ofFile(output, error)))
    const books = await booksOn(store, options, env)
    const all = bar.isSeen ? await countOf(store, books) : 0
    for (const book of books) {
      for await (const one of exportServices(book, { secrets })) {
        if (one.isErr()) throw failed(`${book.family.collection}: ${reasonsOf(one.error).join(', ')}`)
        signal.throwIfAborted()
        if (!out.write(`${JSON.stringify(one.value)}\n`)) await once(out, 'drain')
        count++
        bar.at(count, count / all)
      }
    }
    if (output !== undefined) {
      out.end()
      await once(out, 'close').catch((error: Error) => Promise.reject(ofFile(output, error)))
    }
  } finally {
    bar.end()
    await store.close()
  }
  if (output !== undefined) say(`${count} services exported to ${output}`)
}

/** Writes what was exported, and goes on where it was stopped. */
export function importFrom(file: string, options: ImportFrom, env = process.env): Promise<void> {
  return interruptible((signal) => imported(file, options, env, signal))
}

interface ImportFrom extends Where {
  readonly dryRun?: boolean
  readonly by: string
}

async function imported(file: string, options: ImportFrom, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const { dryRun = false, by } = options
  const lines = await linesAhead(file, signal)
  const store = await opened(options, env, dryRun ? 'plan' : 'write')
  const bar = progress('imported')
  const sum = { processed: 0, imported: 0, unchanged: 0, failed: 0 }
  try {
    const books = await booksOn(store, options, env)
    for (;;) {
      const book = await bookOfNext(lines, books, file)
      if (book === undefined) break
      const first = lines.read() + 1
      const before = sum.processed
      const report = await importServices(book, ofFamily(lines, book), {
        by: { name: by, isAdmin: true },
        dryRun,
        signal,
        onProgress: ({ processed }) => bar.at(before + processed, lines.part()),
      })
      bar.end()
      if (report.isErr()) throw failed(reasonsOf(report.error).join(', '))
      for (const key of ['processed', 'imported', 'unchanged', 'failed'] as const) sum[key] += report.value[key]
      for (const { index, fqn = '', error } of report.value.failures)
        for (const reason of reasonsOf(error)) say(`! line ${first + index} ${shown(fqn)}: ${reason}`, 'red')
      if (report.value.status === 'aborted') throw report.value.cause
    }
  } catch (error) {
    if (sum.processed > 0) say(`${told()}; run it again to go on`)
    throw error
  } finally {
    bar.end()
    // Whoever holds the other end open would keep this process waiting.
    if (file === '-') process.stdin.destroy()
    await store.close()
  }
  say(told())
  if (sum.failed > 0) process.exitCode = 3

  function told(): string {
    const { imported, unchanged, failed } = sum
    return `${imported} ${dryRun ? 'would be imported' : 'imported'}, ${unchanged} unchanged, ${failed} failed`
  }
}

type Lines = Awaited<ReturnType<typeof linesAhead>>

/** The lines of a file that are not empty, parsed, one ahead. */
async function linesAhead(file: string, signal: AbortSignal) {
  const size = file === '-' ? undefined : await stat(file).catch((error) => Promise.reject(ofFile(file, error)))
  if (size?.isDirectory()) throw ofFile(file, Object.assign(new Error(), { code: 'EISDIR' }))
  let bytes = 0
  const source = linesOf(file, (now) => {
    bytes = now
  })
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
  interrupted.catch(() => {})
  let ahead: unknown
  let number = 0
  return {
    read: () => number - (ahead === undefined ? 0 : 1),
    /** How much of it has been read, of 1; unknown where nobody knows how long it is. */
    part: () => (size === undefined ? undefined : bytes / size.size),
    async peek(): Promise<unknown> {
      while (ahead === undefined) {
        const { done, value } = await Promise.race([source.next(), interrupted])
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
