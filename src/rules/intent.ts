import type { Beside, TestConnectionResult } from '../model/beside.js'
import type { BadRequest, EntityAlreadyExists, Issue, PreconditionFailed } from '../model/errors.js'
import { demandsAny, type Preconditions, preconditionIssues, unmet } from '../model/etag.js'
import type { Operation, Principal } from '../model/principal.js'
import type { ChangeDescription, EntityStatus, Service } from '../model/service.js'
import type { Representation } from '../ports/representation.js'
import type { Stored } from '../ports/store.js'
import type { PatchOperation } from './apply.js'
import type { Decision, Gathered } from './decide.js'
import type { Limits } from './limits.js'
import type { Referring } from './references.js'
import type { Validate, ValidRequest } from './validate.js'

/*
 * What one caller wants of one name. A new verb is an intent here, its kind in decide/, and a file in verbs/.
 */

interface Wanted<I> {
  readonly kind: Kind<I>
  /** Who wants it. */
  readonly by: Principal | undefined
  readonly when: Demand | undefined
}

/** What the stored service must be like; a bundle without preconditions does not carry what they mean. */
export interface Demand {
  /** What is wrong with the preconditions themselves. */
  readonly issues: readonly Issue[]
  unmet(service: Service | undefined): PreconditionFailed | undefined
}

/**
 * What the loop has to know of an intent; it asks nothing else, and what is not there is `no` or `none`. Each stands beside
 * its decision in decide/ and comes with the intent, so that a bundle has those of the verbs it uses.
 */
export interface Kind<I> {
  /** Whether what is there is not looked at: the store refuses a name that is taken. */
  readonly isBlind?: true
  /** What it is about; for some, nothing will do, for others a soft-deleted service is none. */
  readonly sees: 'anything' | 'stored' | 'live'
  /** What the policy is asked for, all of it together; nothing for what shows and changes no service. */
  asks(intent: I, held: Service | undefined): readonly Operation[]
  /** Whether the host's checks are asked of what becomes of the service. */
  readonly isChecked?: true
  /** Whether the decision has no time; else it is asked for while nothing has happened yet. */
  readonly isTimeless?: true
  /** The id of a service to come that has one already. */
  idBrought?(intent: I): string | undefined
  /** What it refers to, for the directory. */
  refers?(intent: I, draft: Draft | undefined): readonly Referring[]
  /** The request it makes of the service, as that is shown to its writer. */
  drafts?(
    intent: I,
    service: Service,
    shown: object,
    validate: Validate,
    limits: Limits,
  ): Draft | BadRequest | PreconditionFailed
  /** Whether what is decided depends on the clear secrets of the stored service, so that they have to be opened. */
  needsClear?(intent: I, held: Stored, draft: Draft | undefined): boolean
  /** What it changes of where the service connects to, while it keeps secrets of it by the mask. */
  moves?(intent: I, held: Stored, draft: Draft | undefined, clear: string | null): readonly Issue[]
  /** The superseded version that the decision has to be compared with. */
  needsVersion?(intent: I, held: Stored, draft: Draft | undefined, now: number): number | undefined
  /** What becomes of a name that nothing has. */
  begins?(intent: I, gathered: Gathered, limits: Limits): Decided
  /** What becomes of the stored service. */
  decides?(intent: I, held: Stored, gathered: Gathered, limits: Limits): Decided
  /** What there is to tell of a write that is of nothing but what stands beside the service. */
  tells?(before: Stored, after: Stored): ChangeDescription
}

type Decided = Decision | BadRequest | EntityAlreadyExists

export interface RequestIntent extends Wanted<RequestIntent> {
  readonly request: ValidRequest
  /** Whether it overwrites what a bot only fills, and replaces tags: `overrideMetadata`. */
  readonly overrides: boolean
}

export interface PatchIntent extends Wanted<PatchIntent> {
  readonly operations: readonly PatchOperation[]
  /** How the service looks to whoever wrote the operations. */
  readonly as: Representation
}

export interface DeleteIntent extends Wanted<DeleteIntent> {
  readonly hard: boolean
}

export interface RestoreIntent extends Wanted<RestoreIntent> {}

export interface ResealIntent extends Wanted<ResealIntent> {
  /** Whether the cipher would seal it otherwise today. */
  readonly isOutdated: (sealed: string) => boolean
}

export interface FollowIntent extends Wanted<FollowIntent> {
  /** In lower case. */
  readonly userId: string
}

export interface ReportIntent extends Wanted<ReportIntent> {
  readonly result: TestConnectionResult
}

/** A service as it was elsewhere, one version of it an intent: ids, times and versions stay. */
export interface ImportIntent extends Wanted<ImportIntent> {
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
export function demanded(when: Preconditions): Demand | undefined {
  if (!demandsAny(when)) return undefined
  return { issues: preconditionIssues(when), unmet: (service) => unmet(when, service) }
}

/** An intent's own kind, to be asked about it. */
export function kindOf(intent: Intent): Kind<Intent> {
  return intent.kind as Kind<Intent>
}

export function asks(intent: Intent, held: Service | undefined): readonly Operation[] {
  return kindOf(intent).asks(intent, held)
}

/** Whether there is what the intent is about. */
export function sees({ kind: { sees } }: Intent, held: Service | undefined): boolean {
  return sees === 'anything' || (held !== undefined && (sees === 'stored' || !held.deleted))
}
