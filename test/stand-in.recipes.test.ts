import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from './catalogue.js'

/* The recipes as their runners run them, on the built package. */

const run = (...args: readonly string[]) => {
  const { NODE_TEST_CONTEXT: _, VITEST: __, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
  })
  return { status, output: stdout + stderr }
}

test('node:test', () => {
  const { status, output } = run('--test', '--test-reporter=tap', 'examples/stand-in/node.test.mjs')
  expect(output).toMatch(/^# pass 2$/m)
  expect(status).toBe(0)
})

test('Vitest', () => {
  const project = temporaryDirectory()
  fs.mkdirSync(path.join(project, 'node_modules'))
  fs.symlinkSync(process.cwd(), path.join(project, 'node_modules', 'servicebook'))
  fs.symlinkSync(path.resolve('node_modules/vitest'), path.join(project, 'node_modules', 'vitest'))
  fs.copyFileSync('examples/stand-in/vitest.test.mjs', path.join(project, 'vitest.test.mjs'))
  const { status, output } = run(path.resolve('node_modules/vitest/vitest.mjs'), 'run', '--root', project)
  expect(output).toMatch(/Tests {2}3 passed/)
  expect(status).toBe(0)
})

test('the docs show each recipe as it is run', () => {
  const docs = fs.readFileSync('docs/stand-in.md', 'utf8')
  const blocks = [...docs.matchAll(/```\w+\n(.*?)```/gs)].map(([, code]) => code)
  const recipes = fs.readdirSync('examples/stand-in')
  expect(recipes.length).toBeGreaterThanOrEqual(6)
  for (const name of recipes) expect(blocks).toContain(fs.readFileSync(`examples/stand-in/${name}`, 'utf8'))
})
