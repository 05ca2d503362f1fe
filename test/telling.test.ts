import { runInNewContext } from 'node:vm'
import {
  type Cipher,
  createService,
  MASK,
  mlmodelServices,
  openBook,
  patchService,
  revealConnection,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test, vi } from 'vitest'

const request = {
  name: 'a',
  serviceType: 'Mlflow',
  connection: { config: { trackingUri: 'http://u:hush@h', registryUri: 'x' } },
} as const

describe('V7 an error is known by what it has, not by its class', () => {
  test.each(['open', 'cannot'])('%s', async (message) => {
    const foreign = runInNewContext(`new Error(${JSON.stringify(message)})`) as Error
    expect(foreign instanceof Error).toBe(false)
    const cipher: Cipher = {
      seal: (all) => all.map(({ text }) => text),
      open: (all) => all.map(() => foreign),
      isCurrent: () => true,
    }
    const book = openBook({ family: mlmodelServices, store: memoryStore(), cipher })
    await createService(book, request)
    const error = (await revealConnection(book, 'a'))._unsafeUnwrapErr()
    expect(error).toMatchObject({ code: 'STORE_FAILED', during: 'open', cause: foreign })
    expect(error.message).toContain(message)
  })
})

describe('§8 no message tells a credential', () => {
  test('of what a store, a policy or a listener throws', async () => {
    const down = () => {
      throw new Error('cannot connect to postgresql://u:hush@db, password=hush')
    }
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const stores = [{ ...memoryStore(), load: down }, memoryStore()]
    const told: string[] = []
    for (const store of stores) {
      const book = openBook({ family: mlmodelServices, store, onChange: down })
      const answer = await upsertService(book, request)
      if (answer.isErr()) told.push(answer.error.message)
    }
    const policy = openBook({ family: mlmodelServices, store: memoryStore(), policy: down })
    told.push((await createService(policy, request))._unsafeUnwrapErr().message)
    told.push(...warned.mock.calls.map(([message]) => String(message)))
    warned.mockRestore()
    expect(told).toHaveLength(3)
    for (const message of told) {
      expect(message).toContain(`postgresql://u:${MASK}@db`)
      expect(message).not.toContain('hush')
    }
  })

  test('of a path or pointer with a credential in a key', async () => {
    const book = openBook({ family: mlmodelServices, store: memoryStore() })
    await createService(book, request)
    const key = 'http:~1~1u:hush@h'
    const answers = [
      await patchService(book, 'a', [{ op: 'test', path: `/connection/config/${key}`, value: 1 }]),
      await patchService(book, 'a', [{ op: 'replace', path: `/id/${key}`, value: 1 }]),
      await patchService(book, 'a', [{ op: 'move', from: `/id/${key}`, path: '/description' }]),
      await patchService(book, 'a', [
        { op: 'add', path: '/tags', value: [] },
        { op: 'add', path: `/tags/01/${key}`, value: 1 },
      ]),
      await patchService(book, 'a', [{ op: 'add', path: '/connection', value: { 'http://u:hush@h': Number.NaN } }]),
      await upsertService(book, { ...request, 'http://u:hush@h': 1 } as never),
      await upsertService(book, {
        ...request,
        connection: { config: { ...request.connection.config, 'http://u:hush@h': 1 } },
      } as never),
    ]
    for (const answer of answers) expect(JSON.stringify(answer._unsafeUnwrapErr())).not.toContain('hush')
  })
})
