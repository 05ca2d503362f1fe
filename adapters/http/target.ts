/*
 * What a request is for. Source: RFC 9110 §7; RFC 9112 §3.2.
 */

export interface Target {
  readonly origin: string
  readonly pathname: string
  readonly searchParams: URLSearchParams
}

/**
 * Where a request leads, or nothing when that cannot be told: servers hand on a Host header as it came, some make a URL of it
 * that cannot be read, some put a path where the host should be.
 */
export function targetOf(request: Request): Target | undefined {
  const host = request.headers.get('Host')
  if (host !== null && !(HOST.test(host) && URL.canParse(`http://${host}`))) return undefined
  try {
    return new URL(request.url)
  } catch {
    return undefined
  }
}

/** A name or an address, perhaps with a port, and nothing that could be a part of a URL of its own. */
const HOST = /^([\w.%~!$&'()*+;=-]+|\[[\da-f:.]+\])(:\d*)?$/i
