import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from './catalogue.js'
import { asking } from './edge.js'

/* The command as a shell runs it: a process of its own, on the built package. */

export const KEY = Buffer.alloc(32, 7).toString('base64')
export const NEXT = Buffer.alloc(32, 8).toString('base64')

/** `input` is what stdin says, and ends with; without one it stays open. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, input?: string) {
  const child = spawn(process.execPath, [path.resolve('dist/command.js'), ...args], {
    env: { ...process.env, SERVICEBOOK_KEY: KEY, DATABASE_URL: undefined, ...env },
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (part) => (printed.stdout += part))
  child.stderr.setEncoding('utf8').on('data', (part) => (printed.stderr += part))
  child.stdin.on('error', () => {})
  if (input !== undefined) child.stdin.end(input)
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, ...printed }))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, printed, ended }
}

export const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}, input = '') => start(args, env, input).ended

export async function serve(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const host = start(['serve', '--port', '0', '--json', ...args], env, '')
  while (!host.printed.stdout.includes('\n')) {
    const next = await Promise.race([once(host.child.stdout, 'data'), host.ended])
    if ('code' in next) throw new Error(next.stderr)
  }
  const ready = JSON.parse(host.printed.stdout)
  const stop = async () => {
    host.child.kill('SIGTERM')
    return host.ended
  }
  return { ready, ask: asking(fetch, ready.url), stop }
}

export function written(text: string | Uint8Array): string {
  const file = path.join(temporaryDirectory(), 'file')
  fs.writeFileSync(file, text)
  return file
}

export const lines = (...rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
