import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expectThat } from './check.mjs'
import { bookIn, FILE, follow, inDirectory } from './disk.mjs'
import { heldIn } from './law.mjs'
import { turn } from './scripts.mjs'

/*
 * Journals that were cut, or whose last append is not what was written: a prefix of whole lines opens, or nothing does and
 * file, line and byte are said. What stands before the last synced mark is never lost. What a journal holds is told here
 * from its lines alone, by the rule of the port: versions at or above a new one go, the rest is kept.
 */

/** The lines of a journal: where each ends, whether it has the mark, and what is held once it is read. */
function linesOf(bytes) {
  const lines = []
  let held = new Map()
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from) + 1
    const { op, service, fullyQualifiedName: fqn, synced } = JSON.parse(bytes.toString('utf8', from, end))
    if (op === 'put') {
      const tenths = Math.round(service.version * 10)
      const older = (held.get(service.name) ?? []).filter(([version]) => version < tenths)
      held = new Map(held).set(service.name, [[tenths, service.description ?? '', service.deleted], ...older])
    }
    if (op === 'drop') held = new Map([...held].filter(([name]) => fqnOf(name) !== fqn))
    lines.push({ from, end, synced: synced === true, held })
    from = end
  }
  return lines
}

const fqnOf = (name) => (/[."]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)
const textOf = (held) => JSON.stringify([...held].sort(([a], [b]) => (a < b ? -1 : 1)))

/** A journal of a script, as a process that was killed leaves it: without the mark of a store that was closed. */
const journalOf = (script) =>
  inDirectory(async (directory) => {
    await follow(directory, script)
    const whole = fs.readFileSync(path.join(directory, FILE))
    const last = whole.lastIndexOf(10, whole.length - 2) + 1
    return whole.toString('utf8', last).startsWith('{"synced":true,"crc"') ? whole.subarray(0, last) : whole
  })

/** Opens bytes as a journal: what is held, or why it was refused. */
const opened = (bytes) =>
  inDirectory(async (directory) => {
    fs.writeFileSync(path.join(directory, FILE), bytes)
    const { store, book } = bookIn(directory)
    try {
      await store.open()
      return { held: textOf(await heldIn(book)) }
    } catch (cause) {
      const kept = fs.readFileSync(path.join(directory, FILE))
      expectThat(kept.equals(bytes), 'what was refused has been changed')
      return { refused: cause.message }
    } finally {
      await store.close().catch(() => {})
    }
  })

/** What was opened is the state behind some line, and none before the last mark of what is left is missing. */
function isPrefix({ held, refused }, lines, least) {
  if (refused !== undefined) {
    expectThat(/\.jsonl:\d+ \(byte \d+\)/.test(refused), `refused without line and byte: ${refused}`)
    return
  }
  const states = lines.slice(least).map((line) => textOf(line.held))
  expectThat(states.includes(held), () => `holds ${held}, which is the state behind no line from ${least} on`)
}

/** Where nothing is written there is no journal to cut. */
const first = { do: 'wave', operations: [{ kind: 'create', name: 'a', text: 'one' }] }
const scripts = fc.array(turn, { minLength: 1, maxLength: 12 }).map((script) => [first, ...script])

/** The whole lines before a byte. */
const before = (lines, at) => lines.findLastIndex(({ end }) => end <= at)

async function cutAt(bytes, lines, at) {
  const found = await opened(bytes.subarray(0, at))
  if (at === 0) return expectThat(found.held === '[]', 'an empty file is an empty journal')
  const whole = before(lines, at)
  if (whole < 0) return isPrefix({ refused: found.refused ?? 'a half header was taken' }, lines, 0)
  expectThat(found.held === textOf(lines[whole].held), () => `cut at ${at}: ${JSON.stringify(found)}`)
}

/** The last append: what an interrupted write may have left in any state. */
const lastAppend = (lines) => lines.findLastIndex(({ synced }) => synced)

const harms = {
  dropped: () => [],
  doubled: (block) => [block, block],
  zeroed: (block) => [Buffer.alloc(block.length)],
}

export const cut = {
  what: 'journals cut at every byte, with flipped bits, with blocks of the last append dropped, doubled, zeroed, in another order',
  targets: [
    {
      name: 'cut at any byte',
      runs: 8,
      property: (tried) => {
        tried.cuts = 0
        return fc.asyncProperty(
          scripts,
          fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
          async (script, places) => {
            const bytes = await journalOf(script)
            const lines = linesOf(bytes)
            for (const place of places) {
              await cutAt(bytes, lines, Math.floor(place * bytes.length))
              tried.cuts++
            }
          },
        )
      },
    },
    {
      name: 'cut at every byte',
      long: true,
      runs: 1,
      property: (tried) => {
        tried.cuts = 0
        return fc.asyncProperty(scripts, async (script) => {
          const bytes = await journalOf(script)
          const lines = linesOf(bytes)
          for (let at = 0; at <= bytes.length; at++) {
            await cutAt(bytes, lines, at)
            tried.cuts++
          }
        })
      },
    },
    {
      name: 'flipped bits',
      runs: 25,
      property: (tried) => {
        tried.flips = 0
        return fc.asyncProperty(
          scripts,
          fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          fc.nat(7),
          async (script, place, bit) => {
            const bytes = await journalOf(script)
            const lines = linesOf(bytes)
            const at = Math.floor(place * bytes.length)
            const broken = Buffer.from(bytes)
            broken[at] ^= 1 << bit
            const found = await opened(broken)
            tried.flips++
            const struck = lines.findIndex(({ end }) => at < end)
            // A mark behind the struck line says that it was on disk: it is damaged, and nothing may be lost in silence.
            const marked = lines.findLastIndex(({ synced }) => synced) > struck
            if (struck === 0 || marked)
              return isPrefix({ refused: found.refused ?? `opened though line ${struck + 1} is damaged` }, lines, 0)
            isPrefix(found, lines.slice(0, Math.max(struck, 1)), Math.max(struck, 1) - 1)
          },
        )
      },
    },
    {
      name: 'the last append in pieces',
      runs: 25,
      property: (tried) => {
        tried.harms = 0
        const harm = fc.record({
          kind: fc.constantFrom('dropped', 'doubled', 'zeroed', 'swapped'),
          block: fc.nat(),
          size: fc.constantFrom(64, 512),
        })
        return fc.asyncProperty(scripts, fc.array(harm, { minLength: 1, maxLength: 3 }), async (script, kinds) => {
          const bytes = await journalOf(script)
          const lines = linesOf(bytes)
          const first = lastAppend(lines)
          if (first < 1) return
          let tail = bytes.subarray(lines[first].from)
          for (const { kind, block, size } of kinds) tail = harmed(tail, kind, block, size)
          tried.harms++
          isPrefix(await opened(Buffer.concat([bytes.subarray(0, lines[first].from), tail])), lines, first - 1)
        })
      },
    },
  ],
}

/** A piece of an append as a disk may leave it, that was told of the whole and wrote in blocks. */
function harmed(tail, kind, block, size) {
  const count = Math.max(1, Math.ceil(tail.length / size))
  const blocks = Array.from({ length: count }, (_, at) => tail.subarray(at * size, (at + 1) * size))
  const at = block % count
  if (kind === 'swapped') {
    const other = (at + 1) % count
    ;[blocks[at], blocks[other]] = [blocks[other], blocks[at]]
    return Buffer.concat(blocks)
  }
  return Buffer.concat(blocks.flatMap((one, index) => (index === at ? harms[kind](one) : [one])))
}
