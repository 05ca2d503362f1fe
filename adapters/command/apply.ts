import { type AppliedService, type ApplyReport, applyServices, type Book } from 'servicebook'
import { failed } from './failed.js'
import { interruptible } from './interrupt.js'
import { type Row, rowsOf } from './rows.js'
import { linesOf, reasonsOf, say, shown } from './say.js'
import { booksOn, familiesOf, opened, type Where } from './stores.js'

interface ApplyOptions extends Where {
  readonly dryRun?: boolean
  readonly prune?: boolean
  readonly by: string
}

/** Makes the catalogue what a file says: the plan first, and nothing of it where a row is refused. */
export function applyFile(file: string, options: ApplyOptions, env = process.env): Promise<void> {
  return interruptible((signal) => applied(file, options, env, signal))
}

async function applied(
  file: string,
  options: ApplyOptions,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const { dryRun = false, prune = false, families: named } = options
  const rows = await rowsOf(file, await familiesOf(named))
  const collections = new Set(rows.map(({ collection }) => collection))
  const store = await opened(options, env, dryRun ? 'plan' : 'write')
  try {
    const books = (await booksOn(store, options, env)).filter(
      ({ family }) => named !== undefined || collections.has(family.collection),
    )
    const by = { name: options.by, isAdmin: true }
    const run = async (dry: boolean) => {
      const reports: { book: Book; rows: readonly Row[]; report: ApplyReport }[] = []
      for (const book of books) {
        const own = rows.filter(({ collection }) => collection === book.family.collection)
        const requests = own.map(({ request }) => request)
        const answer = await applyServices(book, requests as never, { by, prune, dryRun: dry, signal })
        if (answer.isErr()) throw failed(reasonsOf(answer.error).join(', '))
        reports.push({ book, rows: own, report: answer.value })
        if (answer.value.status === 'aborted') break
      }
      return reports
    }
    const plan = await run(true)
    signal.throwIfAborted()
    for (const { book, rows, report } of plan) for (const one of report.services) sayOne(book, one, rows)
    const refused = plan.some(({ report }) => report.failed > 0)
    if (dryRun || refused) {
      const planned = counts(plan.map(({ report }) => report))
      say(refused ? `${planned}; nothing was done` : `would be: ${planned}`)
      if (refused) process.exitCode = 3
      return
    }
    const done = await run(false)
    for (const { book, rows, report } of done)
      for (const one of report.services) if ('error' in one) sayOne(book, one, rows)
    say(counts(done.map(({ report }) => report)))
    signal.throwIfAborted()
    if (done.some(({ report }) => report.failed > 0)) process.exitCode = 3
  } finally {
    await store.close()
  }
}

const SIGNS = { created: '+', updated: '~', restored: '~', deleted: '-', unchanged: '=' } as const
const STYLES = { created: 'green', updated: 'yellow', restored: 'yellow', deleted: 'red', unchanged: 'dim' } as const

function sayOne({ family }: Book, one: AppliedService, rows: readonly Row[]): void {
  const where = one.index === undefined ? '' : (rows[one.index]?.at ?? '')
  const name = shown(one.fqn ?? '?')
  if ('error' in one) {
    for (const reason of reasonsOf(one.error)) say(`! ${family.entityType} ${name} (${where}): ${reason}`, 'red')
    return
  }
  if (one.outcome === 'unchanged') return
  say(`${SIGNS[one.outcome]} ${family.entityType} ${name} ${one.version.toFixed(1)}`, STYLES[one.outcome])
  for (const line of one.change === undefined || one.outcome === 'deleted' ? [] : linesOf(one.change))
    say(`    ${line}`)
}

function counts(reports: readonly ApplyReport[]): string {
  const keys = ['created', 'updated', 'restored', 'unchanged', 'deleted', 'failed'] as const
  const sum = (key: (typeof keys)[number]) => reports.reduce((all, report) => all + report[key], 0)
  return keys.map((key) => `${sum(key)} ${key}`).join(', ')
}
