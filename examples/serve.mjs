/**
 * OpenMetadata's API for ML model services on loopback, kept in a folder.
 *
 *   npm run serve                  ./services, port 8585
 *   PORT=0 npm run serve -- dir    another folder, any free port
 *
 * SERVICEBOOK_KEY, 32 bytes in base64, seals secrets; without it, services that carry some are refused.
 */
import { createServer } from 'node:http'
import { mlmodelServices, openBook } from 'servicebook'
import { aesCipher } from 'servicebook/cipher'
import { fsStore } from 'servicebook/fs'
import { serviceHandler } from 'servicebook/http'
import { toNodeHandler } from 'srvx/node'

async function serve(directory = 'services', { PORT = '8585', SERVICEBOOK_KEY: key } = process.env) {
  const store = fsStore(directory)
  await store.open()
  const cipher =
    key === undefined
      ? {}
      : { cipher: aesCipher({ keys: { default: Buffer.from(key, 'base64') }, current: 'default' }) }
  const book = openBook({ family: mlmodelServices, store, ...cipher })
  const server = createServer(toNodeHandler(serviceHandler(book, { basePath: '/api' })))
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
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop) // the next one ends at once
    server.close(() => store.close().then(() => console.log('stopped')))
    server.closeIdleConnections()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
}

serve(process.argv[2]).catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
