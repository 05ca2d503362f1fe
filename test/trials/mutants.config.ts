import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.js'

/* One long run in one process, in which the sources have all their mutants inside, each behind a switch. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const sources = path.join(process.env.MUTANTS_HOME ?? '', 'sources')

const [project] = base.test?.projects ?? []
const { resolve } = project as { readonly resolve: object }

/** A source as it was prepared, in place of the one that lies there. */
function load(id: string): string | undefined {
  const prepared = path.join(sources, path.relative(ROOT, id))
  return id.startsWith(ROOT) && existsSync(prepared) ? readFileSync(prepared, 'utf8') : undefined
}

export default defineConfig({
  resolve,
  plugins: [{ name: 'mutants', enforce: 'pre', load }],
  test: {
    include: ['test/trials/mutants-judge.mjs'],
    globalSetup: ['test/seed.ts', 'test/serve.ts'],
    setupFiles: 'test/seeded.ts',
    isolate: false,
    maxWorkers: 1,
    testTimeout: 5000,
    hookTimeout: 10_000,
    teardownTimeout: 1000,
  },
})
