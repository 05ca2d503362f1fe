import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/* What a host that bundles one verb and `memoryStore` ships, in bytes as servers send them. */

const PROGRAM = `
  import { createService, mlmodelServices, openBook } from 'servicebook'
  import { memoryStore } from 'servicebook/memory'
  createService(openBook({ family: mlmodelServices, store: memoryStore() }), { name: 'a', serviceType: 'Sklearn' })`
const ALIASES = { servicebook: './src/index.ts', 'servicebook/memory': './adapters/memory.ts' }
const BUILT = { servicebook: './dist/index.js', 'servicebook/memory': './dist/memory.js' }
const PACKAGES = ['typebox', 'typebox/*', 'neverthrow', 'immer', 'ulid']

async function size(external: string[], alias = ALIASES): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    alias,
    external,
    logLevel: 'error',
  })
  return brotliCompressSync(outputFiles[0]?.contents as Uint8Array).length
}

test('one verb and memoryStore are at most 44.5 KB in a bundle, of which our own code is at most 24.6 KB', async () => {
  expect(await size([])).toBeLessThanOrEqual(44.5 * 1024)
  expect(await size(PACKAGES)).toBeLessThanOrEqual(24.6 * 1024)
})

test('whoever bundles the package as it is built ships 41.5 KB at most', async () => {
  expect(await size([], BUILT)).toBeLessThanOrEqual(41.5 * 1024)
})

test('who bundles that gets neither immer nor another entry', async () => {
  const { metafile } = await build({
    stdin: { contents: PROGRAM, resolveDir: process.cwd() },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    metafile: true,
    alias: ALIASES,
  })
  const [output] = Object.values(metafile.outputs)
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  const unused = used
    .map(([file]) => file)
    .filter((file) =>
      /node_modules\/immer|adapters\/(fs|http|postgres|command|stand-in)|families\/(database|dashboard)|verbs\/(bulk|patch)/.test(
        file,
      ),
    )
  expect(unused).toEqual([])
})
