import type { Principal } from 'servicebook'

/*
 * Who is let in by what is for one machine: whoever has the token, where there is one, and only from this machine, since a page
 * in a browser may reach it by a name of its own.
 */

/** What `serviceHandler` takes as `authenticate`. Without tokens, any and none will do. */
export function door(tokens: readonly string[] | undefined) {
  return (request: Request): Principal | undefined | 'unauthenticated' => {
    const authorization = request.headers.get('Authorization')
    const isKnown = tokens === undefined || tokens.includes(tokenIn(authorization) ?? '')
    return isKnown ? principalOf(authorization) : 'unauthenticated'
  }
}

/** What answers on a socket: 401 to all that was not meant for this machine, or that a page from elsewhere sent. */
export function forHere(handler: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
  const body = {
    code: 401,
    errorType: 'UNAUTHORIZED',
    message: 'Only what is sent to localhost from there is answered',
  }
  return async (request) => (isForHere(request) ? handler(request) : Response.json(body, { status: 401 }))
}

function isForHere({ url, headers }: Request): boolean {
  const hosts = [url, `http://${headers.get('Host') ?? 'localhost'}`, headers.get('Origin') ?? url]
  return hosts.every((text) => URL.canParse(text) && HERE.has(new URL(text).hostname))
}

const HERE: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Whoever a token says: what a JWT claims, unproven, else `admin`. */
function principalOf(authorization: string | null): Principal | undefined {
  const token = tokenIn(authorization)
  if (token === undefined) return undefined
  const { sub, preferred_username: user, isBot } = claimsOf(token)
  const name = [user, sub].find((claim) => typeof claim === 'string' && claim !== '')
  return { name: (name as string | undefined) ?? 'admin', isAdmin: true, isBot: isBot === true }
}

function tokenIn(authorization: string | null): string | undefined {
  return /^Bearer +(\S.*)$/i.exec(authorization ?? '')?.[1]
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? (claims as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}
