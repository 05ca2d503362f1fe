import fs from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { memoryStore } from '../../dist/memory.js'
import { bulk, expect, FAMILY, openedOn, prepared } from '../book.mjs'
import { chunks } from '../documents/chunks.mjs'
import { editionOf } from '../documents/models.mjs'
import { median, spent } from '../measuring/clock.mjs'

/*
 * The least that anything durable has to do.
 */

/** Any journal of these services has to do as much. The services are there, decided upon and frozen. */
export async function lines(documents, { time, place }) {
  const book = openedOn(memoryStore())
  const fd = fs.openSync(path.join(place, 'floor.jsonl'), 'w')
  const bytes = Buffer.allocUnsafe(1 << 24)
  let size = 0
  for (const step of ['create', 'changed']) {
    await bulk(book, documents.requests(editionOf[step]))
    const names = documents.services(0).map(({ fullyQualifiedName }) => fullyQualifiedName)
    const services = [...(await book.store.load(FAMILY, names)).values()]
    await time(step, async () => {
      for (const chunk of chunks(services)) {
        let end = 0
        for (const stored of chunk) end = addLine(bytes, end, stored)
        fs.writeSync(fd, bytes, 0, end, size)
        await datasync(fd)
        size += end
      }
    })
  }
  fs.closeSync(fd)
}

function addLine(bytes, from, { service, sealed, revision }) {
  const text = `{"op":"put","revision":${revision},"service":${JSON.stringify(service)},"sealed":${JSON.stringify(sealed)}`
  const to = from + bytes.write(text, from, 'utf8')
  const crc = crc32(bytes.subarray(from, to)).toString(16).padStart(8, '0')
  return to + bytes.write(`,"crc":"${crc}"}\n`, to, 'latin1')
}

function datasync(fd) {
  return new Promise((resolve, reject) => fs.fdatasync(fd, (error) => (error ? reject(error) : resolve())))
}

/** As many bytes as the line of a changed service has. */
export async function appends(documents, { record, place }) {
  const fd = fs.openSync(path.join(place, 'floor.jsonl'), 'w')
  const line = Buffer.alloc(1700, 'x')
  const waits = []
  const count = Math.min(1000, documents.size)
  const { cpu } = await spent(async () => {
    for (let nth = 0; nth < count; nth++) {
      const start = performance.now()
      fs.writeSync(fd, line, 0, line.length, nth * line.length)
      await datasync(fd)
      waits.push((performance.now() - start) * 1000)
    }
  })
  record('single', { wall: median(waits), cpu: (cpu * 1000) / count })
  fs.closeSync(fd)
}

export async function parse(documents, { time, place }) {
  await prepared(place, documents)
  const file = path.join(place, `${FAMILY}.jsonl`)
  const held = await time('open', () => {
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line))
  })
  expect(held.length >= documents.size, 'all lines to be parsed')
}
