import { follow, report, unfollow } from './beside.js'
import { bulk } from './bulk.js'
import type { Operation } from './call.js'
import { history } from './history.js'
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
  /** What stands where the pattern has a name. */
  readonly path: Readonly<Record<string, string>>
}

const patterns = Object.entries(routes).map(([pattern, operations]) => ({ parts: pattern.split('/'), operations }))

/** The route of a path below the collection; its parts are still percent-encoded. */
export function routeOf(below: string): Found | undefined {
  const parts = below.split('/')
  for (const { parts: pattern, operations } of patterns) {
    if (pattern.length !== parts.length) continue
    const path: Record<string, string> = {}
    const fits = pattern.every((name, at) => {
      const part = parts[at] as string
      if (!name.startsWith('{')) return name === part
      path[name.slice(1, -1)] = part
      return part !== ''
    })
    if (fits) return { operations, path }
  }
  return undefined
}
