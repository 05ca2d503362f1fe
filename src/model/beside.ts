import type { Static } from 'typebox'
import * as Type from 'typebox'
import type { Frozen } from './frozen.js'
import { END_OF_TIME } from './instant.js'

/*
 * What stands beside a service and is no part of its versions. Source: OpenMetadata 2.0.7, `testConnectionResult.json`;
 * `semantics.md` §7.
 */

const closed = { additionalProperties: false } as const
/** The JSON Schema (TypeBox) of the result of a test of a connection, as `reportConnectionTest` takes it. */
export function testConnectionResultSchema() {
  const text = Type.Optional(Type.String())
  return Type.Object(
    {
      lastUpdatedAt: Type.Optional(Type.Integer({ minimum: 0, maximum: END_OF_TIME })),
      status: Type.Optional(Type.Enum(['Successful', 'Failed', 'Running'])),
      steps: Type.Array(
        Type.Object(
          {
            name: Type.String(),
            mandatory: Type.Boolean({ default: true }),
            passed: Type.Boolean(),
            message: text,
            errorLog: text,
            status: Type.Optional(Type.Enum(['Queued', 'Running', 'Passed', 'Failed', 'Skipped', 'Warning'])),
            skipReason: Type.Optional(Type.Enum(['NotImplemented', 'ConnectionNotEstablished'])),
            diagnosis: Type.Optional(Type.Object({ title: text, remediation: text, docUrl: text }, closed)),
            durationMs: Type.Optional(Type.Integer()),
            executedCommand: text,
            resultSummary: text,
          },
          closed,
        ),
      ),
    },
    closed,
  )
}

/** What a test of a connection found, step by step. */
export type TestConnectionResult = Frozen<Static<ReturnType<typeof testConnectionResultSchema>>>

/** What stands beside a service; a store keeps it with the current state and with no version. */
export interface Beside {
  /** The ids of the users who follow it. */
  readonly followers?: readonly string[]
  /** What the last test of its connection found, its texts masked. */
  readonly testConnectionResult?: TestConnectionResult
}

/** What may be shown of it. */
export type BesideField = keyof Beside

export const BESIDE_FIELDS: readonly BesideField[] = ['followers', 'testConnectionResult']
