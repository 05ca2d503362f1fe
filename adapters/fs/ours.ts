import fs from 'node:fs'
import path from 'node:path'

/** The families that have a journal in a directory. */
export function familiesIn(directory: string): readonly string[] {
  return fs
    .readdirSync(directory)
    .filter((name) => name.endsWith(SUFFIX) && FAMILY.test(path.basename(name, SUFFIX)))
    .filter((name) => isOurs(path.join(directory, name)))
    .map((name) => path.basename(name, SUFFIX))
}

export const SUFFIX = '.jsonl'
export const FAMILY = /^[A-Za-z][A-Za-z0-9]*$/

/** What services are called in OpenMetadata; a file of that name is refused, not passed over, when it is no journal. */
const OF_SERVICES = /Service\.jsonl$/
const BEGINNING = '{"format":"servicebook/'

/**
 * Whether a file of the directory claims to be a journal, by its name or by how it begins. Others are left alone, those
 * that we may not look at included.
 */
function isOurs(file: string): boolean {
  const isNamed = OF_SERVICES.test(file)
  try {
    if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return false
    return isNamed || beginningOf(file) === BEGINNING
  } catch (cause) {
    if (isNamed || !NOT_FOR_US.includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause
    return false
  }
}

const NOT_FOR_US: readonly string[] = ['EACCES', 'EPERM', 'ENOENT', 'ELOOP']

function beginningOf(file: string): string {
  const start = Buffer.alloc(BEGINNING.length)
  const fd = fs.openSync(file, 'r')
  try {
    fs.readSync(fd, start, 0, start.length, 0)
  } finally {
    fs.closeSync(fd)
  }
  return start.toString('latin1')
}
