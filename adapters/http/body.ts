import { type Answer, badRequest, problem } from './answers.js'
import { bytesOf, type Turned } from './bytes.js'
import { parse } from './json.js'

/*
 * The body of a request: of the right type, UTF-8, JSON. Source: RFC 9110 §8, §15.5; RFC 8259.
 */

export const JSON_TYPE = 'application/json'
export const JSON_PATCH = 'application/json-patch+json'

/** The value of a JSON body, or what is wrong with it. `turned` is asked before more of it is read than is taken from anybody. */
export async function jsonOf(
  request: Request,
  mediaType: string,
  limit: number,
  turned: Turned = forAnybody,
): Promise<{ readonly value: unknown } | Answer> {
  const refused = mediaIssue(request.headers, mediaType)
  if (refused !== undefined) return refused
  const read = await bytesOf(request, limit, turned)
  if ('status' in read) return read
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(read.bytes)
  } catch {
    return badRequest([{ path: '', message: 'is not UTF-8' }])
  }
  const parsed = parse(text)
  return 'issues' in parsed ? badRequest(parsed.issues) : parsed
}

function mediaIssue(headers: Headers, mediaType: string): Answer | undefined {
  const encoding = headers.get('Content-Encoding')?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity')
    return problem('UNSUPPORTED_MEDIA_TYPE', 'The body must not be encoded', { 'Accept-Encoding': 'identity' })
  const [type, ...parameters] = (headers.get('Content-Type') ?? '').toLowerCase().split(';')
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  if (type?.trim() === mediaType && isUtf8) return undefined
  const name = mediaType === JSON_TYPE ? 'Accept' : 'Accept-Patch'
  return problem('UNSUPPORTED_MEDIA_TYPE', `Content-Type must be ${mediaType}, in UTF-8`, { [name]: mediaType })
}

const forAnybody: Turned = async () => undefined
