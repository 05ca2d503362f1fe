import assert from 'node:assert/strict'
import type { ListQuery, Page, Service, ServiceStore } from 'servicebook'
import { accepts, namesOf } from './claims.js'
import { type Law, law } from './law.js'
import { born, create, FAMILY, next, placeOf, removal, update } from './stored.js'

const names = Array.from({ length: 24 }, (_, at) => `p${String(at).padStart(2, '0')}`)

/** How a long list is read. Source: the port's `list`. */
export const pageLaws: readonly Law[] = [
  law(15, 'pages cover every service exactly once, forwards and backwards, whatever their size', async (store) => {
    await accepts(store, ...names.map((name, at) => create(born(name, { deleted: at % 4 === 1 }))))
    const live = names.filter((_, at) => at % 4 !== 1)
    for (const [include, expected] of [['non-deleted', live] as const, ['all', names] as const]) {
      const last = (await store.list(FAMILY, { include, limit: 100 })).services.at(-1) as Service
      for (const limit of [1, 5, 6, expected.length - 1, expected.length, 100]) {
        const forwards = await walk(store, { include, limit }, 'after')
        assert.deepEqual(forwards.flatMap(namesIn), expected, `pages of ${limit}, forwards`)
        areFull(forwards, limit)
        const backwards = await walk(store, { include, limit, before: placeOf(last) }, 'before')
        assert.deepEqual(backwards.toReversed().flatMap(namesIn), expected.slice(0, -1), `pages of ${limit}, backwards`)
        areFull(backwards, limit)
      }
    }
  }),

  law(
    16,
    'while services come and go between pages, those that stay are neither skipped nor shown twice',
    async (store) => {
      const stay = names.filter((_, at) => at % 2 === 0)
      const end = { name: 'q', id: born('q').service.id }
      await accepts(store, ...names.map((name) => create(born(name))))
      const forwards = await walk(store, { limit: 3 }, 'after', (page) => disturb(store, page.services, stay))
      assert.deepEqual(forwards.flatMap(namesIn).filter(isIn(stay)), stay, 'forwards')
      await store.commit(
        FAMILY,
        names.filter(isIn(stay, false)).map((name) => create(born(name))),
      )
      const backwards = await walk(store, { limit: 3, before: end }, 'before', (page) =>
        disturb(store, page.services, stay),
      )
      assert.deepEqual(backwards.toReversed().flatMap(namesIn).filter(isIn(stay)), stay, 'backwards')
    },
  ),

  law(
    17,
    'a place keeps its meaning when its service is gone, and when another of its name is there',
    async (store) => {
      const [a, gone, c, anew] = [born('a'), born('b'), born('c'), born('b')]
      const [old, young] = [placeOf(gone.service), placeOf(anew.service)]
      const list = async (query: Omit<ListQuery, 'limit'>) => namesIn(await store.list(FAMILY, { ...query, limit: 9 }))
      await accepts(store, create(a), create(gone), create(c))
      assert.deepEqual(await list({ after: young }), ['c'])
      assert.deepEqual(await list({ before: young }), ['a', 'b'])
      await accepts(store, removal(gone))
      assert.deepEqual(await list({ after: old }), ['c'])
      assert.deepEqual(await list({ before: old }), ['a'])
      await accepts(store, create(anew))
      assert.deepEqual(await list({ after: old }), ['b', 'c'])
      assert.deepEqual(await list({ before: old }), ['a'])
    },
  ),
]

/** Between two pages: what was shown and does not stay goes, and newcomers stand before and behind each that was shown. */
async function disturb(store: ServiceStore, shown: readonly Service[], stay: readonly string[]): Promise<void> {
  const found = await store.load(FAMILY, namesOf(shown))
  for (const stored of found.values()) {
    const { name } = stored.service
    await accepts(store, stay.includes(name) ? update(stored, next(stored)) : removal(stored))
    const newcomers = names.includes(name) ? [`${name.slice(0, -1)}+`, `${name}+`] : []
    await store.commit(
      FAMILY,
      newcomers.map((newcomer) => create(born(newcomer))),
    )
  }
}

/** Reads page after page, each from the outermost place of the one before. */
async function walk(
  store: ServiceStore,
  query: ListQuery,
  direction: 'after' | 'before',
  between: (page: Page) => Promise<void> = async () => {},
): Promise<readonly Page[]> {
  const pages: Page[] = []
  for (let ask = query; pages.length < 200; ) {
    const page = await store.list(FAMILY, ask)
    pages.push(page)
    const outermost = page.services.at(direction === 'after' ? -1 : 0)
    if (!page.more || outermost === undefined) return pages
    await between(page)
    ask = { ...query, [direction]: placeOf(outermost) }
  }
  assert.fail('the pages must come to an end')
}

/** Every page but the last one read is full and says that there is more. */
function areFull(pages: readonly Page[], limit: number): void {
  pages.forEach(({ services, more }, at) => {
    const isLast = at === pages.length - 1
    assert.equal(more, !isLast)
    if (isLast) assert.ok(services.length > 0, 'a page must not promise more where there is none')
    else assert.equal(services.length, limit, 'a page with more beyond it must be full')
  })
}

const isIn =
  (some: readonly string[], is = true) =>
  (name: string) =>
    some.includes(name) === is
const namesIn = ({ services }: Page) => namesOf(services)
