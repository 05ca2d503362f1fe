import { configDefaults, defineConfig } from 'vitest/config'
import base from '../../vitest.config.js'

/* The tests that judge mutants: those on the sources, in this process. What runs the built package sees no mutant. */

const elsewhere = [
  'large',
  'turns',
  'trials',
  'package',
  'consumers',
  'command',
  'demo',
  'crash',
  'hosts',
  'recipes',
  'types',
  'server',
]
const slow = ['mutants', 'canary', 'architecture', 'docstrings', 'families.bundle', 'families.facts']
const processes = ['lock', 'realms', 'copies', 'telemetry', 'citus', 'heir', 'stranger', 'timers']

const [project] = base.test?.projects ?? []
const { resolve } = project as { readonly resolve: object }

export default defineConfig({
  resolve,
  test: {
    include: ['test/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      ...[...elsewhere, ...slow, ...processes].map((name) => `test/*${name}*.test.ts`),
    ],
    globalSetup: ['test/seed.ts', 'test/serve.ts'],
    setupFiles: 'test/seeded.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    bail: 1,
  },
})
