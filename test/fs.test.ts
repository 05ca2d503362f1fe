import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { bulkUpsert, createService, getService, type Service, upsertService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { describe, expect, test, vi } from 'vitest'
import { fewNames, type Request, requests } from './arbitraries.js'
import { FAMILY, openTestBook, stateOf, temporaryDirectory } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)

function bookIn(directory: string, options = {}) {
  const store = fsStore(directory, options)
  return { store, book: openTestBook({ store }) }
}

/** A directory with a history: five services, several versions, one removed. */
async function written(directory: string) {
  const { store, book } = bookIn(directory)
  for (let round = 0; round < 3; round++) {
    await bulkUpsert(
      book,
      ['a', 'b.c', 'ü', '__proto__', '"q"'].map((name) => row(name, { description: `round ${round}` })),
    )
  }
  const before = (await store.load(FAMILY, ['ü'])).get('ü') ?? null
  await store.commit(FAMILY, [{ before, after: null }])
  const state = await stateOf(store)
  await store.close()
  return { state, bytes: fs.readFileSync(fileIn(directory)) }
}

test('each line is JSON with a checksum; the keys an index needs stand first; nothing but the files of the store is there', async () => {
  const directory = temporaryDirectory()
  const { bytes } = await written(directory)
  const lines = bytes
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines[0]).toEqual({ format: 'servicebook/1', family: FAMILY, crc: expect.stringMatching(/^[0-9a-f]{8}$/) })
  expect(Object.keys(lines[1].service).slice(0, 5)).toEqual(['id', 'name', 'fullyQualifiedName', 'version', 'deleted'])
  expect(lines.filter(({ op }) => op === 'put')).toHaveLength(15)
  expect(lines.filter(({ op }) => op === 'drop')).toMatchObject([{ fullyQualifiedName: 'ü' }])
  expect(lines.at(-1)).toEqual({ synced: true, crc: expect.any(String) })
  expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
  expect(fs.statSync(fileIn(directory)).mode & 0o077).toBe(0)
})

test('what was closed opens to the same services and history, whether read from memory or from disk', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(requests(fewNames, { secrets: false }), { maxLength: 10 }),
      fc.boolean(),
      async (rows, compacted) => {
        const directory = temporaryDirectory()
        const first = bookIn(directory)
        await bulkUpsert(first.book, rows, { chunkSize: 3 })
        const again = await bulkUpsert(first.book, rows.slice(-1))
        const state = await stateOf(first.store)
        if (compacted) await first.store.compact()
        expect(await stateOf(first.store)).toEqual(state)
        await first.store.close()
        const second = bookIn(directory, { memory: 1 })
        expect(await second.store.open()).toEqual({ services: state.current.length, cut: [] })
        expect(await stateOf(second.store)).toEqual(state)
        expect(await bulkUpsert(second.book, rows.slice(-1))).toEqual(again)
        expect(await stateOf(second.store)).toEqual(state)
        await second.store.close()
      },
    ),
    { numRuns: 40 },
  )
})

describe('a torn end is cut and reported, damage before it is refused', () => {
  test('every truncation opens to exactly the whole lines before it', async () => {
    const { bytes } = await written(temporaryDirectory())
    const directory = temporaryDirectory()
    const ends = [...bytes.keys()].filter((at) => bytes[at] === 10).map((at) => at + 1)
    const lengths = [
      0,
      ...ends,
      ...ends.map((end) => end - 1),
      ...Array.from({ length: 60 }, (_, at) => Math.floor((bytes.length * at) / 60)),
    ].filter((length) => length === 0 || length >= (ends[0] as number))
    for (const length of lengths) {
      fs.writeFileSync(fileIn(directory), bytes.subarray(0, length))
      const { store, book } = bookIn(directory)
      const whole = Math.max(0, ...ends.filter((end) => end <= length))
      const { cut } = await store.open()
      const line = ends.filter((end) => end <= length).length + 1
      const kept = expect.stringContaining(`${FAMILY}.jsonl.cut-${whole}`)
      expect(cut).toEqual(
        whole === length ? [] : [{ file: fileIn(directory), line, byte: whole, bytes: length - whole, kept }],
      )
      if (whole > 0) expect(fs.readFileSync(fileIn(directory))).toEqual(bytes.subarray(0, whole))
      await upsertService(book, row('after the cut'))
      await store.close()
      const again = bookIn(directory).store
      expect((await again.open()).cut).toEqual([])
      expect((await again.load(FAMILY, ['after the cut'])).size).toBe(1)
      await again.close()
    }
  })

  test('a flipped bit in a line that a synced line follows is refused with file, line and byte, and nothing is changed', async () => {
    const { bytes } = await written(temporaryDirectory())
    const directory = temporaryDirectory()
    const starts = [0, ...[...bytes.keys()].filter((at) => bytes[at] === 10).map((at) => at + 1)]
    const last = starts.at(-2) as number
    for (const at of [3, 80, 500, 1500, last - 2, last - 1]) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] as number) ^ 1
      fs.writeFileSync(fileIn(directory), damaged)
      const line = starts.filter((start) => start <= at).length
      await expect(fsStore(directory).open()).rejects.toThrow(
        `${fileIn(directory)}:${line} (byte ${starts[line - 1]}) is ${line === 1 ? 'not the header' : 'damaged'}`,
      )
      const { book } = bookIn(directory)
      expect((await upsertService(book, row('a')))._unsafeUnwrapErr()).toMatchObject({
        code: 'STORE_FAILED',
        applied: false,
      })
      expect(fs.readFileSync(fileIn(directory))).toEqual(damaged)
      expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
    }
  })

  test('a file of another format or family is refused', async () => {
    const { bytes } = await written(temporaryDirectory())
    const directory = temporaryDirectory()
    fs.writeFileSync(path.join(directory, 'databaseService.jsonl'), bytes)
    await expect(fsStore(directory).open()).rejects.toThrow('holds mlmodelService, not databaseService')
  })
})

describe('one process has a directory at a time', () => {
  test('a second handle is refused, with the process that has it; closing lets it go', async () => {
    const directory = temporaryDirectory()
    const first = bookIn(directory)
    await first.store.open()
    const second = bookIn(directory)
    const refused = (await createService(second.book, row('a')))._unsafeUnwrapErr()
    expect(refused).toMatchObject({ code: 'STORE_FAILED', during: 'commit', applied: false })
    expect(refused.message).toContain(`in use by process ${process.pid}`)
    await first.store.close()
    expect((await createService(second.book, row('a'))).isOk()).toBe(true)
    expect((await getService(first.book, 'a'))._unsafeUnwrapErr().message).toContain('is closed')
    await second.store.close()
    expect(await first.store.open()).toMatchObject({ services: 1 })
    await first.store.close()
  })

  test('of many handles that come at once one has it', async () => {
    const directory = temporaryDirectory()
    const handles = Array.from({ length: 8 }, () => fsStore(directory))
    const opened = await Promise.allSettled(handles.map((store) => store.open()))
    expect(opened.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
    await Promise.all(handles.map((store) => store.close()))
    await expect(fsStore(directory).open()).resolves.toMatchObject({ services: 0 })
  })
})

test('a lock that could not be had leaves nothing behind that would keep its own process out', async () => {
  const directory = temporaryDirectory()
  for (const call of ['readdirSync', 'renameSync', 'writeFileSync'] as const) {
    const spy = vi.spyOn(fs, call).mockImplementationOnce((() => {
      throw new Error(`EIO: i/o error, ${call}`)
    }) as never)
    const store = fsStore(directory)
    await expect(store.open()).rejects.toThrow('EIO')
    spy.mockRestore()
    expect(fs.readdirSync(directory)).toEqual([])
    await expect(store.open()).resolves.toMatchObject({ services: 0 })
    await store.close()
  }
})

/** A program that upserts for ever into a directory, and prints the names of what it was told is in. */
const writer = (directory: string) => `
  import { bulkUpsert, mlmodelServices, openBook, upsertService } from 'servicebook'
  import { fsStore } from 'servicebook/fs'
  const store = fsStore(${JSON.stringify(directory)})
  const book = openBook({ family: mlmodelServices, store })
  const { services } = await store.open()
  for (let round = services; ; round++) {
    const rows = Array.from({ length: 200 }, (_, at) => ({ name: 's' + (at % 50), serviceType: 'Sklearn', description: round + ' ' + at }))
    const [report] = await Promise.all([
      bulkUpsert(book, rows, { chunkSize: 50 }),
      ...Array.from({ length: 20 }, (_, at) => upsertService(book, { name: 'r' + round + '.' + at, serviceType: 'Sklearn' })
        .map(({ service }) => process.stdout.write(service.name + '\\n'))),
      round % 5 === 4 ? store.compact() : undefined,
    ])
    for (const { fqn, version } of report.value.rows) process.stdout.write(fqn + ' ' + version + '\\n')
  }`

test('kill -9 in mid-write: everything that was answered is there, every history is whole, and the lock is no obstacle', async () => {
  const directory = temporaryDirectory()
  for (let kill = 0; kill < 5; kill++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer(directory)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (data) => {
      output += data
      // Somewhere in the middle of whatever it is doing by then.
      if (output.length > 5000 * (kill + 1)) child.kill('SIGKILL')
    })
    const [, signal] = await new Promise<[unknown, string | null]>((resolve) =>
      child.on('close', (...end) => resolve(end)),
    )
    expect(signal).toBe('SIGKILL')

    const store = fsStore(directory)
    await store.open()
    const { current, history } = await stateOf(store)
    const held = new Map(current.map((service) => [service.fullyQualifiedName, service.version]))
    const lost = output
      .split('\n')
      .slice(0, -1)
      .filter((line) => {
        const [fqn, version] = line.startsWith('r') ? [`"${line}"`, '0.1'] : line.split(' ')
        return !((held.get(fqn as string) ?? 0) >= Number(version))
      })
    expect(lost).toEqual([])
    for (const [at, { version }] of current.entries()) {
      const tenths = (service: Service) => Math.round(service.version * 10)
      expect(history[at]?.map(tenths)).toEqual(
        Array.from({ length: Math.round(version * 10) - 1 }, (_, step) => Math.round(version * 10) - 1 - step),
      )
    }
    await store.close()
  }
})

describe('a storage that fails', () => {
  test('no room: a clear error, nothing of it stays, the neighbours behind it fail too, and the next write succeeds', async () => {
    const directory = temporaryDirectory()
    const { store, book } = bookIn(directory)
    await upsertService(book, row('before'))
    const bytes = fs.readFileSync(fileIn(directory))
    const write = vi.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
      fs.appendFileSync(fileIn(directory), 'half of a li')
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    })
    // Bulks, which share no call: what single verbs share would be sent again, each by itself.
    const bulks = [row('a'), row('b'), row('before', { description: 'x' })].map((one) => bulkUpsert(book, [one]))
    const answers = (await Promise.all(bulks)).map((answer) => answer._unsafeUnwrap().rows[0])
    write.mockRestore()
    for (const answer of answers) {
      expect(answer).toMatchObject({
        error: {
          code: 'STORE_FAILED',
          during: 'commit',
          applied: false,
          message: expect.stringContaining('no space left'),
        },
      })
    }
    expect(fs.readFileSync(fileIn(directory))).toEqual(bytes)
    expect((await upsertService(book, row('a')))._unsafeUnwrap().outcome).toBe('created')
    expect((await upsertService(book, row('before', { description: 'x' })))._unsafeUnwrap().service.version).toBe(0.2)
    const state = await stateOf(store)
    await store.close()
    const again = fsStore(directory)
    expect(await again.open()).toMatchObject({ services: 2, cut: [] })
    expect(await stateOf(again)).toEqual(state)
    await again.close()
  })

  test('a real limit on the size of files, in a process of its own: what was answered is there, what was refused is not', () => {
    const directory = temporaryDirectory()
    const program = `
      import { bulkUpsert, mlmodelServices, openBook, upsertService } from 'servicebook'
      import { fsStore } from 'servicebook/fs'
      const store = fsStore(${JSON.stringify(directory)})
      const book = openBook({ family: mlmodelServices, store })
      const rows = Array.from({ length: 100 }, (_, at) => ({ name: 's' + at, serviceType: 'Sklearn', description: 'x'.repeat(1000) }))
      const report = await bulkUpsert(book, rows, { chunkSize: 10 })
      const small = await upsertService(book, { name: 'small', serviceType: 'Sklearn' })
      console.log(JSON.stringify({ rows: report.value.rows.map((row) => row.error ? [row.error.code, row.error.applied] : row.outcome), small: small.isOk() }))`
    const run = spawnSync(
      'sh',
      ['-c', `ulimit -f 100; exec "$0" --input-type=module -e "$1"`, process.execPath, program],
      { encoding: 'utf8' },
    )
    const { rows, small } = JSON.parse(run.stdout)
    const created = rows.filter((outcome: unknown) => outcome === 'created').length
    expect(created).toBeGreaterThan(0)
    expect(rows.slice(created)).toEqual(new Array(100 - created).fill(['STORE_FAILED', false]))
    expect(small).toBe(true)
    const bytes = fs.readFileSync(fileIn(directory), 'utf8')
    expect(bytes.endsWith('\n')).toBe(true)
    expect(bytes.split('\n').filter((line) => line.startsWith('{"op":"put"'))).toHaveLength(created + 1)
  })

  test('a failed sync: unknown whether it was written, and everything is refused until the store is opened again', async () => {
    const directory = temporaryDirectory()
    const { store, book } = bookIn(directory)
    await upsertService(book, row('before'))
    const sync = vi
      .spyOn(fs, 'fdatasync')
      .mockImplementationOnce((_, done) => done(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })))
    const failed = (await upsertService(book, row('a')))._unsafeUnwrapErr()
    sync.mockRestore()
    expect(failed).toMatchObject({ code: 'STORE_FAILED', during: 'commit', applied: 'unknown' })
    for (const answer of [await upsertService(book, row('b')), await getService(book, 'before')]) {
      expect(answer._unsafeUnwrapErr()).toMatchObject({
        code: 'STORE_FAILED',
        applied: false,
        message: expect.stringContaining('open it again'),
      })
    }
    await store.close()
    await store.open()
    expect((await upsertService(book, row('b')))._unsafeUnwrap().outcome).toBe('created')
    await store.close()
  })

  test('a directory that cannot be made or written: a clear error of every verb, and nothing is left behind', async () => {
    const directory = temporaryDirectory()
    fs.writeFileSync(path.join(directory, 'file'), '')
    const { book } = bookIn(path.join(directory, 'file', 'below'))
    const answers = [
      await createService(book, row('a')),
      await upsertService(book, row('a')),
      await getService(book, 'a'),
    ]
    for (const answer of answers) expect(answer._unsafeUnwrapErr().message).toMatch(/cannot be opened: ENOTDIR/)
    expect((await bulkUpsert(book, [row('a')]))._unsafeUnwrap().rows).toMatchObject([
      { error: { code: 'STORE_FAILED' } },
    ])
    expect(fs.readdirSync(directory)).toEqual(['file'])
  })

  test('a directory of somebody else: a clear error, and usable as soon as it may be written', () => {
    const directory = temporaryDirectory()
    fs.chmodSync(directory, 0o555)
    const program = `
      import fs from 'node:fs'
      import { mlmodelServices, openBook, upsertService } from 'servicebook'
      import { fsStore } from 'servicebook/fs'
      const book = openBook({ family: mlmodelServices, store: fsStore(${JSON.stringify(directory)}) })
      const root = process.getuid() === 0
      if (root) process.seteuid(65534)
      const refused = await upsertService(book, { name: 'a', serviceType: 'Sklearn' })
      if (root) process.seteuid(0)
      fs.chmodSync(${JSON.stringify(directory)}, 0o755)
      const taken = await upsertService(book, { name: 'a', serviceType: 'Sklearn' })
      console.log(refused.error.code, refused.error.applied, refused.error.message.includes('EACCES'), taken.value?.outcome)`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    expect(run.stdout + run.stderr).toBe('STORE_FAILED false true created\n')
  })

  test('a compaction that fails changes nothing', async () => {
    const directory = temporaryDirectory()
    const { state } = await written(directory)
    const { store } = bookIn(directory)
    await store.open()
    const rename = vi.spyOn(fs, 'renameSync').mockImplementationOnce(() => {
      throw new Error('EIO: i/o error, rename')
    })
    await expect(store.compact()).rejects.toThrow('EIO')
    rename.mockRestore()
    expect(await stateOf(store)).toEqual(state)
    expect((await store.compact()).after).toBeGreaterThan(0)
    expect(await stateOf(store)).toEqual(state)
    expect(fs.readdirSync(directory).filter((name) => !name.endsWith('.lock'))).toEqual([`${FAMILY}.jsonl`])
    await store.close()
  })
})

test('concurrent writes share an append and a sync; one caller pays one each', async () => {
  const { store, book } = bookIn(temporaryDirectory())
  await store.open()
  await upsertService(book, row('first'))
  const write = vi.spyOn(fs, 'writeSync')
  const sync = vi.spyOn(fs, 'fdatasync')
  await Promise.all(Array.from({ length: 256 }, (_, at) => upsertService(book, row(`s${at}`))))
  const trips = [write.mock.calls.length, sync.mock.calls.length]
  vi.restoreAllMocks()
  expect(trips[0]).toBe(trips[1])
  expect(trips[1]).toBeLessThanOrEqual(3)
  await store.close()
})

test('compaction drops what no longer counts while writes go on', async () => {
  const directory = temporaryDirectory()
  const { store, book } = bookIn(directory, { memory: 1000 })
  await bulkUpsert(
    book,
    Array.from({ length: 2000 }, (_, at) => row(`s${at}`, { description: 'x'.repeat(1000) })),
  )
  const names = Array.from({ length: 1500 }, (_, at) => `s${at}`)
  const before = await store.load(FAMILY, names)
  await store.commit(
    FAMILY,
    [...before.values()].map((stored) => ({ before: stored, after: null })),
  )
  let done = false
  const compacting = store.compact().finally(() => {
    done = true
  })
  let writes = 0
  for (; !done; writes++)
    await upsertService(book, row(`s${1500 + (writes % 600)}`, { description: `during ${writes}` }))
  const sizes = await compacting
  expect(writes).toBeGreaterThan(0)
  expect(sizes.after).toBeLessThan(sizes.before / 2)
  await upsertService(book, row('after', { description: 'compaction' }))
  const state = await stateOf(store)
  await store.close()
  const again = fsStore(directory)
  expect((await again.open()).cut).toEqual([])
  expect(await stateOf(again)).toEqual(state)
  await again.close()
})

test('reads go on in the midst of a compaction, also while the directory is synced', async () => {
  const directory = temporaryDirectory()
  const { state } = await written(directory)
  const { store } = bookIn(directory, { memory: 1 })
  await store.open()
  const during: unknown[] = []
  const { fsync } = fs
  const spy = vi.spyOn(fs, 'fsync').mockImplementation((fd, done) => {
    stateOf(store).then(
      (read) => {
        during.push(read)
        fsync(fd, done)
      },
      (error) => {
        during.push(error)
        fsync(fd, done)
      },
    )
  })
  await store.compact()
  spy.mockRestore()
  expect(during).toEqual([state])
  expect(await stateOf(store)).toEqual(state)
  await store.close()
})

test('a closed store answers nothing, compaction included, until it is opened again', async () => {
  const { store } = bookIn(temporaryDirectory())
  await store.open()
  await store.close()
  await expect(store.compact()).rejects.toThrow('is closed')
  await expect((async () => store.load(FAMILY, ['a']))()).rejects.toThrow('is closed')
})

test('a family is named by letters and digits, so that no name leaves the directory', async () => {
  const store = fsStore(temporaryDirectory())
  for (const family of ['../up', 'a/b', '', '.', 'a.b'])
    await expect(async () => store.load(family, ['a'])).rejects.toThrow('letters and digits')
  await store.close()
})
