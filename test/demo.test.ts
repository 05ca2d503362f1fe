import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

/*
 * The demo as a newcomer runs it: a process of its own, on the built package, in a folder of its own.
 */

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const requests = readFileSync(at('../examples/services.jsonl'), 'utf8').trimEnd().split('\n')

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'servicebook-demo-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function demo(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [at('../examples/demo.mjs'), ...args], {
    cwd,
    encoding: 'utf8',
  })
  return { status, stdout, stderr, counts: stdout.match(/created .*/g) }
}

function given(name: string, text: string) {
  writeFileSync(join(cwd, name), text)
  return name
}

const created = 295
const updated = 11
const failed = 8

test('the first run creates, updates and fails as the file says; whatever is sent again is unchanged', () => {
  expect(requests).toHaveLength(created + updated + failed)
  const all = `created 0   updated 0   unchanged ${created + updated}   failed ${failed}`

  const first = demo()
  expect(first).toMatchObject({ status: 0, stderr: '' })
  expect(first.counts).toEqual([`created ${created}   updated ${updated}   unchanged 0   failed ${failed}`, all])

  const second = demo()
  expect(second).toMatchObject({ status: 0, stderr: '' })
  expect(second.counts).toEqual([all, all])
})

test('each failure is shown with its line and every reason', () => {
  const { stdout } = demo()
  expect(stdout).toMatch(/line \d+ +checkout-propensity-prod +\/owner is not a known field\n/)
  expect(stdout).toMatch(
    /loyalty-tiers-prod .*trackingUri is not.*\n .*registryUri is not.*\n .*awsConfig is required\n/,
  )
  const cutOff = requests.findIndex((line) => !line.endsWith('}'))
  expect(stdout).toMatch(new RegExp(`line ${cutOff + 1} .* the line is not JSON\n`))
})

test('a conflict is shown as a value, and a service as it stands on disk', () => {
  const { stdout } = demo()
  expect(stdout).toContain("code: 'ENTITY_ALREADY_EXISTS'")
  expect(stdout).toContain('"version": 0.2')
  expect(stdout).toContain('"fieldsAdded": [{"name":"tags"')
})

test('a pipe gets plain lines, and the work tree stays clean', () => {
  const { stdout } = demo()
  for (const control of ['\r', '\u001b']) expect(stdout).not.toContain(control)
  expect(readdirSync(cwd)).toEqual(['.demo'])
  expect(readdirSync(join(cwd, '.demo'))).toEqual(['mlmodelService.jsonl'])
  expect(readFileSync(at('../.gitignore'), 'utf8').split('\n')).toContain('.demo/')
})

test('the file has all five service types, and no secrets', () => {
  const parsed = requests.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line))
  const types = new Set(parsed.map(({ serviceType }) => serviceType))
  for (const type of ['Mlflow', 'Sklearn', 'SageMaker', 'VertexAI', 'CustomMlModel']) expect(types).toContain(type)
  expect(requests.join('\n')).not.toMatch(/privateKey"|awsSecret|awsSession|connectionOptions|:\/\/[^"/@]*:[^"/@]*@/)
})

test('another file may be a JSON array', () => {
  const file = given(
    'mine.json',
    JSON.stringify(
      [
        { name: 'a.b', serviceType: 'Sklearn' },
        { name: 'c', serviceType: 'Nope' },
        { name: 'a.b', serviceType: 'Sklearn', tags: [{ tagFQN: 'Tier.Tier1' }] },
      ],
      null,
      2,
    ),
  )
  const { status, stdout, counts } = demo(file)
  expect(status).toBe(0)
  expect(counts).toEqual([
    'created 1   updated 1   unchanged 0   failed 1',
    'created 0   updated 0   unchanged 2   failed 1',
  ])
  expect(stdout).toMatch(/request 2 +c +\/serviceType must be one of Mlflow/)
})

test('another file may be JSON Lines, with blank lines and a byte order mark', () => {
  const file = given('mine.jsonl', '\uFEFF\n{"name":"a","serviceType":"Sklearn"}\r\n\r\n{"name":"b"}\r\n')
  const { status, stdout, counts } = demo(file)
  expect(status).toBe(0)
  expect(counts).toEqual([
    'created 1   updated 0   unchanged 0   failed 1',
    'created 0   updated 0   unchanged 1   failed 1',
  ])
  expect(stdout).toMatch(/line 4 +b +\/serviceType is required/)
})

test('a file in which a name stands twice and disagrees says so', () => {
  const file = given(
    'mine.jsonl',
    '{"name":"a","serviceType":"Sklearn","description":"x"}\n{"name":"a","serviceType":"Sklearn","description":"y"}',
  )
  const { status, stdout } = demo(file)
  expect(status).toBe(0)
  expect(stdout).toContain('disagree')
})

test('a file that cannot be read or is not JSON ends with a message and exit code 1', () => {
  const unreadable = [
    ['nowhere.json', /^\nCannot read nowhere\.json: ENOENT/],
    ['.', /^\nCannot read \.: EISDIR/],
    [given('empty.json', '\n'), /^\nCannot read empty\.json: it is empty\n$/],
    [given('broken.json', '[{"name":'), /^\nCannot read broken\.json: it begins like a JSON array but is not JSON/],
    [given('notes.txt', 'not JSON\nat all\n'), /^\nNo request of notes\.txt went in\n$/],
  ] as const
  for (const [file, message] of unreadable) {
    const { status, stderr } = demo(file)
    expect(status).toBe(1)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('    at ')
  }
})
