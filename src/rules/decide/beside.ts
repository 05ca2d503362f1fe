import type { Beside } from '../../model/beside.js'
import { type BadRequest, badRequest } from '../../model/errors.js'
import type { Stored } from '../../ports/store.js'
import { besideChange } from '../beside.js'
import type { Decision, Gathered } from '../decide.js'
import type { FollowIntent, Kind, ReportIntent } from '../intent.js'
import type { Limits } from '../limits.js'
import { sameValue } from '../same.js'

/*
 * What is written beside a service: its version, its `updatedAt` and all of its versions stay as they are. Source: §7.
 */

const VIEW = ['ViewBasic'] as const
const EDIT = ['EditAll'] as const

/** Everybody may follow for themselves. */
const asks = ({ userId, by }: FollowIntent) => (userId === by?.id?.toLowerCase() ? VIEW : EDIT)

export const toFollow: Kind<FollowIntent> = {
  sees: 'live',
  asks,
  refers: ({ userId }) => [{ reference: { type: 'user', id: userId }, path: '/userId' }],
  decides: followed,
  tells: besideChange,
}
export const toUnfollow: Kind<FollowIntent> = { sees: 'live', asks, decides: unfollowed, tells: besideChange }
export const toReport: Kind<ReportIntent> = { sees: 'live', asks: () => EDIT, decides: reported, tells: besideChange }

/** One follower more. */
function followed({ userId }: FollowIntent, before: Stored, _: Gathered, limits: Limits): Decision | BadRequest {
  const { followers = [] } = before.beside ?? {}
  if (followers.includes(userId)) return { outcome: 'unchanged', stored: before }
  if (followers.length >= limits.elements)
    return badRequest([
      { path: '/userId', message: `is one too many: a service has ${limits.elements} followers at most` },
    ])
  return besides(before, { ...before.beside, followers: Object.freeze([...followers, userId]) })
}

/** One follower less. */
function unfollowed({ userId }: FollowIntent, before: Stored): Decision {
  const { followers = [], ...rest } = before.beside ?? {}
  if (!followers.includes(userId)) return { outcome: 'unchanged', stored: before }
  const left = followers.filter((id) => id !== userId)
  return besides(before, left.length === 0 ? rest : { ...rest, followers: Object.freeze(left) })
}

/** The last result of a test of the connection, in the place of the one before. */
function reported({ result }: ReportIntent, before: Stored): Decision {
  if (sameValue(before.beside?.testConnectionResult, result)) return { outcome: 'unchanged', stored: before }
  return besides(before, { ...before.beside, testConnectionResult: result })
}

function besides({ service, sealed, revision }: Stored, beside: Beside): Decision {
  const isEmpty = Object.keys(beside).length === 0
  const stored = { service, sealed, beside: isEmpty ? null : Object.freeze(beside), revision: revision + 1 }
  return { outcome: 'updated', stored: Object.freeze(stored) }
}
