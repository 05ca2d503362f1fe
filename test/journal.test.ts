import fs from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { createService, upsertService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FAMILY, openTestBook, temporaryDirectory } from './catalogue.js'

const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)
const line = (text: string) => `${text},"crc":"${crc32(text).toString(16).padStart(8, '0')}"}\n`
const header = line(`{"format":"servicebook/1","family":"${FAMILY}"`)
const put = (name: string, { id = '01890000-0000-7000-8000-000000000000', synced = true, config = {} } = {}) => {
  const service = { id, name, fullyQualifiedName: name, version: 0.1, deleted: false, connection: { config } }
  const mark = synced ? '"synced":true,' : ''
  return line(`{"op":"put","revision":1,${mark}"service":${JSON.stringify(service)},"sealed":null`)
}

/** Opens a directory whose journal is this. */
async function opening(content: string | Buffer) {
  const directory = temporaryDirectory()
  fs.writeFileSync(fileIn(directory), content)
  const store = fsStore(directory)
  return { directory, store, opened: store.open() }
}

async function refusal(content: string | Buffer): Promise<string> {
  const { directory, opened } = await opening(content)
  const error = await opened.then(
    () => new Error('opened'),
    (error: Error) => error,
  )
  expect(fs.readFileSync(fileIn(directory))).toEqual(Buffer.from(content))
  expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
  return error.message
}

test('D1 what has another name and no header is left alone, whatever it is', async () => {
  const directory = temporaryDirectory()
  const others = path.join(directory, 'events.jsonl')
  fs.writeFileSync(others, '{"a":1}\n{"b":2}\n')
  fs.writeFileSync(path.join(directory, 'empty.jsonl'), '')
  fs.mkdirSync(path.join(directory, 'folder.jsonl'))
  fs.mkdirSync(path.join(directory, 'databaseService.jsonl'))
  fs.symlinkSync('nowhere', path.join(directory, 'dangling.jsonl'))
  const store = fsStore(directory)
  expect(await store.open()).toEqual({ services: 0, cut: [] })
  expect((await createService(openTestBook({ store }), { name: 'a', serviceType: 'Sklearn' })).isOk()).toBe(true)
  await expect((async () => store.load('events', ['a']))()).rejects.toThrow(`${others}:1 (byte 0)`)
  await store.close()
  expect(fs.readFileSync(others, 'utf8')).toBe('{"a":1}\n{"b":2}\n')
  expect(fs.readFileSync(path.join(directory, 'empty.jsonl'), 'utf8')).toBe('')
})

test('D1 what has the name of our family and no valid header is refused with file, line 1, byte 0', async () => {
  const whole = header + put('a') + put('b')
  const wrong = {
    crlf: whole.replaceAll('\n', '\r\n'),
    utf16: Buffer.from(whole, 'utf16le'),
    bom: `\ufeff${whole}`,
    later: line(`{"format":"servicebook/2","family":"${FAMILY}"`) + put('a'),
    other: line('{"format":"servicebook/1","family":"databaseService"'),
    headless: put('a') + put('b'),
    half: header.slice(0, 50),
    text: 'hello\n',
    zeros: Buffer.alloc(97),
  }
  for (const [what, content] of Object.entries(wrong)) {
    expect(`${what} ${await refusal(content)}`).toContain(`${FAMILY}.jsonl:1 (byte 0) `)
  }
})

test('D1 CRLF behind a whole header is refused, not cut', async () => {
  for (const synced of [true, false]) {
    const lines = put('a', { synced }).replace('\n', '\r\n')
    expect(await refusal(header + lines)).toContain(
      `${FAMILY}.jsonl:2 (byte ${header.length}) is damaged: its line break`,
    )
  }
})

test('D1 lines with a mark behind a line that is not whole are more than one append leaves, even if they are not whole', async () => {
  const bad = (name: string) => put(name).replace('"deleted":false', '"deleted":true')
  expect(await refusal(header + bad('a') + bad('b'))).toContain(`:2 (byte ${header.length}) is damaged`)
  expect(await refusal(header + bad('a') + put('b').trimEnd())).toContain(`:2 (byte ${header.length}) is damaged`)
})

test('D1 a torn end is kept in a file beside before it is cut, and named', async () => {
  const torn = put('b').slice(0, 60) + put('c', { synced: false })
  const { directory, store, opened } = await opening(header + put('a') + torn)
  const byte = (header + put('a')).length
  const kept = `${fileIn(directory)}.cut-${byte}`
  const cut = { file: fileIn(directory), line: 3, byte, bytes: torn.length, kept }
  expect(await opened).toEqual({ services: 1, cut: [cut] })
  expect(fs.readFileSync(kept, 'utf8')).toBe(torn)
  await store.close()
  fs.appendFileSync(fileIn(directory), 'x')
  fs.truncateSync(fileIn(directory), byte)
  fs.appendFileSync(fileIn(directory), 'other')
  expect((await store.open()).cut).toMatchObject([{ byte, kept: `${kept}-2` }])
  expect(fs.readFileSync(kept, 'utf8')).toBe(torn)
  expect(fs.readFileSync(`${kept}-2`, 'utf8')).toBe('other')
  await store.close()
})

test('D1 a new journal, and what is cut of an old one, are on disk before anything takes their place', async () => {
  const { fdatasync, renameSync } = fs
  const synced = new Set<number>()
  const renamed: { source: boolean; kept: boolean }[] = []
  const inode = (file: string) => fs.statSync(file, { throwIfNoEntry: false })?.ino
  vi.spyOn(fs, 'fdatasync').mockImplementation((fd, done) => {
    synced.add(fs.fstatSync(fd).ino)
    fdatasync(fd, done)
  })
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    const [cut] = fs.readdirSync(path.dirname(String(to))).filter((name) => name.includes('.cut-'))
    const kept = cut === undefined ? undefined : inode(path.join(path.dirname(String(to)), cut))
    const source = synced.has(inode(String(from)) as number)
    if (String(to).endsWith('.jsonl')) renamed.push({ source, kept: kept !== undefined && synced.has(kept) })
    renameSync(from, to)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  const made = await opening('')
  await made.opened
  await made.store.close()
  // Once as it is made, and once since nobody has closed it yet.
  const whole = { source: true, kept: false }
  expect(renamed.splice(0)).toEqual([whole, whole])
  const torn = await opening(header + put('a') + put('b').slice(0, 60))
  expect(await torn.opened).toMatchObject({ cut: [{ line: 3 }] })
  await torn.store.close()
  expect(renamed).toEqual([{ source: true, kept: true }])
})

test('D2 a damaged line break before a synced line is refused, whatever keys the content of its service has', async () => {
  for (const config of [
    { op: 'x' },
    { synced: true },
    { op: 'put', revision: 1, synced: true },
    { a: { op: 'drop' } },
  ]) {
    const first = header + put('a')
    const content = Buffer.from(first + put('b', { config }))
    content[first.length - 1] = 11
    expect(await refusal(content)).toContain(`:2 (byte ${header.length}) is damaged`)
  }
})

test('D2 the same keys inside the torn end are no mark', async () => {
  const config = { op: 'put', revision: 1, synced: true }
  const half = put('b', { config }).slice(0, -8)
  // Also in a line of the same append behind the one that is not whole.
  for (const torn of [half, `${half}\n${put('c', { synced: false, config })}`]) {
    const { store, opened } = await opening(header + put('a') + torn)
    expect(await opened).toMatchObject({ services: 1, cut: [{ line: 3, bytes: torn.length }] })
    await store.close()
  }
})

test('D2 a bad line with more marks inside than can be looked at is refused, and a torn end with as many is cut', async () => {
  const marks = (count: number) => `{"op":"put",${'{"synced":true,"crc":"00000000"}'.repeat(count)}`
  const checked = `${marks(101)},"crc":"00000000"}\n`
  expect(await refusal(header + put('a') + checked)).toContain(`:3 (byte ${(header + put('a')).length}) is damaged`)
  for (const torn of [`${marks(100)},"crc":"00000000"}\n`, marks(101).slice(0, -2)]) {
    const { store, opened } = await opening(header + put('a') + torn)
    expect(await opened).toMatchObject({ services: 1, cut: [{ line: 3, bytes: torn.length }] })
    await store.close()
  }
})

test('D12 a right checksum on what is no line of ours is refused with file, line and byte', async () => {
  for (const text of [
    '{"op":',
    'null',
    '{"op":"put","revision":1,"service":5',
    '{"op":"drop"',
    '{"op":"move"',
    header.slice(0, 40),
  ]) {
    expect(await refusal(header + put('a') + line(text))).toContain(`:3 (byte ${(header + put('a')).length}) is `)
  }
  expect(await refusal(header + header)).toContain(`:2 (byte ${header.length}) is a second header`)
})

test('D9 ids of any length are read back', async () => {
  const ids = ['', '1', 'x'.repeat(300), 'ü"\\,', '01890000-0000-7000-8000-000000000000']
  // With a long name what stands a fixed way behind an id may be taken for its end.
  const names = ids.map((_, at) => `s${at}${'x'.repeat(100)}`)
  const { store, opened } = await opening(header + ids.map((id, at) => put(names[at] as string, { id })).join(''))
  expect(await opened).toMatchObject({ services: ids.length })
  for (const [at, id] of ids.entries()) expect((await store.find(FAMILY, id))?.service.name).toBe(names[at])
  await store.close()
})

test('D13 a journal that was not closed is put in a new file before anything builds on it', async () => {
  const { directory, store, opened } = await opening('')
  await opened
  await upsertService(openTestBook({ store }), { name: 'a', serviceType: 'Sklearn' })
  await store.close()
  const closed = fs.statSync(fileIn(directory)).ino
  await store.open()
  expect(fs.statSync(fileIn(directory)).ino).toBe(closed)
  await store.close()
  const bytes = fs.readFileSync(fileIn(directory), 'utf8')
  const unclosed = bytes.slice(0, bytes.lastIndexOf('{"synced"'))
  fs.truncateSync(fileIn(directory), unclosed.length)
  const old = fs.openSync(fileIn(directory), 'r') // its number is not given to another file while it is open
  expect(await store.open()).toEqual({ services: 1, cut: [] })
  expect(fs.fstatSync(old).ino).not.toBe(fs.statSync(fileIn(directory)).ino)
  expect(fs.readFileSync(fileIn(directory), 'utf8')).toBe(unclosed)
  fs.closeSync(old)
  await store.close()
})
