import { createRequire } from 'node:module'
import path from 'node:path'
import { expect, test } from 'vitest'

/*
 * What a host pays for families that it does not use. Tables are functions, so that a bundler can leave them out.
 */

interface Bundler {
  build(options: object): Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>
}
const require = createRequire(import.meta.url)
// The bundler that makes the package.
const { build } = createRequire(require.resolve('tsup'))('esbuild') as Bundler

const names = [
  'databaseServices',
  'dashboardServices',
  'messagingServices',
  'pipelineServices',
  'mlmodelServices',
  'storageServices',
  'searchServices',
  'metadataServices',
  'apiServices',
  'securityServices',
  'driveServices',
  'llmServices',
  'mcpServices',
]

async function bundle(used: readonly string[]): Promise<string> {
  const contents = `import { ${used.join(', ')} } from './index.ts'; console.log(${used.join(', ')})`
  const resolveDir = path.resolve(import.meta.dirname, '../src/families')
  const stdin = { contents, resolveDir, loader: 'ts' }
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'node',
  })
  return outputFiles.map(({ text }) => text).join('')
}

test.each(names)('a bundle that uses %s carries at most 10 KB that is not of it', async (name) => {
  const [alone, others, all] = await Promise.all(
    [[name], names.filter((other) => other !== name), names].map((used) => bundle(used)),
  )
  const sizes = [alone, others, all].map((text = '') => Buffer.byteLength(text))
  const [own = 0, rest = 0, whole = 0] = sizes
  expect(own + rest - whole).toBeLessThan(10 * 1024)
  expect(own).toBeGreaterThan(0)
})

test('families need none of the libraries at import, and a bundle that uses none has nothing of them', async () => {
  expect((await bundle(['allFamilies'])).length).toBeLessThan(60_000)
  expect(await bundle(['mcpServices'])).not.toMatch(/Snowflake|Airflow|Tableau/)
})
