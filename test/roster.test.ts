import fc from 'fast-check'
import { deleteService, listServices, restoreService, type Service, upsertService } from 'servicebook'
import { expect, test } from 'vitest'
import { type Listed, roster } from '../adapters/roster.js'
import { openTestBook, stores } from './catalogue.js'

test('names that come and go are not kept for ever', () => {
  const held = new Map<string, Listed>()
  let rebuilt = 0
  const keys = () => {
    rebuilt++
    return held.keys()
  }
  const names = roster(
    {
      keys,
      get size() {
        return held.size
      },
    } as never,
    (name) => held.get(name),
  )
  const add = (name: string) => {
    held.set(name, { id: `id of ${name}`, deleted: false, service: () => ({ name, id: `id of ${name}` }) as Service })
    names.changed(name, undefined, { id: `id of ${name}`, deleted: false })
  }
  add('stays')
  const shown = () => names.page({ limit: 10 }).services.map(({ name }) => name)
  expect([shown(), names.fqnOf('id of stays')]).toEqual([['stays'], 'stays'])
  for (let at = 0; at < 5000; at++) {
    add(`gone ${at}`)
    names.changed(`gone ${at}`, held.get(`gone ${at}`), undefined)
    held.delete(`gone ${at}`)
  }
  add('also')
  expect([shown(), names.fqnOf('id of also'), names.fqnOf('id of gone 7')]).toEqual([
    ['also', 'stays'],
    'also',
    undefined,
  ])
  // Made anew from what is held, instead of carrying five thousand names along.
  expect(rebuilt).toBeGreaterThan(2)
})

test.each(stores.filter(({ name }) => name !== 'postgres'))(
  '§7 on the $name store totals follow every change, whatever was asked before',
  async (which) => {
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      what: fc.constantFrom('upsert', 'delete', 'hard delete', 'restore'),
      asks: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { store, close } = await which.open()
        const book = openTestBook({ store })
        const totals = () =>
          Promise.all(
            (['non-deleted', 'deleted', 'all'] as const).map(async (include) => {
              const { services, paging } = (
                await listServices(book, { include, total: true, limit: 9 })
              )._unsafeUnwrap()
              return [paging.total, services.length]
            }),
          )
        for (const { name, what, asks } of steps) {
          if (what === 'upsert') await upsertService(book, { name, serviceType: 'Sklearn' })
          else if (what === 'restore') await restoreService(book, name)
          else await deleteService(book, name, { hard: what === 'hard delete' })
          if (asks) for (const [total, shown] of await totals()) expect(total).toBe(shown)
        }
        for (const [total, shown] of await totals()) expect(total).toBe(shown)
        await close()
      }),
    )
  },
)
