import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { besideOf, removeBeside } from './beside.js'
import { copyFrom } from './copy.js'
import { addHeader, noLines } from './line.js'
import { type Lock, mustHold } from './lock.js'
import { isSame, sightOf } from './look.js'
import { distrust } from './mark.js'
import { readJournal } from './open.js'
import { placeOf } from './place.js'
import { keepSecond, secondOf, sourceOf } from './second.js'
import { datasync, openForAppend, syncDirectory, writeAll } from './sync.js'

/**
 * Puts a journal into a new file with a higher epoch, after its directory was taken from somebody who may yet wake up.
 * His appends go to the file he has open, and before he acknowledges one he looks at the path and finds another file.
 * What he acknowledged before that look led here was in his file by then, so the copy is taken to its end after the
 * rename; until that is on disk his file has a second name, from which whoever comes next begins again. A compaction of
 * his that was put in place is found out before the rename, and one that was not loses its file.
 */
export async function renew(file: string, family: string, lock: Lock): Promise<void> {
  const place = placeOf(file)
  const { source, epoch } = sourceOf(place)
  const old = openForAppend(source)
  const beside = besideOf(place, randomUUID())
  const next = openForAppend(beside)
  try {
    await readJournal(old, file, family) // refuses what is no journal, or damaged; cuts nothing, since he may be writing
    const header = noLines()
    addHeader(header, family, epoch + 1)
    writeAll(next, header.bytes.subarray(0, header.length))
    let from = copyFrom(old, sightOf(old).head.length + 1, next)
    await datasync(next)
    mustHold(lock)
    removeBeside(place, beside)
    if (isSame(source, sightOf(old)) !== true) throw replaced(file)
    if (source === place) keepSecond(place)
    rename(beside, place, next)
    from = copyFrom(old, from, next)
    await datasync(next)
    removeBeside(place)
    if (isSame(file, sightOf(next)) !== true) throw replaced(file)
    fs.rmSync(secondOf(place), { force: true })
    await syncDirectory(place)
  } catch (cause) {
    distrust(next)
    throw cause
  } finally {
    fs.closeSync(old)
    fs.closeSync(next)
    fs.rmSync(beside, { force: true })
  }
}

function replaced(file: string): Error {
  return new Error(`${file} was replaced while it was taken over`)
}

/** One that answers an error may have taken effect; the last look finds out what this one does not. */
function rename(beside: string, place: string, next: number): void {
  try {
    fs.renameSync(beside, place)
  } catch (cause) {
    if (isSame(place, sightOf(next)) === false) throw cause
  }
}
