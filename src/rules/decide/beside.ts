import type { Beside, TestConnectionResult } from '../../model/beside.js'
import { type BadRequest, badRequest } from '../../model/errors.js'
import type { Stored } from '../../ports/store.js'
import type { Decision } from '../decide.js'
import type { Limits } from '../limits.js'
import { sameValue } from '../same.js'

/*
 * What is written beside a service: its version, its `updatedAt` and all of its versions stay as they are. Source: §7.
 */

/** One follower more. */
export function decideFollow(before: Stored, userId: string, limits: Limits): Decision | BadRequest {
  const { followers = [] } = before.beside ?? {}
  if (followers.includes(userId)) return { outcome: 'unchanged', stored: before }
  if (followers.length >= limits.elements)
    return badRequest([
      { path: '/userId', message: `is one too many: a service has ${limits.elements} followers at most` },
    ])
  return besides(before, { ...before.beside, followers: Object.freeze([...followers, userId]) })
}

/** One follower less. */
export function decideUnfollow(before: Stored, userId: string): Decision {
  const { followers = [], ...rest } = before.beside ?? {}
  if (!followers.includes(userId)) return { outcome: 'unchanged', stored: before }
  const left = followers.filter((id) => id !== userId)
  return besides(before, left.length === 0 ? rest : { ...rest, followers: Object.freeze(left) })
}

/** The last result of a test of the connection, in the place of the one before. */
export function decideReport(before: Stored, result: TestConnectionResult): Decision {
  if (sameValue(before.beside?.testConnectionResult, result)) return { outcome: 'unchanged', stored: before }
  return besides(before, { ...before.beside, testConnectionResult: result })
}

function besides({ service, sealed, revision }: Stored, beside: Beside): Decision {
  const isEmpty = Object.keys(beside).length === 0
  const stored = { service, sealed, beside: isEmpty ? null : Object.freeze(beside), revision: revision + 1 }
  return { outcome: 'updated', stored: Object.freeze(stored) }
}
