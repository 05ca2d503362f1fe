/**
 * OpenMetadata's API for services of all families on loopback, kept in a folder. Connections may lack fields, as on the server.
 *
 *   npm run serve                  ./services, port 8585
 *   PORT=0 npm run serve -- dir    another folder, any free port
 *
 * SERVICEBOOK_KEY, 32 bytes in base64, seals secrets; without it, services that carry some are refused.
 */
import { createServer } from 'node:http'
import { openBook } from 'servicebook'
import { aesCipher } from 'servicebook/cipher'
import { allFamilies } from 'servicebook/families'
import { fsStore } from 'servicebook/fs'
import { serviceHandler } from 'servicebook/http'
import { toNodeHandler } from 'srvx/node'

async function serve(directory = 'services', { PORT = '8585', SERVICEBOOK_KEY } = process.env) {
  const sealed = SERVICEBOOK_KEY !== undefined
  const cipher = sealed ? aesCipher({ keys: { SERVICEBOOK_KEY }, current: 'SERVICEBOOK_KEY' }) : undefined
  const store = fsStore(directory)
  await store.open()
  const options = { store, partialConnections: true, ...(sealed && { cipher }) }
  const books = allFamilies.map((family) => openBook({ family, ...options }))
  const server = stoppable(toNodeHandler(serviceHandler(books, { basePath: '/api', authenticate })))
  try {
    await new Promise((resolve, reject) => server.once('error', reject).listen(Number(PORT), '127.0.0.1', resolve))
  } catch (error) {
    await store.close()
    throw error
  }

  const url = `http://127.0.0.1:${server.address().port}/api`
  console.log(`${url} serves ${directory}. Try:

curl -X PUT ${url}/v1/services/mlmodelServices -H 'content-type: application/json' -d '{"name":"churn","serviceType":"Sklearn"}'
`)
  const stop = () => {
    if (!server.listening) return
    // The next signal ends at once; but npm passes on a Ctrl+C that the terminal has sent to both.
    process.off('SIGTERM', stop)
    setTimeout(() => process.off('SIGINT', stop), 500).unref()
    server.stop(() => store.close())
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
}

/** Nobody is known, and a page in a browser that calls this machine by a name of its own gets nothing. */
const authenticate = ({ url }) =>
  ['127.0.0.1', 'localhost'].includes(new URL(url).hostname) ? undefined : 'unauthenticated'

/** A server that stops when the requests under way have their answers, whatever connections clients keep open. */
function stoppable(listener) {
  let underWay = 0
  const closeIfIdle = () => {
    if (!server.listening && underWay === 0) server.closeAllConnections()
  }
  const server = createServer((incoming, outgoing) => {
    underWay++
    outgoing.once('close', () => {
      underWay--
      closeIfIdle()
    })
    listener(incoming, outgoing)
  })
  return Object.assign(server, {
    stop(done) {
      server.close(done)
      closeIfIdle()
    },
  })
}

serve(process.argv[2]).catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
