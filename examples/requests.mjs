import { open, readFile } from 'node:fs/promises'

/**
 * The requests of a file, a JSON array or JSON Lines. `rows` reads them one at a time, `places` remembers where each
 * stood, and `share` says how much of the file has been read, from 0 to 1.
 */
export async function requestsIn(file) {
  const input = { places: [], share: 0 }
  try {
    const start = await startOf(file)
    if (start === '') throw new Error('it is empty')
    const rows = start.startsWith('[') ? elements(await parsedFile(file), input) : lines(file, input)
    return Object.assign(input, { rows })
  } catch (cause) {
    throw new Error(`Cannot read ${file}: ${cause.message}`, { cause })
  }
}

async function startOf(file) {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.toString('utf8', 0, bytesRead).trimStart()
  } finally {
    await handle.close()
  }
}

async function parsedFile(file) {
  const text = await readFile(file, 'utf8')
  try {
    return JSON.parse(text.trim())
  } catch (cause) {
    throw new Error(`it begins like a JSON array but is not JSON: ${cause.message}`, { cause })
  }
}

function* elements(requests, input) {
  for (const [index, request] of requests.entries()) {
    input.places.push({ at: `request ${index + 1}`, name: request?.name, isJson: true })
    input.share = (index + 1) / requests.length
    yield request
  }
}

/** A line that is not JSON is handed on as text: it fails alone, and the others go in. */
async function* lines(file, input) {
  const handle = await open(file)
  const { size } = await handle.stat()
  let number = 0
  let bytes = 0
  for await (const line of handle.readLines()) {
    number++
    bytes += Buffer.byteLength(line) + 1
    input.share = Math.min(1, bytes / size)
    if (line.trim() === '') continue
    const { isJson, request } = parsedLine(line)
    input.places.push({ at: `line ${number}`, name: request?.name, isJson })
    yield request
  }
}

function parsedLine(line) {
  const text = line.trim()
  try {
    return { isJson: true, request: JSON.parse(text) }
  } catch {
    return { isJson: false, request: text }
  }
}
