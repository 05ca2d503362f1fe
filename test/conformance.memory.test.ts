import { createService, deleteService } from 'servicebook'
import type { MemoryStore } from 'servicebook/memory'
import { memoryStore } from 'servicebook/memory'
import { storeLaws } from 'servicebook/testing'
import { describe, test } from 'vitest'
import { openTestBook } from './catalogue.js'

const one = (store: MemoryStore) => ({ store, again: () => store })

describe('memory', () => storeLaws({ test, open: () => one(memoryStore()) }))

/* It is as empty as any, but that the names are there below, and gone above. */
describe('memory that has gone back to a snapshot', () =>
  storeLaws({
    test,
    async open() {
      const store = memoryStore()
      const book = openTestBook({ store })
      const names = ['a', 'b', 'c', 'n0', 'n1']
      for (const name of names) await createService(book, { name, serviceType: 'Sklearn' })
      store.snapshot()
      for (const name of names) await deleteService(book, name, { hard: true })
      const back = store.snapshot()
      for (const name of ['b', 'x']) await createService(book, { name, serviceType: 'Sklearn' })
      back()
      return one(store)
    },
  }))
