import { configDefaults, defineConfig, mergeConfig } from 'vitest/config'
import base from '../../vitest.config.js'

/* The tests that judge mutants: those on the sources, in this process. What runs the built package sees no mutant. */

const elsewhere = ['trials', 'package', 'consumers', 'command', 'demo', 'crash', 'hosts', 'recipes', 'types', 'server']
const slow = ['mutants', 'canary', 'architecture', 'families.bundle', 'families.facts', 'lock', 'realms', 'copies']

export default mergeConfig(
  base,
  defineConfig({
    test: {
      exclude: [...configDefaults.exclude, ...[...elsewhere, ...slow].map((name) => `test/*${name}*.test.ts`)],
      bail: 1,
    },
  }),
)
