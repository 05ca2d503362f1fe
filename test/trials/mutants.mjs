import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * Stryker over the sources: which changes of the code no test notices. It is installed when it is asked for, outside the
 * project, since it is large and rarely run; it works on a copy, and what it found last time it does not try again.
 */

const VERSION = '9.6.1'
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HOME = path.join(tmpdir(), `servicebook-stryker-${VERSION}`)
/** What is mutated unless files are named, and how much of it must be killed. */
const ROOMS = { 'src/rules': 90, 'src/execution': 90, 'src/model': 90, adapters: 80 }

function installed() {
  const modules = path.join(HOME, 'node_modules')
  if (!existsSync(path.join(modules, '@stryker-mutator', 'vitest-runner'))) {
    mkdirSync(HOME, { recursive: true })
    writeFileSync(path.join(HOME, 'package.json'), '{"private":true}')
    const names = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`)
    const given = ['install', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...names]
    const { status } = spawnSync('npm', given, { cwd: HOME, stdio: 'inherit' })
    if (status !== 0) throw new Error('Stryker could not be installed')
  }
  // Both must be the project's own.
  for (const name of ['vitest', 'typescript']) {
    const link = path.join(modules, name)
    rmSync(link, { recursive: true, force: true })
    symlinkSync(path.join(ROOT, 'node_modules', name), link)
  }
  return createRequire(path.join(HOME, 'package.json'))
}

/** Runs it over files, or all rooms; answers whether as many mutants were killed as should be. */
export async function mutants(files) {
  const require = installed()
  const report = path.join(HOME, 'report.json')
  const config = path.join(HOME, 'stryker.json')
  const settings = {
    testRunner: 'vitest',
    plugins: [require.resolve('@stryker-mutator/vitest-runner')],
    mutate: files.length > 0 ? files : Object.keys(ROOMS).map((room) => `${room}/**/*.ts`),
    vitest: { configFile: 'test/trials/mutants.config.ts' },
    coverageAnalysis: 'perTest',
    ignoreStatic: true,
    incremental: true,
    incrementalFile: path.join(HOME, 'incremental.json'),
    tempDirName: path.join(HOME, 'copy'),
    ignorePatterns: ['dist', 'bench', '.git', 'docs', '*.tgz'],
    concurrency: 1,
    allowEmpty: true,
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: report },
  }
  writeFileSync(config, JSON.stringify(settings))
  const { openServer } = await import('./database.mjs')
  const server = await openServer()
  try {
    const bin = path.join(path.dirname(require.resolve('@stryker-mutator/core/package.json')), 'bin', 'stryker.js')
    const env = { ...process.env, DATABASE_URL: server.url }
    const child = spawn(process.execPath, [bin, 'run', config], { cwd: ROOT, stdio: 'inherit', env })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`Stryker ended with ${code}`)
  } finally {
    await server.close()
  }
  return told(JSON.parse(readFileSync(report, 'utf8')))
}

const dead = new Set(['Killed', 'Timeout'])
const alive = new Set(['Survived', 'NoCoverage'])

/** Says what lives, and how much of each room was killed. */
function told({ files }) {
  let isEnough = true
  for (const [room, least] of Object.entries(ROOMS)) {
    const all = Object.entries(files)
      .filter(([file]) => file.startsWith(`${room}/`))
      .flatMap(([file, { mutants }]) => mutants.map((one) => ({ file, ...one })))
    const [killed, lives] = [dead, alive].map((states) => all.filter(({ status }) => states.has(status)))
    if (killed.length + lives.length === 0) continue
    for (const { file, location, mutatorName, replacement, status } of lives)
      console.log(`${file}:${location.start.line}:${location.start.column} ${status} ${mutatorName}: ${replacement}`)
    const share = (100 * killed.length) / (killed.length + lives.length)
    console.log(`${room}: ${killed.length} of ${killed.length + lives.length} killed, ${share.toFixed(1)} %`)
    isEnough &&= share >= least
  }
  return isEnough
}
