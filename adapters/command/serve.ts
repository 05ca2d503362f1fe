import type { Family } from 'servicebook'
import { door, forHere } from '../door.js'
import { listen } from '../listen.js'
import { pages } from '../page/index.js'
import { failed, misunderstood } from './failed.js'
import { booksOn, familiesOf, opened, placeOf, type Where } from './stores.js'

interface ServeOptions extends Where {
  readonly port: string
  readonly token?: readonly string[]
  readonly seed?: string
  readonly admin?: boolean
  readonly json?: boolean
}

/** What answers, and what becomes of it in the end. */
interface Hosted {
  readonly fetch: (request: Request) => Promise<Response>
  readonly name: string
  readonly families: readonly string[]
  /** Whether services with secrets are taken. */
  readonly takesSecrets: boolean
  close(): Promise<void>
}

const BASE = '/api'

const NO_KEY = 'Services with secrets are refused; set SERVICEBOOK_KEY, 32 bytes in base64, to seal them with.\n'

/** Serves until a signal ends it. */
export async function serve(options: ServeOptions, env = process.env): Promise<void> {
  const port = /^\d{1,5}$/.test(options.port) ? Number(options.port) : Number.NaN
  if (!(port <= 65_535)) throw misunderstood('--port must be a port, 0 to 65535')
  const isInMemory = placeOf(options, 'memory') === 'memory'
  if (options.admin && !isInMemory) throw misunderstood('--admin needs --memory: only what is in memory can go back')
  const hosted = await (isInMemory ? inMemory(options) : onStore(options, env))
  let server: Awaited<ReturnType<typeof listen>>
  try {
    server = await listen(forHere(answering(hosted)), port)
  } catch (error) {
    await hosted.close()
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw failed(`Port ${port} is taken; --port 0 is any free one`)
    throw failed(code === 'EACCES' ? `Port ${port} is not for you; --port 0 is any free one` : message)
  }
  const url = server.origin + BASE
  const { name, families, takesSecrets } = hosted
  if (options.json) {
    const admin = options.admin && `${server.origin}/__admin`
    console.log(JSON.stringify({ url, ...(admin && { admin }), store: name, families, pid: process.pid }))
  } else {
    console.log(`${url} serves ${name}.
${takesSecrets ? '' : NO_KEY}Try:

curl -X PUT ${url}/v1/services/mlmodelServices -H 'content-type: application/json' -d '{"name":"churn","serviceType":"Sklearn"}'
`)
  }
  let isEnding = false
  const stop = () => {
    if (isEnding) return
    isEnding = true
    // The next signal ends at once; but npm passes on a Ctrl+C that the terminal has sent to both.
    process.off('SIGTERM', stop)
    setTimeout(() => process.off('SIGINT', stop), 500).unref()
    server.stop().then(hosted.close).catch(ended)
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
}

function ended(error: Error): void {
  console.error(error.message)
  process.exitCode = 1
}

async function inMemory(options: ServeOptions): Promise<Hosted> {
  const [{ standIn }, families] = await Promise.all([import('servicebook/stand-in'), familiesOf(options.families)])
  const { token, admin = false } = options
  const seed = Object.fromEntries(await seedOf(options, families))
  const om = await standIn({ families, admin, port: false, seed, ...(token && { token }) })
  return {
    fetch: (request) => om.fetch(request),
    name: 'memory',
    families: families.map(({ collection }) => collection),
    takesSecrets: true,
    close: () => om.close(),
  }
}

async function onStore(options: ServeOptions, env: NodeJS.ProcessEnv): Promise<Hosted> {
  const [{ serviceHandler }, { bulkUpsert }] = await Promise.all([import('servicebook/http'), import('servicebook')])
  const store = await opened(options, env)
  try {
    const books = await booksOn(store, options, env)
    for (const [collection, rows] of await seedOf(
      options,
      books.map(({ family }) => family),
    )) {
      const book = books.find(({ family }) => family.collection === collection)
      const report = book && (await bulkUpsert(book, rows as never, { rows: 'failed' }))
      if (report === undefined) continue
      if (report.isErr()) throw failed(report.error.message)
      if (report.value.status !== 'success')
        throw failed(`--seed: a service of ${collection} is refused; servicebook apply says why`)
    }
    const fetch = serviceHandler(books, { basePath: BASE, authenticate: door(options.token) })
    const families = books.map(({ family }) => family.collection)
    const takesSecrets = books.every(({ cipher }) => cipher !== undefined)
    return { fetch, name: store.name, families, takesSecrets, close: store.close }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The requests of the seed by collection. */
async function seedOf({ seed }: ServeOptions, families: readonly Family[]) {
  const sown = new Map<string, object[]>()
  if (seed === undefined) return sown
  const { rowsOf } = await import('./rows.js')
  for (const { collection, request } of await rowsOf(seed, families)) {
    const rows = sown.get(collection) ?? []
    sown.set(collection, rows)
    rows.push(request)
  }
  return sown
}

/** What a server has beside the services. */
function answering({ fetch, families }: Hosted): (request: Request) => Promise<Response> {
  const status = () => Response.json({ status: 'healthy' })
  const beside: Readonly<Record<string, () => Response>> = {
    '/healthcheck': status,
    [`${BASE}/v1/system/health`]: status,
    [`${BASE}/v1/system/status`]: () => Response.json(SYSTEM),
  }
  const pageAt = pages({ base: BASE, families })
  return async (request) => {
    // A Host that is none may make a URL that is none; the handler says so.
    const pathname = URL.canParse(request.url) ? new URL(request.url).pathname : ''
    // The document of a server is not below /api.
    if (pathname === '/swagger.json') return fetch(new Request(new URL(BASE + pathname, request.url), request))
    const answer = ['GET', 'HEAD'].includes(request.method) ? (beside[pathname] ?? (() => pageAt(pathname))) : undefined
    return answer?.() ?? fetch(request)
  }
}

/** What the server validates of itself; there are no other systems here that could fail. */
const step = (description: string) => ({ description, passed: true, message: 'ok' })
const SYSTEM = {
  database: step('Validate that the store answers'),
  migrations: step('Validate that the store has its tables or files'),
}
