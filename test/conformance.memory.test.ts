import { memoryStore } from 'servicebook/memory'
import { storeLaws } from 'servicebook/testing'
import { test } from 'vitest'

storeLaws({
  test,
  open() {
    const store = memoryStore()
    return { store, again: () => store }
  },
})
