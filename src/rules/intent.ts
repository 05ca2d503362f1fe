import type { Beside, TestConnectionResult } from '../model/beside.js'
import { demandsAny, type Preconditions } from '../model/etag.js'
import type { Operation, Principal } from '../model/principal.js'
import type { EntityStatus, Service } from '../model/service.js'
import type { Representation } from '../ports/representation.js'
import type { Stored } from '../ports/store.js'
import type { PatchOperation } from './apply.js'
import { comparesSecrets } from './connection.js'
import { consolidatesFrom } from './decide/patch.js'
import { operationsOf } from './patch.js'
import type { ValidRequest } from './validate.js'

/*
 * What one caller wants of one name. A new verb is a line here, a line in each question below, a case of `decide`, and a
 * file in verbs/; the loop asks no kind anything else.
 */

interface Wanted {
  /** Who wants it. */
  readonly by: Principal | undefined
  /** What the stored service must be like; `undefined` where nothing is demanded. */
  readonly when: Preconditions | undefined
}

export interface RequestIntent extends Wanted {
  readonly kind: 'create' | 'upsert'
  readonly request: ValidRequest
  /** Whether it overwrites what a bot only fills, and replaces tags: `overrideMetadata`. */
  readonly overrides: boolean
}

export interface PatchIntent extends Wanted {
  readonly kind: 'patch'
  readonly operations: readonly PatchOperation[]
  /** How the service looks to whoever wrote the operations. */
  readonly as: Representation
}

interface DeleteIntent extends Wanted {
  readonly kind: 'delete'
  readonly hard: boolean
}

interface RestoreIntent extends Wanted {
  readonly kind: 'restore'
}

interface ResealIntent extends Wanted {
  readonly kind: 'reseal'
  /** Whether the cipher would seal it otherwise today. */
  readonly isOutdated: (sealed: string) => boolean
}

interface FollowIntent extends Wanted {
  readonly kind: 'follow' | 'unfollow'
  /** In lower case. */
  readonly userId: string
}

interface ReportIntent extends Wanted {
  readonly kind: 'report'
  readonly result: TestConnectionResult
}

/** A service as it was elsewhere, one version of it an intent: ids, times and versions stay. */
export interface ImportIntent extends Wanted {
  readonly kind: 'import'
  /** All versions, the oldest first, each masked. */
  readonly chain: readonly Service[]
  /** The one that is to be written, by its place. */
  readonly at: number
  /** The secrets of the last version in clear. */
  readonly clear: string | null
  /** What stands beside it, and comes with the last version. */
  readonly beside: Beside | null
}

export type Intent = RequestIntent | ReviseIntent | ImportIntent

/** What is wanted of a service that is there. */
export type ReviseIntent = PatchIntent | DeleteIntent | RestoreIntent | ResealIntent | FollowIntent | ReportIntent

/** What a patch makes of a service: a request for all that it is to be. */
export interface Draft {
  readonly request: ValidRequest
  /** Whether the connection stays as it is; then the request has none. */
  readonly keepsConnection: boolean
  /** No request has one; `undefined` in a family without. */
  readonly entityStatus: EntityStatus | undefined
}

/** Preconditions, where there are any. */
export function demanded(when: Preconditions): Preconditions | undefined {
  return demandsAny(when) ? when : undefined
}

const CREATE = ['Create'] as const
const EDIT = ['EditAll'] as const
const DELETE = ['Delete'] as const
const VIEW = ['ViewBasic'] as const

/** What the policy is asked for, all of it together; nothing for what shows and changes no service. */
export function asks(intent: Intent, held: Service | undefined): readonly Operation[] {
  switch (intent.kind) {
    case 'create':
      return CREATE
    case 'upsert':
    case 'import':
      return held === undefined ? CREATE : EDIT
    case 'patch':
      return operationsOf(intent.operations, intent.as.dropped)
    case 'delete':
      return DELETE
    case 'restore':
    case 'report':
      return EDIT
    case 'follow':
    case 'unfollow':
      return intent.userId === intent.by?.id?.toLowerCase() ? VIEW : EDIT
    case 'reseal':
      return []
  }
}

/** Whether there is what the intent is about: for some, nothing will do, for others a soft-deleted service is none. */
export function sees(intent: Intent, held: Service | undefined): boolean {
  switch (intent.kind) {
    case 'create':
    case 'upsert':
    case 'import':
      return true
    case 'patch':
    case 'follow':
    case 'unfollow':
    case 'report':
      return held?.deleted === false
    case 'delete':
    case 'restore':
    case 'reseal':
      return held !== undefined
  }
}

/** Whether the host's checks are asked of what becomes of the service. */
export function isChecked(intent: Intent): boolean {
  return 'request' in intent || intent.kind === 'patch' || intent.kind === 'restore'
}

/** Whether the decision has a time: it is then asked for while nothing has happened yet. */
export function needsTime(intent: Intent): boolean {
  return intent.kind !== 'reseal' && intent.kind !== 'import'
}

/** The id of a service to come that has one already. */
export function idBrought(intent: Intent): string | undefined {
  return intent.kind === 'import' ? intent.chain[intent.at]?.id : undefined
}

/** Whether what is decided depends on the clear secrets of the stored service, so that they have to be opened. */
export function needsClear(intent: Intent, held: Stored | null, draft: Draft | undefined): boolean {
  if (held === null || held.sealed === null) return false
  switch (intent.kind) {
    case 'upsert':
      return comparesSecrets(held, intent.request)
    case 'patch':
      return draft !== undefined && !draft.keepsConnection && comparesSecrets(held, draft.request)
    case 'reseal':
      return intent.isOutdated(held.sealed)
    default:
      return false
  }
}

/** The superseded version that the decision has to be compared with, if there is one. */
export function needsVersion(
  intent: Intent,
  held: Stored | null,
  draft: Draft | undefined,
  now: number,
): number | undefined {
  if (intent.kind !== 'patch' || intent.when !== undefined || held === null || draft === undefined) return undefined
  return consolidatesFrom(held, !draft.keepsConnection, now, intent.by)
}
