import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** A process, told apart from any other that ever had its number. */
interface Holder {
  readonly host: string
  /** Changes when the machine starts; `null` where the system does not say. */
  readonly boot: string | null
  readonly pid: number
  /** When the process started, in the system's own clock; `null` where the system does not say. */
  readonly started: string | null
}

/**
 * Makes this process the only one that writes in a directory; answers how to give that up. Every process that wants the
 * directory puts down a file of its own and then looks for others: of two that come at once at least one sees the other
 * and steps back, and nobody ever takes over a file that somebody else may be taking over too. The file of a process
 * that is gone is removed; one of a living process, or of another machine, is an error that names it.
 */
export async function lock(directory: string): Promise<() => void> {
  const mine = `${randomUUID()}.lock`
  const file = path.join(directory, mine)
  for (let attempt = 1; ; attempt++) {
    let other: string | undefined
    try {
      // Renamed into place, so that nobody ever reads half of it.
      fs.writeFileSync(`${file}.new`, JSON.stringify(thisProcess()))
      fs.renameSync(`${file}.new`, file)
      other = livingOther(directory, mine)
    } catch (cause) {
      // Left there, it would keep this very process out when it tries again.
      for (const left of [file, `${file}.new`]) fs.rmSync(left, { force: true })
      throw cause
    }
    if (other === undefined) return () => fs.rmSync(file, { force: true })
    fs.rmSync(file, { force: true })
    // Two that came at once have both stepped back; whoever comes again first has it.
    if (attempt === 4) throw new Error(other)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * attempt))
  }
}

/** Why the directory cannot be had, or `undefined`. */
function livingOther(directory: string, mine: string): string | undefined {
  for (const name of fs.readdirSync(directory)) {
    if (!name.endsWith('.lock') || name === mine) continue
    const file = path.join(directory, name)
    const holder = readHolder(file)
    if (holder === 'gone') continue
    if (holder === 'unreadable')
      return `it is locked by ${name}, which does not say by whom; remove that if no process uses the directory`
    const { host, pid } = holder
    if (host !== os.hostname()) {
      return `it is in use by process ${pid} on ${host}; remove ${name} if that process is gone`
    }
    if (isAlive(holder)) return `it is in use by process ${pid}${pid === process.pid ? ', this one' : ''}`
    fs.rmSync(file, { force: true })
  }
  return undefined
}

function readHolder(file: string): Holder | 'gone' | 'unreadable' {
  try {
    const { host, boot, pid, started } = JSON.parse(fs.readFileSync(file, 'utf8')) as Holder
    return typeof host === 'string' && Number.isInteger(pid) ? { host, boot, pid, started } : 'unreadable'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'unreadable'
  }
}

function thisProcess(): Holder {
  return { host: os.hostname(), boot: bootId(), pid: process.pid, started: startOf(process.pid) }
}

function isAlive({ boot, pid, started }: Holder): boolean {
  if (boot !== bootId()) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return started === startOf(pid)
}

function bootId(): string | null {
  return readLine('/proc/sys/kernel/random/boot_id')
}

/** The 22nd field; the second is a name in parentheses that may hold anything. */
function startOf(pid: number): string | null {
  const stat = readLine(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function readLine(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}
