import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** A real process that is told names, a line each, and says what came of them; it ends with the test. */
export function teller(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => (await answers.next()).value as string | undefined
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on('close', (_, signal) => resolve(signal)))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const tell = (name: string) => {
    child.stdin.write(`${name}\n`)
    return answer()
  }
  return { child, ended, answer, tell }
}
