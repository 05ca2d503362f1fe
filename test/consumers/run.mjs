/*
 * The consumer matrix: the package is packed, installed beside what each consumer needs, and `check.mjs` is run in it. All is
 * downloaded into a temporary directory. `npm run consumers -- jest deno` takes those whose names have one of these words.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { transformSync } from 'esbuild'

const here = import.meta.dirname
const check = fs.readFileSync(path.join(here, 'check.mjs'), 'utf8')
const host = fs.readFileSync(path.join(here, 'host.ts'), 'utf8')
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'servicebook-consumers-'))
const CALL = 'check(aesCipher).then(console.log)\n'
/** What there is in every room. */
const programs = {
  'check.mjs': check,
  'check.cjs': transformSync(check, { format: 'cjs' }).code,
  'import.mjs': `import { check } from './check.mjs'\nimport { aesCipher } from 'servicebook/cipher'\n${CALL}`,
  'require.cjs': `const { check } = require('./check.cjs')\nconst { aesCipher } = require('servicebook/cipher')\n${CALL}`,
  'anywhere.mjs': `import { check } from './check.mjs'\ncheck().then(console.log)\n`,
  'package.json': '{ "private": true }',
}

const both = (...command) => [
  [...command, 'import.mjs'],
  [...command, 'require.cjs'],
]
const node = (version) => ({
  name: `Node ${version}`,
  packages: [`node@${version}`],
  commands: both('node_modules/node/bin/node'),
})

const vitest = (environment, ...packages) => ({
  name: `Vitest, ${environment}`,
  packages: ['vitest@4.1.12', ...packages],
  files: {
    'check.test.mjs': `import { expect, test, vi } from 'vitest'\nimport { check } from './check.mjs'\n${TESTS('vi')}`,
    'vitest.config.mjs': `export default { test: { environment: '${environment}' } }`,
  },
  commands: [['node_modules/.bin/vitest', 'run']],
})

const jest = (environment, ...packages) => ({
  name: `Jest, ${environment}`,
  packages: ['jest@30.5.2', ...packages],
  files: {
    'check.test.js': `const { check } = require('./check.cjs')\n${TESTS('jest')}`,
    'jest.config.json': JSON.stringify({ testEnvironment: environment, testMatch: ['**/check.test.js'] }),
  },
  commands: [['node_modules/.bin/jest']],
})

/** Also where the host's tests fake the timers. */
function TESTS(fake) {
  return `test('it runs', async () => { expect(await check()).toBe('ok') })
test('under fake timers, too', async () => {
  ${fake}.useFakeTimers()
  try { expect(await check()).toBe('ok') } finally { ${fake}.useRealTimers() }
})\n`
}

/** What a suite puts into its own project, as `examples/` has it. */
const recipe = (name) => fs.readFileSync(path.join(here, '..', '..', 'examples', 'stand-in', name), 'utf8')

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>catalogue</artifactId><version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>6.1.3</version><scope>test</scope>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.0</version></plugin>
      <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.6.1</version></plugin>
    </plugins>
  </build>
</project>
`

const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true }
const types = (version, how, options, files) => ({
  name: `TypeScript ${version}, ${how}`,
  packages: [`typescript@${version}`, '@types/node@20.19.43'],
  files: {
    ...Object.fromEntries(files.map((file) => [file, host])),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        ...strict,
        target: 'ES2022',
        lib: ['ES2022', 'DOM'],
        types: ['node'],
        noEmit: true,
        ...options,
      },
      files,
    }),
  },
  commands: [['node_modules/.bin/tsc']],
})
const compilers = ['5.4.5', '6.0.3', '7.0.2'].flatMap((version) => [
  types(version, 'module node16', { module: 'node16' }, ['host.mts', 'host.cts']),
  types(version, 'moduleResolution bundler', { module: 'esnext', moduleResolution: 'bundler' }, ['host.ts']),
  ...(version === '5.4.5'
    ? [types(version, 'moduleResolution node', { module: 'commonjs', moduleResolution: 'node' }, ['host.ts'])]
    : []),
])

const consumers = [
  {
    name: 'every way of resolving types',
    packages: ['@arethetypeswrong/cli@0.18.5'],
    commands: [['node_modules/.bin/attw', '--quiet', 'package.tgz']],
  },
  ...['20', '22', '24', 'latest'].map(node),
  { name: 'Node without eval', packages: [], commands: both('node', '--disallow-code-generation-from-strings') },
  { name: 'Bun', packages: ['bun@1.4.5'], commands: both('node_modules/.bin/bun', 'run') },
  { name: 'Deno', packages: ['deno@2.9.6'], commands: both('node_modules/.bin/deno', 'run', '--allow-all') },
  {
    name: 'workerd',
    packages: ['miniflare@4.20260730.0', 'esbuild@0.27.7'],
    files: {
      'worker.mjs': `import { check } from './check.mjs'
export default { fetch: async () => new Response(await check()) }\n`,
      'run.mjs': `import { Miniflare } from 'miniflare'
const worker = new Miniflare({ modules: true, scriptPath: 'bundle.mjs', compatibilityDate: '2026-07-01' })
console.log(await (await worker.dispatchFetch('http://localhost/')).text())
await worker.dispose()\n`,
    },
    commands: [
      [
        'node_modules/.bin/esbuild',
        'worker.mjs',
        '--bundle',
        '--format=esm',
        '--outfile=bundle.mjs',
        '--conditions=workerd',
        '--log-level=error',
      ],
      ['node', 'run.mjs'],
    ],
  },
  vitest('node'),
  vitest('jsdom', 'jsdom@26.1.0'),
  vitest('happy-dom', 'happy-dom@20.0.0'),
  vitest('edge-runtime', '@edge-runtime/vm@5.0.0'),
  jest('node'),
  jest('jsdom', 'jest-environment-jsdom@30'),
  jest('@happy-dom/jest-environment', '@happy-dom/jest-environment@20.0.0'),
  jest('@edge-runtime/jest-environment', '@edge-runtime/jest-environment@4'),
  {
    name: 'Jest, ts-jest',
    packages: ['jest@30.5.2', 'ts-jest@29.4.15', 'typescript@5.9', '@types/jest@30', '@types/node@20.19.43'],
    files: {
      'host.ts': host,
      'host.test.ts': `import { outcomes, trackingUri } from './host'
test('a host in TypeScript', async () => {
  expect((await outcomes()).map((row) => row.error?.code)).toEqual([])
  await expect(trackingUri('a')).rejects.toThrow('needs a principal')
})\n`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: { ...strict, target: 'ES2022', module: 'commonjs', esModuleInterop: true },
      }),
      'jest.config.json': JSON.stringify({ preset: 'ts-jest', testMatch: ['**/host.test.ts'] }),
    },
    commands: [['node_modules/.bin/jest']],
  },
  {
    name: 'esbuild',
    packages: ['esbuild@0.27.7'],
    commands: [
      [
        'node_modules/.bin/esbuild',
        'anywhere.mjs',
        '--bundle',
        '--minify',
        '--format=esm',
        '--outfile=bundle.mjs',
        '--log-level=error',
      ],
      ['node', 'bundle.mjs'],
    ],
  },
  {
    name: 'rollup',
    packages: ['rollup@4.67.4', '@rollup/plugin-node-resolve@16', '@rollup/plugin-commonjs@28'],
    commands: [
      [
        'node_modules/.bin/rollup',
        'anywhere.mjs',
        '-f',
        'es',
        '-o',
        'bundle.mjs',
        '-p',
        'node-resolve',
        '-p',
        'commonjs',
        '--silent',
      ],
      ['node', 'bundle.mjs'],
    ],
  },
  {
    name: 'webpack',
    packages: ['webpack@5.113.0', 'webpack-cli@6'],
    files: {
      'webpack.config.cjs': `module.exports = { mode: 'production', entry: './anywhere.mjs', target: 'web', output: { path: __dirname, filename: 'bundle.cjs' }, performance: { hints: false } }`,
    },
    commands: [['node_modules/.bin/webpack'], ['node', 'bundle.cjs']],
  },
  ...compilers,
  {
    name: 'Recipe, Jest',
    packages: ['jest@30.5.2'],
    files: {
      'jest.test.cjs': recipe('jest.test.cjs'),
      'jest.config.json': JSON.stringify({ testMatch: ['**/jest.test.cjs'] }),
    },
    commands: [['node_modules/.bin/jest']],
  },
  {
    name: 'Recipe, MSW',
    // It needs what Node has since 22.
    packages: ['msw@3.0.5', 'node@22'],
    files: { 'msw.test.mjs': recipe('msw.test.mjs') },
    commands: [['node_modules/node/bin/node', '--test', 'msw.test.mjs']],
  },
  {
    name: 'Recipe, pytest',
    packages: [],
    files: { 'test_catalogue.py': recipe('test_catalogue.py') },
    commands: [
      ['python3', '-m', 'venv', '--system-site-packages', 'venv'],
      ['venv/bin/python', '-m', 'pip', 'install', '--quiet', 'pytest==9.2.0'],
      ['venv/bin/python', '-m', 'pytest', '-q', 'test_catalogue.py'],
    ],
  },
  {
    name: 'Recipe, JUnit',
    packages: [],
    files: { 'pom.xml': POM, 'src/test/java/CatalogueTest.java': recipe('CatalogueTest.java') },
    commands: [['mvn', '--quiet', '--batch-mode', 'test']],
  },
]

function run([command, ...args], cwd) {
  const file = /^(node_modules|venv)\//.test(command)
    ? path.join(cwd, command)
    : command === 'node'
      ? process.execPath
      : command
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, encoding: 'utf8', timeout: 1_800_000 })
  return { status, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` }
}

function failureOf({ packages, files = {}, commands }, tarball, room) {
  fs.mkdirSync(room)
  for (const [name, text] of Object.entries({ ...programs, ...files })) {
    fs.mkdirSync(path.dirname(path.join(room, name)), { recursive: true })
    fs.writeFileSync(path.join(room, name), text)
  }
  fs.copyFileSync(tarball, path.join(room, 'package.tgz'))
  const install = run(['npm', 'install', '--silent', '--no-audit', '--no-fund', tarball, ...packages], room)
  if (install.status !== 0) return install.output
  for (const command of commands) {
    const { status, output } = run(command, room)
    const says =
      /\.(mjs|cjs)$/.test(command.at(-1) ?? '') && !/esbuild|rollup/.test(command[0]) && !command.includes('--test')
    if (status !== 0 || (says && !/^ok$/m.test(output))) return `${command.join(' ')}\n${output}`
  }
  return undefined
}

try {
  const packed = run(['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', root], process.cwd())
  if (packed.status !== 0) throw new Error(packed.output)
  const tarball = path.join(root, packed.output.trim().split('\n').at(-1))
  const words = process.argv.slice(2).map((word) => word.toLowerCase())
  const asked = consumers.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)),
  )
  for (const [at, consumer] of asked.entries()) {
    const failure = failureOf(consumer, tarball, path.join(root, String(at)))
    console.log(`${failure === undefined ? 'ok    ' : 'FAILED'} ${consumer.name}`)
    if (failure === undefined) continue
    console.log(failure)
    process.exitCode = 1
  }
} finally {
  fs.rmSync(root, { recursive: true, force: true })
}
