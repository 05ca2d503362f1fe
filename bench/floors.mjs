import fs from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { memoryStore } from '../dist/memory.js'
import { chunks } from './peers.mjs'
import { median } from './report.mjs'
import { editionOf } from './requests.mjs'
import { bulk, expect, FAMILY, openedOn, prepared, steps } from './servicebook.mjs'

/*
 * The least that any store of these services has to do. Floors check nothing, decide nothing and keep no history.
 */

/** The least that isolation costs: nobody outside can change what is held. Ids and FQNs are there already. */
export async function copied(documents, { time }) {
  const held = new Map()
  for (const step of steps) {
    const requests = documents.requests(editionOf[step])
    const services = documents.services(editionOf[step])
    await time(step, () => {
      requests.forEach((request, index) => {
        const { id, fullyQualifiedName, version, updatedAt } = services[index]
        const service = { id, fullyQualifiedName, version, deleted: false, updatedAt, updatedBy: 'ada' }
        for (const key in request) service[key] = frozenCopy(request[key])
        held.set(fullyQualifiedName, Object.freeze(service))
      })
    })
  }
}

function frozenCopy(value) {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy))
  const copy = {}
  for (const key in value) copy[key] = frozenCopy(value[key]) // Object.keys would take half as long again
  return Object.freeze(copy)
}

export async function ready(documents, { time }) {
  const held = new Map()
  for (const step of steps) {
    const services = documents.services(editionOf[step]).map(frozenCopy)
    await time(step, () => {
      for (const service of services) held.set(service.fullyQualifiedName, service)
    })
  }
}

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
  gc()
  for (let nth = 0; nth < Math.min(1000, documents.size); nth++) {
    const start = performance.now()
    fs.writeSync(fd, line, 0, line.length, nth * line.length)
    await datasync(fd)
    waits.push((performance.now() - start) * 1000)
  }
  record('single', median(waits))
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
