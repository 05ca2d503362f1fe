import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from 'srvx/node'

/** A server that listens. */
export interface Listening {
  /** `http://127.0.0.1:` and the port. */
  readonly origin: string
  /**
   * Takes nothing new, and waits for what is under way, five seconds at most: a client that sends nothing more, or reads
   * nothing, is dropped then. It waits for no connection that only stands open.
   */
  stop(): Promise<void>
}

const PATIENCE = 5000

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/**
 * Serves a handler on loopback; port 0 is any free one. A handler that rejects drops the connection without an answer.
 * Rejects when the port cannot be had.
 */
export async function listen(handler: (request: Request) => Promise<Response>, port: number): Promise<Listening> {
  let underWay = 0
  const listener = toNodeHandler(async (request) => {
    try {
      return await handler(request)
    } catch {
      const { runtime } = request as { runtime?: { node?: { res?: ServerResponse } } }
      runtime?.node?.res?.destroy()
      return new Response(null)
    }
  })
  const closeIfIdle = () => {
    if (!server.listening && underWay === 0) server.closeAllConnections()
  }
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    underWay++
    outgoing.once('close', () => {
      underWay--
      closeIfIdle()
    })
    // The web's requests have no such method, and nothing here takes one.
    if (incoming.method === 'TRACE') outgoing.writeHead(405, { Allow: METHODS }).end()
    else listener(incoming as never, outgoing as never)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), PATIENCE)
        server.close(() => {
          clearTimeout(late)
          resolve()
        })
        closeIfIdle()
      }),
  }
}
