/*
 * What `npm test` does before its tests: builds, lints and checks types, all at once, since each of them keeps one core
 * busy. None needs what another makes. What each prints comes in one piece; the first that fails decides how it ends.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const run = async (script) => {
  const child = spawn(`npm run --silent ${script}`, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => printed.push(part))
  const [code] = await once(child, 'close')
  process.stdout.write(Buffer.concat(printed))
  return code
}

const codes = await Promise.all(['build', 'types', 'lint'].map(run))
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
