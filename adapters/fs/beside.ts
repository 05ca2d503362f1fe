import fs from 'node:fs'
import path from 'node:path'

/** A file that is to take the place of a journal; nobody else's may, so each has a name of its own. */
export function besideOf(file: string, id: string): string {
  return `${file}.${id}.compact`
}

/** Removes what processes that ended, or lost the directory, were about to put in the place of a journal; not `mine`. */
export function removeBeside(file: string, mine?: string): void {
  const directory = path.dirname(file)
  for (const name of fs.readdirSync(directory)) {
    if (path.join(directory, name) === mine) continue
    if (!name.startsWith(path.basename(file))) continue
    if (BESIDE.test(name.slice(path.basename(file).length))) fs.rmSync(path.join(directory, name), { force: true })
  }
}

const BESIDE = /^(\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?\.compact$/
