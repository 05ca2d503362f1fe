import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import pg from 'pg'
import { mlmodelServices, openBook } from 'servicebook'
import { postgresStore } from 'servicebook/postgres'
import { expectThat } from './check.mjs'
import { heldIn, possible } from './law.mjs'
import { client, holds, kinds, vandal } from './load-client.mjs'

/*
 * The command on PostgreSQL under load: connections that do all sorts of things on names of their own, beside clients that
 * vanish, stall and lie. No acknowledged write is lost, no answer is a 5xx, memory stays bounded, and it stops within the
 * time it promises though the bad clients hold on.
 */

const COMMAND = fileURLToPath(new URL('../../dist/command.js', import.meta.url))
const CONNECTIONS = 64
const MEMORY = 512
const PROMISED = 5
/** What a machine that is busy may add to that. */
const GRACE = 15

async function serving(url) {
  const child = spawn(
    process.execPath,
    [COMMAND, 'serve', '--families', 'mlmodelServices', '--port', '0', '--json', '--postgres', url],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next()
  expectThat(value !== undefined, 'the command did not begin')
  return { child, port: Number(new URL(JSON.parse(value).url).port) }
}

/** MiB that a process has in memory at most so far; where the system does not tell, none. */
function peakOf(pid) {
  try {
    return Math.round(Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
  } catch {
    return 0
  }
}

/** A caller on its own names, one operation after the other until it is over. */
async function caller(port, number, random, isOver, seen, tried) {
  const http = client(port)
  const pick = (list) => list[Math.floor(random() * list.length)]
  for (let at = 0; !isOver(); at++) {
    const name = `load${number}.${pick(['a', 'b'])}`
    const kind = pick(['create', 'upsert', 'upsert', 'upsert', 'patch', 'patch', 'delete', 'remove', 'get', 'list'])
    const operation = { kind, name, text: `${number} ${at}` }
    const answers = await http.perform(operation)
    tried.requests++
    if (kind === 'get' || kind === 'list') continue
    const before = seen.get(name) ?? [[]]
    const after = answers.flatMap((answer) => possible(before, operation, answer))
    expectThat(after.length > 0, () => `${JSON.stringify(operation)} answered ${answers} on ${JSON.stringify(before)}`)
    seen.set(name, after)
  }
  http.close()
}

/** Bad clients of one kind, one after the other; of those that hold on the last few are kept until the end. */
async function vandals(port, kind, isOver, held, tried) {
  const kept = []
  while (!isOver()) {
    const one = vandal(port, kind)
    tried.vandals++
    held.add(one)
    await Promise.race([one.gone, pause(300)])
    kept.push(one)
    if (kept.length < 4) continue
    const [old] = kept.splice(0, 1)
    held.delete(old)
    old.end()
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

async function isSound(url, seen) {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  pool.on('error', () => {})
  try {
    const held = await heldIn(openBook({ family: mlmodelServices, store: postgresStore(pool) }))
    for (const [name, states] of seen) {
      const versions = JSON.stringify(held.get(name) ?? [])
      expectThat(
        states.some((state) => JSON.stringify(state) === versions),
        () => `${name} is ${versions}, and may be ${JSON.stringify(states)}`,
      )
      held.delete(name)
    }
    held.delete('vandal')
    expectThat(held.size === 0, () => `nobody wrote ${[...held.keys()]}`)
  } finally {
    await pool.end()
  }
}

/** Numbers from a seed, the same for the same caller. */
function randomOf(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 2 ** 32
  }
}

async function carries(url, seed, seconds, tried) {
  const { child, port } = await serving(url)
  const ended = once(child, 'exit')
  const [seen, held] = [new Map(), new Set()]
  const end = Date.now() + seconds * 1000
  const isOver = () => Date.now() > end
  try {
    const callers = Array.from({ length: CONNECTIONS }, (_, number) =>
      caller(port, number, randomOf(seed * 131 + number), isOver, seen, tried),
    )
    await Promise.all([...callers, ...kinds.map((kind) => vandals(port, kind, isOver, held, tried))])
    tried['MiB at most'] = Math.max(tried['MiB at most'], peakOf(child.pid))
    expectThat(tried['MiB at most'] < MEMORY, () => `took ${tried['MiB at most']} MiB`)
    // The bad clients hold on.
    held.add(await holds(port))
    const asked = Date.now()
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), (PROMISED + GRACE) * 1000)
    const [code, signal] = await ended
    clearTimeout(late)
    expectThat(code === 0, () => `ended by ${signal ?? code} after ${Date.now() - asked} ms`)
  } finally {
    child.kill('SIGKILL')
    for (const one of held) one.end()
  }
  await isSound(url, seen)
}

const target = (name, seconds, more) => ({
  name,
  runs: 1,
  ...more,
  async open() {
    const { openServer } = await import('./database.mjs')
    return openServer()
  },
  property(tried, server) {
    Object.assign(tried, { requests: 0, vandals: 0, 'MiB at most': 0 })
    let count = 0
    return fc.asyncProperty(fc.noShrink(fc.nat(1_000_000)), async (seed) => {
      const database = `load${process.pid}_${count++}`
      await server.pool.query(`create database ${database}`)
      const url = new URL(server.url)
      url.pathname = `/${database}`
      try {
        await carries(url.href, seed, seconds, tried)
      } finally {
        await server.pool.query(`drop database ${database} with (force)`)
      }
    })
  },
})

export const load = {
  what: 'the command on PostgreSQL under 64 connections, beside clients that vanish, stall and lie about lengths',
  targets: [target('two seconds', 2), target('thirty seconds', 30, { long: true })],
}
