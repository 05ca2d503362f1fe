import type { BookOptions, mlmodelServices } from 'servicebook'
import { type HandlerOptions, serviceHandler } from 'servicebook/http'
import { openTestBook } from './catalogue.js'

/** The collection of ML model services. */
export const MODELS = '/v1/services/mlmodelServices'

/** The header that says what a write came to. */
export const CHANGE = 'x-openmetadata-change'

/** Somebody's id. */
export const ADA = '11111111-1111-4111-8111-111111111111'

/** A request for a service, and one with a secret. */
export const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })
export const aws = (name: string, awsSecretAccessKey: string, rest: object = {}) => ({
  name,
  serviceType: 'SageMaker',
  connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey } } },
  ...rest,
})

export interface Answered {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: whatever came over the wire
  readonly body: any
}

export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answered>

/** Asks a handler as a client does: bodies that are no text are sent as JSON, or, by PATCH, as a JSON Patch. */
export function asking(handler: (request: Request) => Promise<Response>, origin = 'http://catalogue.test'): Ask {
  return async (method, path, body, headers = {}) => {
    const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/json'
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const sent = text === undefined ? {} : { body: text, headers: { 'content-type': type } }
    const request = new Request(origin + path, { method, ...sent })
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value)
    const response = await handler(request)
    const answer = await response.text()
    return { status: response.status, headers: response.headers, body: answer === '' ? undefined : JSON.parse(answer) }
  }
}

/** A book with the handler in front of it. */
export function openEdge(options: HandlerOptions = {}, bookOptions: Partial<BookOptions<typeof mlmodelServices>> = {}) {
  const book = openTestBook(bookOptions)
  return { book, ask: asking(serviceHandler(book, options)) }
}
