import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory } from './catalogue.js'
import { databaseUrl, emptySchema } from './database.js'
import { examples, pages } from './pages.js'

const run = (command: string, args: readonly string[], cwd = process.cwd(), env = process.env) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd, env })
  return { status, output: stdout + stderr }
}

test('results are made with the neverthrow that comes along, and go together with those of a host', () => {
  const program = `
    const { openBook, createService, mlmodelServices } = require('servicebook')
    const { memoryStore } = require('servicebook/memory')
    const { ok, ResultAsync } = require('neverthrow')
    const book = openBook({ family: mlmodelServices, store: memoryStore() })
    const create = (name) => createService(book, { name, serviceType: 'Sklearn' })
    const theirs = ResultAsync.combine([create('a'), create('b')]).andThen(([{ version }]) => ok(version))
    const ours = create('c').andThen(({ version }) => ok(version)).andThen(() => create('c'))
    Promise.all([theirs, ours]).then(([{ value }, { error }]) => console.log(value, error.code))`
  expect(run(process.execPath, ['-e', program])).toEqual({ status: 0, output: '0.1 ENTITY_ALREADY_EXISTS\n' })
})

const readme = fs.readFileSync('README.md', 'utf8')

describe('README and docs', () => {
  test('has its examples in it, is read in a few minutes, and leads to pages that are there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(11)
    expect(readme.split('\n').length).toBeLessThanOrEqual(250)
    for (const page of pages) {
      for (const [, link] of fs.readFileSync(page, 'utf8').matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
        if (/^https?:/.test(link as string)) continue
        expect(fs.existsSync(path.join(path.dirname(page), link as string)), `${page}: ${link}`).toBe(true)
      }
    }
  })

  test.each(examples)('$name runs, and prints what its comments say', async ({ code }) => {
    const directory = temporaryDirectory()
    fs.mkdirSync(path.join(directory, 'node_modules'))
    fs.symlinkSync(process.cwd(), path.join(directory, 'node_modules', 'servicebook'))
    for (const used of ['pg', 'typebox'])
      fs.symlinkSync(path.resolve('node_modules', used), path.join(directory, 'node_modules', used))
    const { schema, close } = await emptySchema()
    onTestFinished(close)
    const url = new URL(databaseUrl)
    url.searchParams.set('options', `-c search_path=${schema}`)
    fs.writeFileSync(path.join(directory, 'package.json'), '{"type":"module"}')
    fs.writeFileSync(path.join(directory, 'example.js'), code)
    const { status, output } = run(process.execPath, ['--test-reporter=tap', 'example.js'], directory, {
      ...process.env,
      DATABASE_URL: url.href,
    })
    expect(output).not.toMatch(/Error|not ok/)
    expect(status).toBe(0)
    const promised = [...code.matchAll(/^(?:.*console\.log\(.*\) )?\/\/ (.*)$/gm)].map(([, comment]) => comment)
    if (promised.length > 0) expect(output.trimEnd().split('\n')).toEqual(promised)
  })

  test('what it shows in other languages is a piece of recipes that run', () => {
    const recipes = fs.readFileSync('docs/stand-in.md', 'utf8')
    const pieces = [...readme.matchAll(/```(?:python|java)\n(.*?)```/gs)].map(([, piece]) => piece)
    expect(pieces).toHaveLength(2)
    for (const piece of pieces) expect(recipes).toContain(piece)
  })

  test('every command it gives is a script of the package or npm itself', () => {
    const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
    for (const [, name] of readme.matchAll(/npm run (\w+)/g)) expect(Object.keys(scripts)).toContain(name)
  })

  test('the picture names rooms that exist', () => {
    for (const [, file] of readme.matchAll(/^\s*[│┌└├─ ]*((?:src|adapters|test|bench|examples)\/[\w./-]+)/gm)) {
      expect(fs.existsSync(file as string), file).toBe(true)
    }
  })

  test('every word of the picture is a file of src/', () => {
    const picture = readme.slice(readme.indexOf('│ src/verbs/'), readme.indexOf('adapters/          memory.ts'))
    const told = picture.split('\n').map((line) => line.replace(/^.*(?:│|src\/ports\/) {2}/, ''))
    const words = told
      .flatMap((line) => line.split(/ [·→] /))
      .map((part) => /^[a-z]+(?=$|[:,])/.exec(part)?.[0])
      .filter((word) => word !== undefined)
    expect(words.length).toBeGreaterThan(60)
    const files = fs.readdirSync('src', { recursive: true, encoding: 'utf8' }).map((name) => path.parse(name).name)
    expect(words.filter((word) => !files.includes(word))).toEqual([])
  })
})
