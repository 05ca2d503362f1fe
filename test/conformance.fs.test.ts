import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fsStore } from 'servicebook/fs'
import { storeLaws } from 'servicebook/testing'
import { test } from 'vitest'

storeLaws({
  test,
  open() {
    const directory = mkdtempSync(path.join(tmpdir(), 'servicebook-'))
    const file = path.join(directory, 'a-file')
    writeFileSync(file, '')
    const store = fsStore(directory)
    return {
      store,
      again: () => fsStore(directory),
      fails: () => fsStore(path.join(file, 'below')),
      async close() {
        await store.close()
        rmSync(directory, { recursive: true, force: true })
      },
    }
  },
})
