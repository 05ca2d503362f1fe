import fs from 'node:fs'
import path from 'node:path'

const MOST_LINKS = 40

/**
 * Where a file really stands, or would stand if it is not there yet: links are followed, one that leads to nothing
 * included, so that what takes the place of the file does not take that of the link.
 */
export function placeOf(file: string): string {
  let place = inRealDirectory(file)
  for (let links = 0; links < MOST_LINKS; links++) {
    if (!fs.lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) return place
    place = inRealDirectory(path.resolve(path.dirname(place), fs.readlinkSync(place)))
  }
  throw new Error(`${file} is a link that leads to itself`)
}

function inRealDirectory(file: string): string {
  return path.join(fs.realpathSync(path.dirname(file)), path.basename(file))
}
