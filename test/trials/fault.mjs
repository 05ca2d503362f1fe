import fs from 'node:fs'
import fc from 'fast-check'
import { expectThat } from './check.mjs'
import { follow, inDirectory, verify } from './disk.mjs'
import { faultPostgres } from './fault-postgres.mjs'
import { turn } from './scripts.mjs'

/*
 * Every call to the file system made to fail, be short, be slow, or take effect and answer a failure. Whatever the store
 * then says is true: what was acknowledged is there, what was not applied is not, and a store that is opened again works.
 */

const calls = [
  ...[
    'openSync',
    'closeSync',
    'readSync',
    'writeSync',
    'fstatSync',
    'statSync',
    'ftruncateSync',
    'renameSync',
    'rmSync',
  ],
  ...['readdirSync', 'readFileSync', 'writeFileSync', 'mkdirSync', 'realpathSync', 'linkSync', 'unlinkSync'],
  ...['fdatasync', 'fsync', 'read', 'write', 'close', 'fdatasyncSync', 'fsyncSync', 'lstatSync', 'readlinkSync'],
]
const waiting = new Set(['fdatasync', 'fsync', 'read', 'write', 'close'])
const codes = ['ENOSPC', 'EIO', 'EINTR', 'EMFILE', 'EROFS', 'EDQUOT', 'ESTALE']
const kinds = ['before', 'after', 'short', 'slow']

const failure = (code, call) => Object.assign(new Error(`${code}: made to fail, ${call}`), { code, syscall: call })

/** Replaces the calls while `work` is done; the `at`-th one and those after it, `lasting` in all, go wrong. */
async function withFaults({ at, lasting, kind, code }, work) {
  let count = 0
  const originals = new Map()
  const isStruck = () => {
    const now = count++
    return now >= at && now < at + lasting
  }
  for (const name of calls) {
    const original = fs[name]
    if (original === undefined) continue
    originals.set(name, original)
    fs[name] = waiting.has(name) ? asynchronous(name, original) : synchronous(name, original)
  }

  function synchronous(name, original) {
    return (...given) => {
      if (!isStruck()) return original.apply(fs, given)
      if (kind === 'slow') return original.apply(fs, given)
      if (kind === 'short') return shortened(name, original, given)
      if (kind === 'after') original.apply(fs, given)
      throw failure(code, name)
    }
  }

  /** A write or a read that does half of what it was asked for. */
  function shortened(name, original, given) {
    const [fd, bytes, offset, length, ...rest] = given
    if ((name !== 'writeSync' && name !== 'readSync') || !(length > 1)) return original.apply(fs, given)
    return original.call(fs, fd, bytes, offset, length >> 1, ...rest)
  }

  function asynchronous(name, original) {
    return (...given) => {
      if (!isStruck() || kind === 'short') return original.apply(fs, given)
      const done = given.at(-1)
      const rest = given.slice(0, -1)
      if (kind === 'slow') return original.call(fs, ...rest, (...answer) => later(5, () => done(...answer)))
      if (kind === 'after') return original.call(fs, ...rest, () => done(failure(code, name)))
      later(1, () => done(failure(code, name)))
    }
  }

  try {
    await work()
  } finally {
    for (const [name, original] of originals) fs[name] = original
  }
  return count
}

function later(turns, work) {
  if (turns === 0) work()
  else setImmediate(() => later(turns - 1, work))
}

const scripts = fc.array(turn, { minLength: 1, maxLength: 8 })

async function withstands(script, fault, tried) {
  await inDirectory(async (directory) => {
    let seen = new Map()
    const made = await withFaults(fault, async () => {
      seen = await follow(directory, script)
    })
    await verify(directory, seen)
    if (fault.at < made) tried.faults++
  })
}

const never = { at: Number.POSITIVE_INFINITY, lasting: 0, kind: 'slow', code: 'EIO' }

export const fault = {
  what: 'every call to the file system, and every statement, fails, is late, or takes effect and answers a failure',
  targets: [
    {
      name: 'one call, or all from one on',
      runs: 30,
      property: (tried) => {
        tried.faults = 0
        const faults = fc.record({
          place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          lasting: fc.constantFrom(1, 1, 3, 1000),
          kind: fc.constantFrom(...kinds),
          code: fc.constantFrom(...codes),
        })
        return fc.asyncProperty(scripts, faults, async (script, { place, ...rest }) => {
          const whole = await inDirectory((directory) => withFaults(never, () => follow(directory, script)))
          await withstands(script, { ...rest, at: Math.floor(place * whole) }, tried)
        })
      },
    },
    {
      name: 'each call of a script, one by one',
      runs: 1,
      long: true,
      property: (tried) => {
        tried.faults = 0
        return fc.asyncProperty(scripts, async (script) => {
          const whole = await inDirectory((directory) => withFaults(never, () => follow(directory, script)))
          for (const kind of kinds) {
            for (const code of kind === 'before' || kind === 'after' ? codes : ['EIO']) {
              for (let at = 0; at < whole; at++) {
                const fault = { at, lasting: 1, kind, code }
                await withstands(script, fault, tried).catch((cause) => {
                  throw new Error(`${JSON.stringify(fault)}: ${cause.message}`, { cause })
                })
              }
            }
          }
        })
      },
    },
    ...faultPostgres,
  ],
}

expectThat(
  calls.every((name) => typeof fs[name] === 'function'),
  'a call of the file system has gone',
)
