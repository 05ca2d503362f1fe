import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { vi } from 'vitest'
import { thisThread } from '../adapters/fs/holder.js'
import { BEAT, PATIENCE } from '../adapters/fs/lock.js'
import * as pace from '../adapters/fs/pace.js'

/* What tests of who has a directory have in common. */

/** Every wait of somebody who hears no sign of life. */
export const SILENCE = new Array(PATIENCE / 1000).fill(1000)
export const ELSEWHERE = { host: 'far', pid: 7, place: 'another boot', started: '1' }
export const dead = () => ({ ...thisThread(), started: '1' })

export const filesIn = (directory: string) => fs.readdirSync(directory).map((name) => path.join(directory, name))
export const saidIn = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8'))

/** Puts down a lock as if by somebody else. */
export function other(directory: string, said: object | ''): string {
  const file = path.join(directory, `${randomUUID()}.lock`)
  fs.writeFileSync(file, said === '' ? '' : JSON.stringify(said))
  return file
}

/** Time in the hands of a test, until its mocks are restored: nothing waits, and a sign of life is given when it is told to. */
export function inTestTime() {
  const time = {
    /** The waits so far, in milliseconds. */
    waits: [] as number[],
    /** What holders do every five seconds. */
    beats: [] as (() => void)[],
    /** What happens during the nth wait. */
    meanwhile: (_: number) => {},
  }
  vi.spyOn(Math, 'random').mockReturnValue(1)
  vi.spyOn(pace, 'pause').mockImplementation(async (milliseconds) => {
    time.waits.push(milliseconds)
    time.meanwhile(time.waits.length)
  })
  vi.spyOn(pace, 'every').mockImplementation((milliseconds, work) => {
    if (milliseconds !== BEAT) throw new Error(`a beat every ${milliseconds} ms`)
    time.beats.push(work)
    return () => time.beats.splice(time.beats.indexOf(work), 1)
  })
  return time
}
