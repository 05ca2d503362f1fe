import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type Book,
  type BookOptions,
  type Cipher,
  mlmodelServices,
  openBook,
  type Service,
  type ServiceStore,
  type Stored,
} from 'servicebook'
import { aesCipher } from 'servicebook/cipher'
import { fsStore } from 'servicebook/fs'
import { memoryStore } from 'servicebook/memory'
import { onTestFinished } from 'vitest'
import type { Request } from './arbitraries.js'
import { borrowDatabase } from './database.js'

export type MlModelBook = Book<typeof mlmodelServices>

export function openTestBook(options: Partial<BookOptions<typeof mlmodelServices>> = {}): MlModelBook {
  return openBook({ family: mlmodelServices, store: memoryStore(), ...options })
}

export const FAMILY = mlmodelServices.entityType

/** A directory that goes when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'servicebook-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const KEYS = { first: Buffer.alloc(32, 1), second: Buffer.alloc(32, 2) }

/** A cipher with both keys of the tests, or those named. */
export function testCipher(current: keyof typeof KEYS = 'first', ring = Object.keys(KEYS)): Cipher {
  const keys = Object.entries(KEYS).filter(([id]) => ring.includes(id))
  return aesCipher({ keys: Object.fromEntries(keys), current })
}

interface OpenStore {
  readonly store: ServiceStore
  /** All that is kept, as bytes: where a secret in clear would be found. */
  bytes(): Promise<string>
  close(): Promise<void>
}

/** Every store, each opened anew by a call. */
export const stores: readonly { readonly name: string; open(): Promise<OpenStore> }[] = [
  {
    name: 'memory',
    open: async () => {
      const store = memoryStore()
      return { store, bytes: async () => JSON.stringify(await storedIn(store)), close: async () => {} }
    },
  },
  {
    name: 'fs',
    open: async () => {
      const directory = mkdtempSync(path.join(tmpdir(), 'servicebook-'))
      const store = fsStore(directory)
      const files = () => readdirSync(directory).map((name) => readFileSync(path.join(directory, name), 'latin1'))
      return {
        store,
        bytes: async () => files().join('\n'),
        close: async () => {
          await store.close()
          rmSync(directory, { recursive: true, force: true })
        },
      }
    },
  },
  { name: 'postgres', open: () => borrowDatabase() },
]

/** A book on one of them, with a cipher, until the test ends. */
export async function bookOn(
  which: (typeof stores)[number],
  options: Partial<BookOptions<typeof mlmodelServices>> = {},
) {
  const { store, close } = await which.open()
  onTestFinished(close)
  return openTestBook({ store, cipher: testCipher(), ...options })
}

/** Every service that a store holds, as it holds it. */
export async function storedIn(store: ServiceStore): Promise<readonly Stored[]> {
  const { services } = await store.list(FAMILY, { limit: 1_000_000, include: 'all' })
  const held = await store.load(
    FAMILY,
    services.map(({ fullyQualifiedName }) => fullyQualifiedName),
  )
  return [...held.values()]
}

export interface State {
  readonly current: readonly Service[]
  readonly history: readonly (readonly Service[])[]
}

/** All a store holds, in order. */
export async function stateOf(store: ServiceStore): Promise<State> {
  const { services } = await store.list(FAMILY, { limit: 1_000_000, include: 'all' })
  const history: (readonly Service[])[] = []
  for (const { fullyQualifiedName, id } of services) {
    history.push(await store.versions(FAMILY, fullyQualifiedName, id, { limit: 1_000_000 }))
  }
  return { current: services, history }
}

/** Without what differs between two runs: ids and times. */
export function comparable({ current, history }: State): unknown {
  const bare = ({ id, updatedAt, ...rest }: Service) => rest
  return { current: current.map(bare), history: history.map((versions) => versions.map(bare)) }
}

/** Soft-deletes a service as the law says (§7), below the verbs. */
export async function softDelete(store: ServiceStore, fqn: string): Promise<void> {
  const before = (await store.load(FAMILY, [fqn])).get(fqn)
  if (before === undefined || before.service.deleted) return
  const version = (Math.round(before.service.version * 10) + 1) / 10
  const service = Object.freeze({
    ...before.service,
    version,
    deleted: true,
    updatedAt: before.service.updatedAt + 1,
    changeDescription: {
      fieldsAdded: [],
      fieldsUpdated: [{ name: 'deleted', oldValue: false, newValue: true }],
      fieldsDeleted: [],
      previousVersion: before.service.version,
    },
  })
  const after: Stored = { service, sealed: before.sealed, beside: before.beside, revision: before.revision + 1 }
  const refused = await store.commit(FAMILY, [{ before, after }])
  if (refused.length > 0) throw new Error(`${fqn} changed while it was soft-deleted`)
}

/** A request of the simplest type. */
export const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
/** One with a connection that has a secret. */
export const secret = (name: string, password: string, rest = {}): Request =>
  row(name, {
    serviceType: 'CustomMlModel',
    connection: { config: { sourcePythonClass: 'a.B', connectionOptions: { password } } },
    ...rest,
  })
export const ADA = '00000000-0000-4000-8000-00000000000a'
export const add = (path: string, value: unknown) => ({ op: 'add', path, value }) as const
