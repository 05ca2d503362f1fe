import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { getService, listServices, listVersions, mlmodelServices, openBook } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { expectThat } from './check.mjs'
import { bookIn, FILE, follow, inDirectory } from './disk.mjs'
import { perform } from './law.mjs'
import { changed, edit, long } from './mutate.mjs'
import { timely } from './timely.mjs'

/*
 * Journals that are nearly right: bytes changed, lines in another order, lines whose checksum is right and whose content
 * is not. A file opens, or is refused with line and byte; whatever was opened, each read has an answer; and a store that
 * writes goes on behind it.
 */

const upsert = (name, text) => ({ do: 'wave', operations: [{ kind: 'upsert', name, text }] })
const script = [
  ...[upsert('a', 'one'), upsert('b.c', 'two'), upsert('a', '"op":"put","synced":true'), { do: 'compact' }],
  ...[upsert('"d"', '😀'), { do: 'wave', operations: [{ kind: 'delete', name: 'a' }] }, upsert('a', '')],
  { do: 'wave', operations: [{ kind: 'remove', name: 'b.c' }] },
]

const linesOf = (bytes) => bytes.toString('latin1').split('\n').slice(0, -1)

/** A line as the store writes it: its text, and the checksum of that. */
function sealed(text) {
  const bytes = Buffer.from(text)
  return `${bytes.toString('latin1')},"crc":"${crc32(bytes).toString(16).padStart(8, '0')}"}`
}

const tokens = [
  ...[
    '\n',
    '\r\n',
    '\r',
    '\0',
    '"',
    '\\',
    '{',
    '}',
    ',',
    '{"',
    '{"synced":true,"crc":"00000000"}',
    '"synced":true,',
    '\xff',
  ],
  ...[
    '{"op":"put","revision":1,"synced":true,',
    '{"op":"drop","synced":true,',
    ',"crc":"00000000"}',
    '{"op":"put","revision":',
  ],
]
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const pieces = fc.oneof(
  { weight: 200, arbitrary: fc.constantFrom('', ...tokens) },
  { weight: 1, arbitrary: long(tokens) },
)
const harms = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ how: fc.constant('bytes'), place, take: fc.constantFrom(0, 1, 1, 9, 200), put: pieces }),
    },
    { weight: 2, arbitrary: fc.record({ how: fc.constantFrom('double', 'swap', 'drop', 'cut'), place }) },
    {
      weight: 4,
      arbitrary: fc.record({
        how: fc.constant('content'),
        place,
        edits: fc.array(edit, { minLength: 1, maxLength: 2 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 3 },
)

/** The lines of a journal once it is harmed, as latin1. */
function harmed(lines, { how, place, take, put, edits }) {
  if (how === 'bytes' || how === 'cut') {
    const text = `${lines.join('\n')}\n`
    const at = Math.floor(place * text.length)
    return (how === 'cut' ? text.slice(0, at) : text.slice(0, at) + put + text.slice(at + take))
      .split('\n')
      .slice(0, -1)
  }
  const at = Math.floor(place * lines.length)
  const now = [...lines]
  if (how === 'double') now.splice(at, 0, lines[at])
  if (how === 'drop') now.splice(at, 1)
  if (how === 'swap') now.splice(at, 2, ...lines.slice(at, at + 2).reverse())
  if (how === 'content') now[at] = rewritten(lines[at], edits)
  return now
}

function rewritten(line, edits) {
  try {
    const { crc, ...content } = JSON.parse(Buffer.from(line, 'latin1').toString())
    return sealed(JSON.stringify(edits.reduce(changed, content)).slice(0, -1))
  } catch {
    return line
  }
}

const isRefused = ({ message }) =>
  expectThat(/\.jsonl:\d+ \(byte \d+\)/.test(message), () => `refused without line and byte: ${message}`)

/** Reads all there is; every answer is one, if only that the store failed. */
async function readAll(book) {
  const got = await listServices(book, { include: 'all', limit: 1000 })
  if (got.isErr()) return expectThat(got.error.code === 'STORE_FAILED', () => `a list answered ${got.error.code}`)
  for (const name of ['a', '"d"']) {
    for (const read of [getService, listVersions]) {
      const { error } = await read(book, { name }, {})
      const isKnown = [undefined, 'STORE_FAILED', 'ENTITY_NOT_FOUND'].includes(error?.code)
      expectThat(isKnown, () => `${read.name} answered ${error.code}: ${error.message}`)
    }
  }
}

async function opens(store) {
  try {
    await store.open()
    return true
  } catch (cause) {
    isRefused(cause)
    return false
  }
}

/** A store that writes takes the same files, and what is written then is there when it is opened again. */
async function goesOn(directory, file, bytes) {
  const { store, book } = bookIn(directory)
  const again = { kind: 'upsert', name: 'again', text: 'x' }
  if (!(await opens(store))) {
    await store.close()
    return expectThat(fs.readFileSync(file).equals(bytes), 'what was refused has been changed')
  }
  const answer = await perform(book, again)
  await store.close()
  if (typeof answer === 'object') return
  const reader = fsStore(directory, { readOnly: true })
  expectThat(await opens(reader), 'what was written on cannot be opened')
  const got = await getService(openBook({ family: mlmodelServices, store: reader }), { name: 'again' })
  await reader.close()
  expectThat(got.isOk(), 'what was acknowledged is gone')
}

async function journalAnswers({ directory, lines }, changes, writes) {
  const bytes = Buffer.from(
    changes
      .reduce(harmed, lines)
      .map((line) => `${line}\n`)
      .join(''),
    'latin1',
  )
  const file = path.join(directory, FILE)
  fs.writeFileSync(file, bytes)
  await timely(bytes.length, async () => {
    const store = fsStore(directory, { readOnly: true })
    try {
      if (await opens(store)) await readAll(openBook({ family: mlmodelServices, store }))
    } finally {
      await store.close()
    }
  })
  if (!writes) return
  await goesOn(directory, file, bytes)
  for (const name of fs.readdirSync(directory)) fs.rmSync(path.join(directory, name))
}

export const fuzzJournal = {
  name: 'journals',
  runs: 400,
  async open() {
    const lines = await inDirectory(async (directory) => {
      await follow(directory, script)
      return linesOf(fs.readFileSync(path.join(directory, FILE)))
    })
    const directory = fs.mkdtempSync(path.join(tmpdir(), 'servicebook-trial-'))
    return { lines, directory, close: () => fs.rmSync(directory, { recursive: true, force: true }) }
  },
  property: (_tried, given) =>
    fc.asyncProperty(harms, fc.nat(30), (changes, one) => journalAnswers(given, changes, one === 1)),
}
