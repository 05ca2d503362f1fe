import assert from 'node:assert/strict'
import { type Change, type Fqn, fqn, type Service, type ServiceStore, type Stored } from 'servicebook'
import { FAMILY, fqnOf } from './stored.js'

export async function accepts(store: ServiceStore, ...changes: readonly Change[]): Promise<void> {
  await answers(store, changes, [])
}

export async function refuses(store: ServiceStore, ...changes: readonly Change[]): Promise<void> {
  await answers(store, changes, changes.map(nameOf))
}

/** A commit answers exactly the FQNs it refused, each once, in any order. */
export async function answers(store: ServiceStore, changes: readonly Change[], refused: readonly Fqn[]): Promise<void> {
  const answer = await store.commit(FAMILY, changes)
  assert.deepEqual([...answer].sort(), [...refused].sort(), 'commit must answer exactly the FQNs it refused')
}

/** A load of these services answers each as it is here, and no other. */
export async function holds(store: ServiceStore, ...services: readonly Stored[]): Promise<void> {
  const found = await store.load(FAMILY, services.map(fqnOf))
  for (const stored of services) assert.deepEqual(found.get(fqnOf(stored)), stored)
  assert.equal(found.size, services.length, 'load must answer nothing but what it was asked for')
}

export async function holdsNothing(store: ServiceStore, name: string): Promise<void> {
  const found = await store.load(FAMILY, [fqn.quote(name)])
  assert.equal(found.size, 0, `nothing must be held as ${name}`)
}

/** The history of a service is exactly these versions, newest first. */
export async function keeps(store: ServiceStore, stored: Stored, ...kept: readonly Stored[]): Promise<void> {
  const versions = await store.versions(FAMILY, fqnOf(stored), stored.service.id, { limit: 1000 })
  assert.deepEqual([...versions], kept.map(serviceOf))
}

export function namesOf(services: readonly Service[]): string[] {
  return services.map(({ name }) => name)
}

export function nameOf({ before, after }: Change): Fqn {
  return fqnOf((after ?? before) as Stored)
}

const serviceOf = ({ service }: Stored) => service
