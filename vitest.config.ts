import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
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
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/seed.ts', 'test/serve.ts'],
    setupFiles: 'test/seeded.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
