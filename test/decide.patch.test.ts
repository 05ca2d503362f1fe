import { describe, expect, test } from 'vitest'
import type { Service } from '../src/model/service.js'
import { toPatch } from '../src/rules/decide/patch.js'
import type { Draft, PatchIntent } from '../src/rules/intent.js'
import { defaultLimits } from '../src/rules/limits.js'
import { ada, decided, held, valid, validate } from './deciding.js'

/* What a patch makes of a service that is there. */

const tags = (...names: string[]) => names.map((tagFQN) => ({ tagFQN }))
const patch: PatchIntent = {
  ...{ kind: toPatch, by: ada, when: undefined, operations: [] },
  as: { read: (document: object) => ({ request: document }) } as never,
}
const draft = (request: object, more: Partial<Draft> = {}): Draft => ({
  request: valid(request),
  keepsConnection: true,
  entityStatus: 'Unprocessed',
  ...more,
})
const secret = (password: string, host?: string) => ({ connection: { config: { password, ...(host && { host }) } } })
const clear = (password: string) => JSON.stringify({ in: { password: { at: [password] } } })

describe('§7 patch', () => {
  test('what the request lacks is gone, and the version is one more', () => {
    const before = held({ description: 'x', tags: tags('a') })
    const decision = decided(patch, before, { draft: draft({ displayName: 'A' }) })
    expect(decision).toMatchObject({
      outcome: 'updated',
      stored: { service: { version: 0.2, displayName: 'A', tags: [] } },
    })
    expect(decision).not.toHaveProperty('stored.service.description')
    expect(decided(patch, before, { draft: draft({ description: 'x', tags: tags('a') }) })).toEqual({
      outcome: 'unchanged',
      stored: before,
    })
  })

  test('the connection and its secrets stay, or go with it', () => {
    const before = held(secret('hush'))
    const kept = decided(patch, before, { draft: draft({ description: 'x' }) })
    expect(kept).toMatchObject({ stored: { sealed: 'sealed', service: { connection: before.service.connection } } })
    const gone = decided(patch, before, { draft: draft({}, { keepsConnection: false }) })
    expect(gone).toMatchObject({
      outcome: 'updated',
      stored: { sealed: null, service: { changeDescription: { fieldsDeleted: [{ name: 'connection' }] } } },
    })
    expect(gone).not.toHaveProperty('stored.service.connection')
    const none = held({})
    expect(decided(patch, none, { draft: draft({}, { keepsConnection: false }) })).toMatchObject({
      outcome: 'unchanged',
    })
  })

  test('it is later than the last version, whatever the clock says', () => {
    const before = held({}, { updatedAt: 9000 })
    expect(decided(patch, before, { draft: draft({ description: 'x' }) })).toHaveProperty(
      'stored.service.updatedAt',
      9001,
    )
  })

  test('another service type is a version more by 1.0', () => {
    const given = draft({ serviceType: 'B' }, { keepsConnection: false })
    expect(decided(patch, held({}), { draft: given })).toMatchObject({ stored: { service: { version: 1.1 } } })
  })

  test('entityStatus is what the patch sets', () => {
    const given = draft({}, { entityStatus: 'Approved' })
    expect(decided(patch, held({}), { draft: given })).toMatchObject({
      stored: { service: { entityStatus: 'Approved' } },
    })
  })

  test('it keeps the rules of a request: a domain for data products, a size, a mask that stands for something', () => {
    const before = held({ domain: 'd', dataProducts: ['p'] })
    expect(decided(patch, before, { draft: draft({ dataProducts: ['p'] }) })).toMatchObject({
      issues: [{ path: '/dataProducts' }],
    })
    const large = { draft: draft({ description: 'x'.repeat(100) }) }
    expect(decided(patch, held({}), large, { request: 100 })).toMatchObject({ issues: [{ path: '' }] })
    const masked = draft(secret('*********'), { keepsConnection: false })
    expect(decided(patch, held({}), { draft: masked })).toMatchObject({ code: 'BAD_REQUEST' })
  })

  const added = (name: string, newValue: unknown, previousVersion = 0.1) => ({
    ...{ fieldsAdded: [{ name, newValue }], fieldsUpdated: [], fieldsDeleted: [], previousVersion },
  })
  const first = held({}).service
  const second: Partial<Service> = {
    ...{ version: 0.2, updatedAt: 2000, updatedBy: 'ada', description: 'x' },
    changeDescription: added('description', 'x'),
  }
  const session = held({}, second, { revision: 2 })

  test('a session goes on: the version stays, and all of it is told from the version before', () => {
    const given = { draft: draft({ description: 'y', displayName: 'A' }), previous: first }
    const { fieldsAdded } = added('description', 'y')
    expect(decided(patch, session, given)).toMatchObject({
      outcome: 'updated',
      stored: {
        revision: 3,
        service: {
          ...{ version: 0.2, updatedAt: 5000 },
          changeDescription: {
            fieldsAdded: [...fieldsAdded, { name: 'displayName', newValue: 'A' }],
            previousVersion: 0.1,
          },
        },
      },
    })
  })

  test('a session of which nothing is left is the version before, with a new time', () => {
    expect(decided(patch, session, { draft: draft({}), previous: first })).toEqual({
      outcome: 'updated',
      stored: { ...session, service: { ...first, updatedAt: 5000 }, revision: 3 },
    })
  })

  const needs = (given: Partial<Service>, more: Partial<PatchIntent> = {}, now = 2000, keepsConnection = true) =>
    toPatch.needsVersion?.(
      { ...patch, ...more },
      held({}, { ...second, ...given }),
      draft({}, { keepsConnection }),
      now,
    )

  type Given = Parameters<typeof needs>
  test.each<[string, ...Given]>([
    ['at once, when the clock stands still', {}],
    ['ten minutes later', {}, {}, 602_000],
    ['ten minutes before, by a clock put back', { updatedAt: 602_000 }],
  ])('it consolidates %s', (_, ...given) => {
    expect(needs(...given)).toBe(0.1)
  })

  const updated = (name: string) => ({
    ...added('displayName', 'x'),
    fieldsUpdated: [{ name, oldValue: 1, newValue: 2 }],
  })
  const deleted = (name: string) => ({ ...added('displayName', 'x'), fieldsDeleted: [{ name, oldValue: 1 }] })
  test.each<[string, ...Given]>([
    ['later than that', {}, {}, 602_001],
    ['earlier than that', { updatedAt: 602_001 }],
    ['by somebody else', { updatedBy: 'eve' }],
    ['by nobody', { updatedBy: 'anonymous' }, { by: undefined }],
    ['of a soft-deleted service', { deleted: true }],
    ['of a first version', { version: 0.1 }],
    ['of a version that tells no change', { changeDescription: undefined as never }],
    ['with a precondition', {}, { when: { issues: [], unmet: () => undefined } }],
    ['that touches the connection', {}, {}, 2000, false],
    ...['connection', 'serviceType', 'deleted'].flatMap((name): [string, ...Given][] => [
      [`after a change that added ${name}`, { changeDescription: added(name, 'x') }],
      [`after a change of ${name}`, { changeDescription: updated(name) }],
      [`after one that removed ${name}`, { changeDescription: deleted(name) }],
    ]),
  ])('it is a change of its own %s', (_, ...given) => {
    expect(needs(...given)).toBeUndefined()
  })

  test('§8 secrets are opened, and places looked at, only for another connection', () => {
    const before = held(secret('hush', 'h'))
    const moved = draft(secret('*********', 'i'), { keepsConnection: false })
    const stays = draft(secret('*********', 'i'))
    expect(toPatch.needsClear?.(patch, before, moved)).toBe(true)
    expect(toPatch.needsClear?.(patch, before, stays)).toBe(false)
    expect(toPatch.needsClear?.(patch, before, undefined)).toBe(false)
    expect(toPatch.moves?.(patch, before, moved, clear('hush'))).toMatchObject([{ path: '/connection/config/host' }])
    expect(toPatch.moves?.(patch, before, undefined, clear('hush'))).toEqual([])
    expect(toPatch.needsVersion?.(patch, before, undefined, 1000)).toBeUndefined()
  })

  test('§9 the directory and the checks of the host are asked of what the patch leaves', () => {
    expect(toPatch.isChecked).toBe(true)
    const reference = { type: 'domain', fullyQualifiedName: 'd' }
    expect(toPatch.refers?.(patch, draft({ domain: 'd' }))).toEqual([{ reference, path: '/domain' }])
    expect(toPatch.refers?.(patch, undefined)).toEqual([])
  })

  test('a draft is what the operations make of the service, checked like a request', () => {
    const { service } = held({ description: 'x' })
    const drafted = (value: unknown) =>
      toPatch.drafts?.(
        {
          ...patch,
          operations: [{ op: 'replace', path: '/description', value }],
          as: {
            read: ({ serviceType, name, description }: never) => ({ request: { serviceType, name, description } }),
          } as never,
        },
        service,
        service,
        validate,
        defaultLimits,
      )
    expect(drafted('y')).toMatchObject({ request: { description: 'y' }, keepsConnection: true })
    expect(drafted(7)).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/description' }] })
  })
})
