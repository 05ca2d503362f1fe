import type { Principal } from 'servicebook'

/** Whoever a token says: what a JWT claims, unproven, else `admin`. */
export function principalOf(authorization: string | null): Principal | undefined {
  const token = tokenIn(authorization)
  if (token === undefined) return undefined
  const { sub, preferred_username: user, isBot } = claimsOf(token)
  const name = [user, sub].find((claim) => typeof claim === 'string' && claim !== '')
  return { name: (name as string | undefined) ?? 'admin', isAdmin: true, isBot: isBot === true }
}

export function tokenIn(authorization: string | null): string | undefined {
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
