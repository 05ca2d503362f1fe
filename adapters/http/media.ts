import { type Answer, problem } from './answers.js'

/*
 * In which media types requests and answers come. Source: RFC 9110 §8.3, §8.4, §12.5.1.
 */

export const JSON_TYPE = 'application/json'
export const JSON_PATCH = 'application/json-patch+json'

/** Whether a client takes JSON. */
export function accepts(accept: string | null): boolean {
  if (accept === null || accept.trim() === '') return true
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range
      .toLowerCase()
      .split(';')
      .map((part) => part.trim())
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
    return !refused && ['*/*', 'application/*', JSON_TYPE].includes(type)
  })
}

/** What is wrong with the type of a body. */
export function mediaIssue(headers: Headers, mediaType: string): Answer | undefined {
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
