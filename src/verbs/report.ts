import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { executeRevision } from '../execution/single.js'
import type { Family } from '../families/family.js'
import type { TestConnectionResult } from '../model/beside.js'
import { badRequest, type ReportConnectionTestError } from '../model/errors.js'
import { PRECONDITIONS } from '../model/etag.js'
import type { Subject } from '../model/fqn.js'
import type { Given, Service } from '../model/service.js'
import { withBeside } from '../rules/beside.js'
import { toReport } from '../rules/decide/beside.js'
import { demanded } from '../rules/intent.js'
import { checkedResult } from '../rules/report.js'
import type { ReviseOptions } from './restore.js'

/** What a test of a connection found, as it is reported: a step is mandatory unless it says otherwise. */
export interface ConnectionTestReport extends Omit<Given<TestConnectionResult>, 'steps'> {
  readonly steps: readonly (Omit<Given<TestConnectionResult['steps'][number]>, 'mandatory'> & {
    readonly mandatory?: boolean | null | undefined
  })[]
}

/** What a report did, and the service with its `testConnectionResult`. */
export interface Reported<F extends Family = Family> {
  readonly outcome: 'updated' | 'unchanged'
  readonly service: Service<F>
}

/**
 * Keeps what the last test of a live service's connection found, as OpenMetadata's
 * `PUT /v1/services/…/{id}/testConnectionResult` does, in the place of the one before. It stands beside the service:
 * version, `updatedAt`, entity tag and history stay, no other verb changes it, and a hard delete ends it. `getService` and
 * `listServices` show it by `fields: ['testConnectionResult']`. The very same result again is `unchanged`.
 *
 * Its texts are kept as `maskedText` leaves them, since what a driver says of a failure may repeat what it was given;
 * nothing of it is sealed. The policy is asked for `EditAll`.
 *
 * Errors:
 * - `BAD_REQUEST`: the subject, an option or the result is wrong; `issues` lists every violation with its path.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies `EditAll`; or there is no service, and the caller may see none.
 * - `ENTITY_NOT_FOUND`: there is no such service, or it is soft-deleted.
 * - `PRECONDITION_FAILED`: the service is not in the state that a precondition demands.
 * - `CONTENDED`: other processes won the race `attempts` times. Nothing was written.
 * - `STORE_FAILED`: the store or the policy failed; `applied` says whether it may have been written.
 *
 * @example
 * const result = { status: 'Failed', steps: [{ name: 'CheckAccess', passed: false, message: 'http://ada:hush@mlflow' }] } as const
 * const kept = await reportConnectionTest(book, 'mlflow_prod', result, { by: { name: 'ingestion-bot', isBot: true } })
 * if (kept.isOk()) kept.value.service.testConnectionResult?.steps[0]?.message // 'http://ada:*********@mlflow'
 *
 * Source: OpenMetadata, "Add test connection result"; `semantics.md` §1, §7.
 */
export function reportConnectionTest<F extends Family>(
  book: Book<F>,
  subject: Subject,
  result: ConnectionTestReport,
  options: ReviseOptions = {},
): ResultAsync<Reported<F>, ReportConnectionTestError> {
  return entered(
    'reportConnectionTest',
    book,
    options,
    ['by', ...PRECONDITIONS],
    'commit',
    (read) => report(book, subject, result, read) as Promise<Result<Reported<F>, ReportConnectionTestError>>,
  )
}

const NOTHING: TestConnectionResult = { steps: [] }

async function report(
  book: Book,
  subject: Subject,
  given: unknown,
  { by, ...when }: ReviseOptions,
): Promise<Result<Reported, ReportConnectionTestError>> {
  const checked = readResult(book, given)
  const wrong = 'code' in checked ? checked : undefined
  const result = 'code' in checked ? NOTHING : checked
  const intent = { kind: toReport, by, when: demanded(when), result }
  const answer = await executeRevision(book, subject, intent, wrong?.issues, wrong?.more)
  if (!('outcome' in answer)) return err(answer as ReportConnectionTestError)
  const outcome = answer.outcome as Reported['outcome']
  return ok({ outcome, service: withBeside(answer.stored, ['testConnectionResult']) })
}

/** A proxy may refuse to be read at all. */
function readResult(book: Book, given: unknown) {
  try {
    return checkedResult(given, book.limits)
  } catch {
    return badRequest([{ path: '', message: 'cannot be read' }])
  }
}
