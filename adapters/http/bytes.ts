import { LARGE } from './admission.js'
import { type Answer, badRequest, problem } from './answers.js'

/*
 * The bytes of a body, as many as are taken and no more. Source: RFC 9110 §8.6, §15.5.14.
 */

/** Whom a body is not read for. */
export type Turned = () => Promise<Answer | undefined>

type Bytes = { readonly bytes: Uint8Array } | Answer

/** The bytes of a body, of at most `limit`. `turned` is asked before more of it is read than is taken from anybody. */
export async function bytesOf(request: Request, limit: number, turned: Turned): Promise<Bytes> {
  const told = Number(request.headers.get('Content-Length'))
  if (told > limit) return tooLarge(limit)
  if (told > 0 && told <= LARGE) {
    const source = sourceOf(request)
    if (source !== undefined) return drained(source, limit)
  }
  let asked = told > LARGE
  const away = asked ? await turned() : undefined
  if (away !== undefined) return away
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    const reader = request.body?.getReader()
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      size += read.value.length
      if (size > limit) {
        reader?.cancel().catch(() => {})
        return tooLarge(limit)
      }
      chunks.push(read.value)
      if (asked || size <= LARGE) continue
      asked = true
      const away = await turned()
      if (away === undefined) continue
      reader?.cancel().catch(() => {})
      return away
    }
  } catch {
    return brokenOff()
  }
  return { bytes: joined(chunks, size) }
}

const tooLarge = (limit: number) => problem('BULK_LIMIT_EXCEPTION', `The body is larger than ${limit} bytes`)
const brokenOff = () => badRequest([{ path: '', message: 'ended before it was complete' }])

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

/** What of Node's `IncomingMessage` is used here. */
interface Source {
  readonly destroyed: boolean
  readonly readableEnded: boolean
  readonly readableEncoding: string | null
  listenerCount(event: string): number
  on(event: string, listener: (given: Uint8Array) => void): Source
  off(event: string, listener: (given: Uint8Array) => void): Source
  resume(): Source
  pause(): Source
}

/**
 * What srvx has its requests from, where nobody has begun to read it: to make a web stream of it takes a fifth of the time of
 * a small write. Source: srvx, "ServerRequest", `runtime.node`.
 */
function sourceOf(request: Request): Source | undefined {
  const { runtime } = request as { runtime?: { node?: { req?: Source; maxRequestBodySize?: number } } }
  const { req: source, maxRequestBodySize } = runtime?.node ?? {}
  if (source === undefined || source.destroyed || source.readableEnded) return undefined
  // What a host has read before is kept there, and its own limit is srvx's to hold.
  if ('rawBody' in source || maxRequestBodySize !== undefined) return undefined
  const isUntouched = source.listenerCount('data') === 0 && source.listenerCount('readable') === 0
  return isUntouched && source.readableEncoding === null ? source : undefined
}

function drained(source: Source, limit: number): Promise<Bytes> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const done = (bytes: Bytes) => {
      source.off('data', take).off('end', end).off('error', lost).off('close', lost)
      resolve(bytes)
    }
    const take = (chunk: Uint8Array) => {
      size += chunk.length
      chunks.push(chunk)
      // Not every source holds its sender to the length that was told.
      if (size <= limit) return
      source.pause()
      done(tooLarge(limit))
    }
    const end = () => done({ bytes: joined(chunks, size) })
    const lost = () => done(brokenOff())
    source.on('data', take).on('end', end).on('error', lost).on('close', lost).resume()
  })
}
