import fs from 'node:fs'
import { defineConfig, type Options } from 'tsup'

fs.rmSync('dist', { recursive: true, force: true })

const shared: Options = {
  entry: {
    index: 'src/index.ts',
    families: 'src/families/index.ts',
    memory: 'adapters/memory.ts',
    fs: 'adapters/fs/index.ts',
    postgres: 'adapters/postgres/index.ts',
    http: 'adapters/http/index.ts',
    cipher: 'adapters/cipher.ts',
    'stand-in': 'adapters/stand-in/index.ts',
    testing: 'test/conformance/index.ts',
  },
  target: 'node20',
  // Declarations come from tsc and build/declarations.mjs: a second instead of ten.
  dts: false,
  removeNodeProtocol: false,
  // 700 small modules take half a second to import, and only ESM can; the other one brings a bundler's binary along.
  noExternal: [/^typebox/, 'neverthrow'],
  // The sources are in the package.
  esbuildOptions: (options) => {
    options.sourcesContent = false
  },
  // Adapters import the package by its own name, as an adapter of a third party does; built, they are neighbours.
  esbuildPlugins: [
    {
      name: 'neighbours',
      setup: (build) =>
        build.onResolve({ filter: /^servicebook(\/[\w-]+)?$/ }, ({ path }) => ({
          path: path === 'servicebook' ? './index.js' : `./${path.slice('servicebook/'.length)}.js`,
          external: true,
        })),
    },
    {
      // CommonJS in an ES module has no `require`, and commander wants what Node has. Our command starts no programs, for which
      // to load what does takes a tenth of its start.
      name: 'builtin modules of commander',
      setup: (build) =>
        build.onLoad({ filter: /commander[\\/]lib[\\/]\w+\.js$/ }, ({ path }) => ({
          contents: fs
            .readFileSync(path, 'utf8')
            .replace("require('node:child_process')", '{}')
            .replace(/require\(('node:\w+')\)/g, 'globalThis.process.getBuiltinModule($1)'),
        })),
    },
    {
      // What a format is said of is not checked by it, and what checks them is a tenth of a bundle.
      name: 'no formats',
      setup: (build) =>
        build.onLoad({ filter: /typebox[\\/]build[\\/]format[\\/]index\.mjs$/ }, () => ({
          contents: 'export const Format = { Has: () => false, Test: () => true }',
        })),
    },
    {
      // Jest's jsdom has no TextEncoder, and TypeBox makes one when it is imported.
      name: 'encoder at use',
      setup: (build) =>
        build.onLoad({ filter: /typebox[\\/]build[\\/]system[\\/]hashing[\\/]hash\.mjs$/ }, ({ path }) => {
          const text = fs.readFileSync(path, 'utf8')
          const eager = /const encoder = new TextEncoder\(\);?/
          if (!eager.test(text)) throw new Error('TypeBox makes its TextEncoder elsewhere')
          return {
            contents: text.replace(eager, 'const encoder = { encode: (one) => new TextEncoder().encode(one) };'),
          }
        }),
    },
  ],
}

export default defineConfig([
  {
    ...shared,
    entry: { ...(shared.entry as Record<string, string>), command: 'adapters/command/main.ts' },
    // Whoever keeps services in PostgreSQL has it.
    external: ['pg'],
    format: 'esm',
    outDir: 'dist',
    splitting: true,
    sourcemap: true,
  },
  // Its package.json says that it is CommonJS.
  { ...shared, format: 'cjs', outDir: 'dist/cjs', splitting: false, outExtension: () => ({ js: '.js' }) },
])
