import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The tests that change modules or the clock for a whole process, which their neighbours would notice. */
const alone = fs
  .readdirSync(at('./test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((name) => /\bvi\.(mock|doMock|resetModules|useFakeTimers)\(/.test(fs.readFileSync(at(name), 'utf8')))

const shared = {
  resolve: {
    // The tests run on the sources; only the tests of the package itself run on what is built.
    alias: [
      { find: /^servicebook$/, replacement: at('./src/index.ts') },
      { find: /^servicebook\/families$/, replacement: at('./src/families/index.ts') },
      { find: /^servicebook\/memory$/, replacement: at('./adapters/memory.ts') },
      { find: /^servicebook\/fs$/, replacement: at('./adapters/fs/index.ts') },
      { find: /^servicebook\/postgres$/, replacement: at('./adapters/postgres/index.ts') },
      { find: /^servicebook\/http$/, replacement: at('./adapters/http/index.ts') },
      { find: /^servicebook\/cipher$/, replacement: at('./adapters/cipher.ts') },
      { find: /^servicebook\/stand-in$/, replacement: at('./adapters/stand-in/index.ts') },
      { find: /^servicebook\/testing$/, replacement: at('./test/conformance/index.ts') },
    ],
  },
}
const test = { setupFiles: 'test/seeded.ts', testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    globalSetup: ['test/seed.ts', 'test/serve.ts'],
    // Left to itself vitest keeps a core free: half of a machine with two.
    maxWorkers: '100%',
    projects: [
      { ...shared, test: { ...test, name: 'alone', include: alone } },
      // What is imported stays for the next file: to import it anew for each took a quarter of the time of all tests.
      {
        ...shared,
        test: { ...test, name: 'together', include: ['test/**/*.test.ts'], exclude: alone, isolate: false },
      },
    ],
  },
})
