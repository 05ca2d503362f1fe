import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/*
 * The sources with all their mutants inside, each behind a switch. What makes them, the instrumenter of Stryker, is
 * installed when it is asked for, outside the project, since it is rarely run.
 */

const VERSION = '9.6.1'

async function installed(home) {
  const name = '@stryker-mutator/instrumenter'
  const where = path.join(home, 'node_modules', name, 'package.json')
  if (!existsSync(where) || JSON.parse(readFileSync(where, 'utf8')).version !== VERSION) {
    writeFileSync(path.join(home, 'package.json'), '{"private":true}')
    const given = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', `${name}@${VERSION}`]
    if (spawnSync('npm', given, { cwd: home, stdio: 'inherit' }).status !== 0)
      throw new Error(`${name} was not installed`)
  }
  const { Instrumenter } = await import(pathToFileURL(path.join(path.dirname(where), 'dist/src/index.js')).href)
  const silent = { isDebugEnabled: () => false, debug() {}, info() {}, warn() {} }
  return new Instrumenter(silent)
}

export const digestOf = (text) => createHash('sha1').update(text).digest('hex').slice(0, 12)

/** Puts the prepared sources into `sources`, and answers their digest and their mutants. */
export async function prepared(home, root, files) {
  const instrumenter = await installed(home)
  const folder = path.join(home, 'sources')
  rmSync(folder, { recursive: true, force: true })
  const mutants = []
  const digests = []
  for (const file of files) {
    const content = readFileSync(path.join(root, file), 'utf8')
    const made = await instrumenter.instrument([{ name: file, mutate: true, content }], {
      plugins: null,
      excludedMutations: [],
      ignorers: [],
      noHeader: true,
    })
    const [{ content: text }] = made.files
    const header = `const { act: stryMutAct_9fa48, cov: stryCov_9fa48 } = globalThis.mutantsOf(${JSON.stringify(file)});`
    const target = path.join(folder, file)
    mkdirSync(path.dirname(target), { recursive: true })
    // A line for the shell may only be the first.
    writeFileSync(target, header + text.replace(/^#!.*\n/, ''))
    const digest = digestOf(content)
    digests.push(digest)
    const lines = content.split('\n')
    for (const { id, location, mutatorName, replacement } of made.mutants) {
      const what = textAt(lines, location)
      const one = { file, id, line: location.start.line + 1, kind: mutatorName, what, replacement }
      if (!isWording(one)) mutants.push({ ...one, digest, key: `${file} ${digest} ${id}` })
    }
  }
  return { sources: digestOf(digests.join()), all: mutants }
}

/** Words for people: to judge them a test would have to repeat them. SQL is none. */
const isWording = ({ file, kind, what }) =>
  kind === 'StringLiteral' && /[a-z] /.test(what) && !file.startsWith('adapters/postgres/')

function textAt(lines, { start, end }) {
  const taken = lines.slice(start.line, end.line + 1)
  taken[taken.length - 1] = taken.at(-1).slice(0, end.column)
  taken[0] = taken[0].slice(start.column)
  return taken.join(' ').replace(/\s+/g, ' ').slice(0, 160)
}
