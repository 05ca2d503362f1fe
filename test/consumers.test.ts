import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { build, transformSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examples } from './pages.js'

/*
 * The package as whoever installs it has it: packed, unpacked, and beside it only what it depends on. `npm run consumers`
 * does more of the same, with what has to be downloaded first.
 */

const room = fs.mkdtempSync(path.join(os.tmpdir(), 'servicebook-consumer-'))
const installed = path.join(room, 'node_modules', 'servicebook')
const manifest = JSON.parse(fs.readFileSync('package.json', 'utf8'))

function run(command: string, args: readonly string[], cwd = room) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd })
  return { status, output: stdout + stderr }
}
const write = (name: string, text: string) => {
  fs.mkdirSync(path.dirname(path.join(room, name)), { recursive: true })
  fs.writeFileSync(path.join(room, name), text)
}
const fine = { status: 0, output: '' }
const ok = { status: 0, output: 'ok\n' }

beforeAll(() => {
  fs.mkdirSync(installed, { recursive: true })
  expect(run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', room], process.cwd()).status).toBe(0)
  const [tarball] = fs.readdirSync(room).filter((name) => name.endsWith('.tgz'))
  expect(run('tar', ['-xzf', tarball as string, '-C', installed, '--strip-components=1'])).toEqual(fine)
  for (const name of [...Object.keys(manifest.dependencies), ...FOR_EXAMPLES]) {
    fs.mkdirSync(path.dirname(path.join(room, 'node_modules', name)), { recursive: true })
    fs.symlinkSync(path.resolve('node_modules', name), path.join(room, 'node_modules', name))
  }
  const check = fs.readFileSync('test/consumers/check.mjs', 'utf8')
  write('check.mjs', check)
  write('check.cjs', transformSync(check, { format: 'cjs' }).code)
  write('import.mjs', `import { check } from './check.mjs'\nimport { aesCipher } from 'servicebook/cipher'\n${CALL}`)
  write(
    'require.cjs',
    `const { check } = require('./check.cjs')\nconst { aesCipher } = require('servicebook/cipher')\n${CALL}`,
  )
})
afterAll(() => fs.rmSync(room, { recursive: true, force: true }))

const FOR_EXAMPLES = ['@types/node', 'undici-types', 'typebox', 'pg', '@types/pg', 'pg-protocol', 'pg-types']
const CALL = 'check(aesCipher).then(console.log)\n'
const NO_EVAL = '--disallow-code-generation-from-strings'

describe('it runs', () => {
  test('imported', () => {
    expect(run(process.execPath, ['import.mjs'])).toEqual(ok)
  })

  test('required, as CommonJS and without what makes ESM of it', () => {
    expect(run(process.execPath, ['--no-experimental-require-module', 'require.cjs'])).toEqual(ok)
  })

  test('where code generation from strings is forbidden', () => {
    expect(run(process.execPath, [NO_EVAL, 'import.mjs'])).toEqual(ok)
    expect(run(process.execPath, [NO_EVAL, 'require.cjs'])).toEqual(ok)
  })

  test('where the host has no TextEncoder, as in jsdom under Jest', () => {
    write(
      'bare.cjs',
      `delete globalThis.TextEncoder\ndelete globalThis.structuredClone\ndelete globalThis.Request\nrequire('./require.cjs')\n`,
    )
    expect(run(process.execPath, ['bare.cjs'])).toEqual(ok)
  })

  test('bundled by esbuild for a browser or a worker, without a module of Node', async () => {
    for (const [name, format] of [
      ['bundle.mjs', 'esm'],
      ['bundle.cjs', 'cjs'],
    ] as const) {
      write('worker.mjs', `import { check } from './check.mjs'\ncheck().then(console.log)\n`)
      const options = { bundle: true, minify: true, platform: 'browser', format, logLevel: 'silent' } as const
      const { warnings } = await build({
        ...options,
        entryPoints: [path.join(room, 'worker.mjs')],
        outfile: path.join(room, name),
      })
      expect(warnings).toEqual([])
      expect(run(process.execPath, [NO_EVAL, name])).toEqual(ok)
    }
  })
})

describe('it compiles, and so do the examples of the README as they stand', () => {
  const host = fs.readFileSync('test/consumers/host.ts', 'utf8')
  const base = {
    strict: true,
    skipLibCheck: true,
    target: 'ES2022',
    lib: ['ES2022', 'DOM'],
    types: ['node'],
    noEmit: true,
  }
  const exact = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true }

  // What the oldest compiler takes a quarter of a minute for is in `npm run consumers`.
  test.each([
    {
      how: 'as ESM and as CommonJS for Node, with TypeScript 7',
      compiler: 'typescript-7',
      options: { module: 'node16' },
      files: { 'host.mts': host, 'host.cts': host, ...named('mts') },
    },
    {
      how: 'for a bundler, with TypeScript 7',
      compiler: 'typescript-7',
      options: { ...exact, module: 'esnext', moduleResolution: 'bundler' },
      files: { 'host.ts': host },
    },
    {
      how: 'with moduleResolution node, with TypeScript 5.4',
      compiler: 'typescript-5.4',
      options: { module: 'esnext', moduleResolution: 'node', esModuleInterop: true },
      files: { 'host.ts': host, ...named('ts') },
    },
  ])('$how', ({ compiler, files, options }) => {
    expect(examples.length).toBeGreaterThanOrEqual(11)
    for (const [file, text] of Object.entries(files)) write(`types/${file}`, text)
    write(
      'types/tsconfig.json',
      JSON.stringify({ compilerOptions: { ...base, ...options }, files: Object.keys(files) }),
    )
    const tsc = path.resolve('node_modules', compiler, 'bin', 'tsc')
    expect(run(process.execPath, [tsc, '-p', 'types'])).toEqual(fine)
  })

  function named(extension: string): Record<string, string> {
    return Object.fromEntries(examples.map(({ code }, at) => [`readme-${at}.${extension}`, code]))
  }
})

describe('what is in it', () => {
  // Every way of resolving types takes half a minute of CPU, and is in `npm run consumers`.
  test('the exports map is right: publint finds nothing', () => {
    const publint = path.resolve('node_modules', '.bin', 'publint')
    expect(run(publint, ['--strict', '--pack', 'false', installed])).toMatchObject({ status: 0 })
  })

  const files = () => fs.readdirSync(installed, { recursive: true, encoding: 'utf8' })

  test('every declaration leads to its source', () => {
    const maps = files().filter((name) => name.endsWith('.d.ts.map'))
    expect(maps.length).toBeGreaterThan(100)
    for (const name of maps) {
      const { sources } = JSON.parse(fs.readFileSync(path.join(installed, name), 'utf8')) as { sources: string[] }
      for (const source of sources)
        expect(fs.existsSync(path.join(installed, path.dirname(name), source)), name).toBe(true)
    }
  })

  test('what README and docs lead to is there', () => {
    const pages = ['README.md', ...files().filter((name) => /^docs\/\w[\w-]*\.md$/.test(name))]
    expect(pages.length).toBeGreaterThan(8)
    for (const page of pages)
      for (const [, link] of fs
        .readFileSync(path.join(installed, page), 'utf8')
        .matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        expect(fs.existsSync(path.join(installed, path.dirname(page), link as string)), `${page}: ${link}`).toBe(true)
  })

  test('nothing comes along that nobody uses', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['immer', 'ulid'])
    const size = files().reduce((sum, name) => sum + fs.statSync(path.join(installed, name)).size, 0)
    expect(size).toBeLessThan(7_000_000)
  })
})
