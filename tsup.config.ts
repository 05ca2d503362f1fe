import { readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    families: 'src/families/index.ts',
    memory: 'adapters/memory.ts',
    fs: 'adapters/fs/index.ts',
    postgres: 'adapters/postgres/index.ts',
    http: 'adapters/http/index.ts',
    cipher: 'adapters/cipher.ts',
    'stand-in': 'adapters/stand-in/index.ts',
    command: 'adapters/command/main.ts',
    testing: 'test/conformance/index.ts',
  },
  format: 'esm',
  target: 'node20',
  clean: true,
  // Declarations come from tsc: one second instead of ten.
  dts: false,
  sourcemap: true,
  splitting: true,
  // 700 small modules take half a second to import; bundled they take 40 ms.
  noExternal: [/^typebox/],
  // Adapters import the package by its own name, as an adapter of a third party does.
  external: ['servicebook', 'pg'],
  esbuildPlugins: [
    {
      // CommonJS in an ES module has no `require`, and commander wants what Node has.
      name: 'builtin modules of commander',
      setup(build) {
        build.onLoad({ filter: /commander[\\/]lib[\\/]\w+\.js$/ }, ({ path }) => ({
          contents: readFileSync(path, 'utf8').replace(/require\(('node:\w+')\)/g, 'globalThis.process.getBuiltinModule($1)'),
        }))
      },
    },
    {
      // TypeBox makes an encoder when it is imported, and some test environments have none; it is for hashing, which is not used.
      name: 'no encoder at import',
      setup(build) {
        build.onLoad({ filter: /typebox[\\/]build[\\/]system[\\/]hashing[\\/]hash\.mjs$/ }, ({ path }) => {
          const text = readFileSync(path, 'utf8')
          const made = 'const encoder = new TextEncoder();'
          if (!text.includes(made)) throw new Error(`${path} has no ${made}`)
          return {
            contents: text.replace(made, 'const encoder = { encode: (text) => new TextEncoder().encode(text) };'),
          }
        })
      },
    },
  ],
})
