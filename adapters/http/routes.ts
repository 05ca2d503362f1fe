import { follow, report, unfollow } from './beside.js'
import { bulk } from './bulk.js'
import type { Operation } from './call.js'
import { history } from './history.js'
import { type Path, pathIn } from './path.js'
import { get, list, version, versions } from './reads.js'
import { create, patch, put, remove, removeLater, restore } from './writes.js'

/*
 * The routes of a collection of services. Source: OpenMetadata's API, below `/v1/services/{collection}`.
 */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What each path takes; of two that fit, the first counts. */
export const routes: Readonly<Record<string, Partial<Record<Method, Operation>>>> = {
  '': { GET: list, POST: create, PUT: put },
  '/bulk': { PUT: bulk },
  '/restore': { PUT: restore },
  '/history': { GET: history },
  '/async/{id}': { DELETE: removeLater },
  '/name/{fqn}': { GET: get, PATCH: patch, DELETE: remove },
  '/{id}': { GET: get, PATCH: patch, DELETE: remove },
  '/{id}/followers': { PUT: follow },
  '/{id}/followers/{userId}': { DELETE: unfollow },
  '/{id}/testConnectionResult': { PUT: report },
  '/{id}/versions': { GET: versions },
  '/{id}/versions/{version}': { GET: version },
}

export interface Found {
  readonly operations: Partial<Record<Method, Operation>>
  /** What the path leaves open; none where it is not percent-encoded UTF-8. */
  readonly path: Path | undefined
}

const patterns = Object.entries(routes).map(([pattern, operations]) => ({ pattern: pattern.split('/'), operations }))

/** The route of a path below the collection. */
export function routeOf(below: string): Found | undefined {
  const parts = below.split('/')
  const fits = (name: string, at: number) => (name.startsWith('{') ? parts[at] !== '' : parts[at] === name)
  for (const { pattern, operations } of patterns)
    if (pattern.length === parts.length && pattern.every(fits)) return { operations, path: pathIn(parts, pattern) }
  return undefined
}
