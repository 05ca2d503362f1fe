import { type Book, maskedText } from 'servicebook'
import { maskedBody } from './masked.js'

/** A request that was sent to a stand-in, without its secrets. */
export interface Sent {
  readonly method: string
  /** As it stands behind `/api`, with its query. */
  readonly path: string
  /** Whether it came with a token; which one is not kept. */
  readonly hasToken: boolean
  /** What was sent as JSON, masked; a text that is no JSON is left out, as is what is beyond 1 MiB. */
  readonly body?: unknown
  /** How it was answered; absent while it is not, and where the connection was dropped. */
  readonly status?: number
}

const MOST = 10_000
const BODY = 2 ** 20

/** Bytes of all bodies; beyond it the oldest requests are forgotten. */
const BODIES = 16 * BODY

/** What was sent, the last ten thousand requests. */
export function sentRequests(books: ReadonlyMap<string, Book>) {
  let sent: { -readonly [K in keyof Sent]: Sent[K] }[] = []
  const sizes = new WeakMap<object, number>()
  let held = 0

  function forgetOldest(): void {
    held -= sizes.get(sent.shift() as object) ?? 0
  }

  return {
    list: (): readonly Sent[] => sent.map((one) => ({ ...one })),
    clear(): void {
      sent = []
      held = 0
    },

    /** Notes a request; what comes back has to be sent on in its place. */
    note(request: Request, path: string): { request: Request; answered(status: number): void } {
      const one: (typeof sent)[number] = {
        method: request.method,
        path: maskedText(path),
        hasToken: request.headers.has('Authorization'),
      }
      sent.push(one)
      if (sent.length > MOST) forgetOldest()
      const pieces: Uint8Array[] = []
      let size = 0
      const listened = listenedTo(request, (piece) => {
        size += piece.length
        if (size <= BODY) pieces.push(piece)
      })
      return {
        request: listened,
        answered(status) {
          one.status = status
          if (size === 0 || size > BODY) return
          const [, collection = ''] = /^\/v1\/services\/([^/?]+)/.exec(path) ?? []
          sizes.set(one, size)
          held += size
          while (held > BODIES) forgetOldest()
          try {
            one.body = maskedBody(books.get(collection)?.family, JSON.parse(Buffer.concat(pieces).toString()))
          } catch {
            // What is no JSON may be anything.
          }
        },
      }
    },
  }
}

/** The same request; `hear` is told of each piece of its body before whoever reads it. */
function listenedTo(request: Request, hear: (piece: Uint8Array) => void): Request {
  const { url, method, headers, body, signal } = request
  if (body === null) return request
  const heard = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        hear(piece)
        controller.enqueue(piece)
      },
    }),
  )
  return new Request(url, { method, headers, signal, body: heard, duplex: 'half' } as RequestInit)
}
