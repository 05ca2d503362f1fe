import { type Answer, badRequest } from './answers.js'
import { bytesOf, type Turned } from './bytes.js'
import { parse } from './json.js'
import { mediaIssue } from './media.js'

/*
 * The body of a request: of the right type, UTF-8, JSON. Source: RFC 9110 §8, §15.5; RFC 8259.
 */

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

const forAnybody: Turned = async () => undefined
