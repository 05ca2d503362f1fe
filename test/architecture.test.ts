import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

/** The house as data: which rooms a room may import from. README draws the same picture. */
const mayImport: Record<string, readonly string[]> = {
  'src/index.ts': ['src/book.ts', 'src/verbs', 'src/execution', 'src/rules', 'src/ports', 'src/families', 'src/model'],
  'src/book.ts': ['src/execution/id.ts', 'src/rules', 'src/ports', 'src/families', 'src/model'],
  'src/channels.ts': [],
  'src/verbs': [
    'src/verbs',
    'src/execution',
    'src/book.ts',
    'src/rules',
    'src/ports',
    'src/families',
    'src/model',
    'neverthrow',
  ],
  'src/execution': [
    'src/execution',
    'src/book.ts',
    'src/channels.ts',
    'src/rules',
    'src/ports',
    'src/model',
    'neverthrow',
    'ulid',
  ],
  'src/rules': [
    'src/rules',
    'src/ports',
    'src/families',
    'src/model',
    'typebox',
    'typebox/schema',
    'typebox/system',
    'immer',
  ],
  'src/families': ['src/families', 'typebox', 'typebox/schema'],
  'src/model': ['src/model', 'src/families', 'typebox', 'neverthrow'],
  'src/ports': ['src/ports', 'src/model'],
  'adapters/memory.ts': ['servicebook', 'adapters/directory.ts', 'adapters/held.ts'],
  'adapters/directory.ts': ['servicebook'],
  'adapters/roster.ts': ['servicebook', 'adapters/ordered.ts'],
  'adapters/ordered.ts': [],
  'adapters/held.ts': ['servicebook', 'adapters/roster.ts'],
  'adapters/frozen.ts': [],
  'adapters/cipher.ts': ['servicebook', 'node:'],
  'adapters/fs': ['servicebook', 'src/channels.ts', 'adapters/fs', 'adapters/roster.ts', 'adapters/frozen.ts', 'node:'],
  'adapters/postgres': ['servicebook', 'src/channels.ts', 'adapters/postgres', 'adapters/frozen.ts'],
  'adapters/http': ['servicebook', 'adapters/http'],
  'adapters/http/openapi': [
    'servicebook',
    'adapters/http/openapi',
    'adapters/http/options.ts',
    'adapters/http/path.ts',
  ],
  'adapters/listen.ts': ['srvx/node', 'node:'],
  'adapters/stand-in': [
    'servicebook',
    'servicebook/families',
    'servicebook/http',
    'servicebook/memory',
    'adapters/stand-in',
    'adapters/listen.ts',
    'adapters/door.ts',
  ],
  'adapters/door.ts': ['servicebook'],
  'adapters/page': ['adapters/page'],
  'adapters/command': [
    'servicebook',
    'servicebook/memory',
    'adapters/command',
    'adapters/page',
    'adapters/listen.ts',
    'adapters/door.ts',
    'commander',
    'node:',
  ],
  'test/conformance': ['servicebook', 'test/conformance', 'node:'],
}

/** Only here may a module be imported. */
const onlyIn: Record<string, readonly string[]> = {
  'typebox/schema': [
    'src/families/family.ts',
    'src/families/resolve.ts',
    'src/rules/compiled.ts',
    'src/rules/report.ts',
    'src/rules/validate.ts',
    'src/rules/violations.ts',
  ],
  'typebox/system': ['src/rules/mould.ts', 'src/rules/violations.ts'],
  immer: ['src/rules/diff.ts'],
  ulid: ['src/execution/id.ts'],
}

interface Import {
  readonly file: string
  readonly from: string
  readonly typeOnly: boolean
}

const files = ['src', 'adapters', 'test/conformance'].flatMap((directory) =>
  fs
    .readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(directory, name.replaceAll(path.sep, '/')))
    .filter((file) => file.endsWith('.ts')),
)
const text = new Map(files.map((file) => [file, fs.readFileSync(file, 'utf8')]))

const imports: readonly Import[] = files.flatMap((file) =>
  [...(text.get(file) ?? '').matchAll(/^(?:import|export)\s+(type\s)?[^'"`;]*?\sfrom\s+'([^']+)'/gms)].map(
    ([, type, from]) => ({
      file,
      from: from?.startsWith('.')
        ? path.posix.join(path.posix.dirname(file), from).replace(/\.js$/, '.ts')
        : (from as string),
      typeOnly: type !== undefined,
    }),
  ),
)

const within = (file: string, room: string) => file === room || file.startsWith(room.endsWith(':') ? room : `${room}/`)
const roomOf = (file: string) =>
  Object.keys(mayImport)
    .filter((room) => within(file, room))
    .sort((a, b) => b.length - a.length)[0]

test('every file is in a room, and imports point down', () => {
  expect(imports.length).toBeGreaterThan(80)
  expect(files.filter((file) => roomOf(file) === undefined)).toEqual([])
  const upward = imports.filter(({ file, from }) => !mayImport[roomOf(file) ?? '']?.some((room) => within(from, room)))
  expect(upward).toEqual([])
})

/** What calls verbs, as a host does. */
const edges = ['adapters/http', 'adapters/stand-in', 'adapters/command']

test('ports and stores know the core by its types alone, but for the names in a roster; the edge calls verbs', () => {
  const values = imports.filter(
    ({ file, from, typeOnly }) =>
      !typeOnly &&
      !edges.some((edge) => within(file, edge)) &&
      (within(file, 'src/ports') || (from === 'servicebook' && within(file, 'adapters'))),
  )
  expect(values.map(({ file }) => file)).toEqual(['adapters/roster.ts'])
})

test('no request needs the document: only the door of the HTTP edge leads to it', () => {
  const leading = imports.filter(
    ({ file, from }) => within(from, 'adapters/http/openapi') && !within(file, 'adapters/http/openapi'),
  )
  expect(new Set(leading.map(({ file }) => file))).toEqual(new Set(['adapters/http/index.ts']))
})

test('a library has one door', () => {
  const elsewhere = imports.filter(({ file, from }) => onlyIn[from] !== undefined && !onlyIn[from].includes(file))
  expect(elsewhere.filter(({ typeOnly }) => !typeOnly)).toEqual([])
})

test('rules are pure and synchronous: no waiting, no clock, no randomness, no ids, no I/O', () => {
  for (const file of files.filter(
    (name) => within(name, 'src/rules') || within(name, 'src/families') || within(name, 'src/model'),
  )) {
    expect(
      text
        .get(file)
        ?.match(/\b(async|await|Promise|Date\.now|new Date|Math\.random|crypto|setTimeout|console)\b|\bprocess\.\w/g),
      file,
    ).toBe(null)
  }
})

test('node: is for adapters, and the words of the port stay below the verbs', () => {
  for (const file of files.filter((name) => within(name, 'src'))) {
    expect(text.get(file)?.replace("getBuiltinModule?.('node:", '').includes("'node:"), file).toBe(false)
  }
  for (const verb of ['create', 'upsert', 'bulk']) {
    expect(text.get(`src/verbs/${verb}.ts`)?.match(/\b(Stored|Change)\b/g), verb).toBe(null)
  }
})

test('there is one loop: a commit leaves it by one door, behind which single verbs share it', () => {
  const committing = files.filter((file) => within(file, 'src') && /\bstore\)?\.commit\(/.test(text.get(file) ?? ''))
  expect(committing).toEqual(['src/execution/carry.ts', 'src/execution/shared.ts', 'src/execution/trips.ts'])
})

test('the loop knows intents by what they bring: it imports no kind of them, so that a bundle has those of its verbs', () => {
  const deciding = imports.filter(
    ({ file, from }) => !within(file, 'src/rules/decide') && within(from, 'src/rules/decide'),
  )
  expect(deciding.length).toBeGreaterThan(8)
  expect(deciding.filter(({ file }) => !within(file, 'src/verbs'))).toEqual([])
  for (const file of files.filter((name) => within(name, 'src/execution')))
    expect(text.get(file)?.match(/kind [!=]==/g), file).toBe(null)
})

test('no classes, enums, default exports, or rooms that are named after nothing', () => {
  for (const file of files) {
    expect(text.get(file)?.match(/^\s*(export )?(abstract )?(class|enum)\b|export default/gm), file).toBe(null)
    expect(path.basename(file, '.ts')).not.toMatch(/^(utils?|helpers?|common|types|lib|manager|misc)$/)
  }
})

test('every entry of the exports map is built from one file and has its declarations', async () => {
  const { exports } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as {
    exports: Record<string, Record<'import' | 'require', { types: string; default: string }>>
  }
  for (const [entry, conditions] of Object.entries(exports).filter(([name]) => name !== './package.json')) {
    for (const { types, default: built } of [conditions.import, conditions.require]) {
      expect(fs.existsSync(types), `${entry} ${types}`).toBe(true)
      expect(fs.existsSync(built), `${entry} ${built}`).toBe(true)
    }
  }
})
