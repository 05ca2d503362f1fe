import fs from 'node:fs'
import os from 'node:os'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { fateOf, type Holder, thisThread } from '../adapters/fs/holder.js'

/* D4: what `/proc` proves of whoever holds a directory, and what it leaves open. */

const SELF = process.pid
const { readFileSync, readlinkSync } = fs

/** A line of `/proc/<pid>/stat`: a name that may hold anything, a state, eighteen numbers, and the start. */
const stat = (started: string, state = 'S') =>
  `1 (a) Z (b) ${state} ${Array.from({ length: 18 }, (_, at) => at).join(' ')} ${started} 0 0`

const SYSTEM: Readonly<Record<string, string>> = {
  '/proc/self': String(SELF),
  '/proc/thread-self': `${SELF}/task/12`,
  '/proc/self/ns/pid': 'pid:[1]',
  '/proc/self/ns/time': 'time:[2]',
  '/proc/sys/kernel/random/boot_id': 'this-boot\n',
  '/proc/1/stat': stat('1'),
  [`/proc/${SELF}/stat`]: stat('100'),
  [`/proc/${SELF}/task/12/stat`]: stat('120'),
}

/** From now on the system says this of itself; what it does not say is not there, or fails with the code of an error. */
function system(change: Readonly<Record<string, string | { code: string } | undefined>> = {}): void {
  const said = { ...SYSTEM, ...change }
  const answer = (file: string) => {
    const text = said[file]
    if (typeof text === 'string') return text
    const { code } = text ?? { code: 'ENOENT' }
    throw Object.assign(new Error(`${code}: the test says so`), { code })
  }
  const isSystem = (file: unknown): file is string => String(file).startsWith('/proc')
  vi.spyOn(fs, 'readFileSync').mockImplementation(((file: string, ...rest: [never]) =>
    isSystem(file) ? answer(file) : readFileSync(file, ...rest)) as never)
  vi.spyOn(fs, 'readlinkSync').mockImplementation(((file: string, ...rest: [never]) =>
    isSystem(file) ? answer(file) : readlinkSync(file, ...rest)) as never)
}

afterEach(() => {
  vi.restoreAllMocks()
})

const PLACE = 'this-boot pid:[1] time:[2]'
const NOBODY = { place: null, started: null, thread: null, threadStarted: null }

describe('a thread says of itself', () => {
  const said = (change = {}) => {
    system(change)
    const { host, pid, ...rest } = thisThread()
    expect([host, pid]).toEqual([os.hostname(), SELF])
    return rest
  }

  test('where its numbers mean something, and when it and its process began', () => {
    expect(said()).toEqual({ place: PLACE, started: '100', thread: 12, threadStarted: '120' })
  })

  test('what it knows, where the system has no namespaces of times or tells no threads', () => {
    expect(said({ '/proc/self/ns/time': undefined })).toMatchObject({ place: 'this-boot pid:[1] ', started: '100' })
    for (const thread of [undefined, '', `${SELF}/task/x`])
      expect(said({ '/proc/thread-self': thread })).toMatchObject({ started: '100', threadStarted: null })
    expect(said({ '/proc/thread-self': undefined })).toMatchObject({ thread: null })
    expect(said({ [`/proc/${SELF}/task/12/stat`]: undefined })).toMatchObject({ thread: 12, threadStarted: null })
    expect(said({ [`/proc/${SELF}/stat`]: '1 (short) S 1 2' })).toMatchObject({ place: PLACE, started: null })
  })

  test.each<[string, Record<string, string | { code: string } | undefined>]>([
    ['is not there', Object.fromEntries(Object.keys(SYSTEM).map((file) => [file, undefined]))],
    ['is of another namespace', { '/proc/self': String(SELF + 1) }],
    ['does not say which start of the machine it is', { '/proc/sys/kernel/random/boot_id': undefined }],
    ['says nothing where the start of the machine stands', { '/proc/sys/kernel/random/boot_id': '\n' }],
    ['does not say which namespace it is', { '/proc/self/ns/pid': undefined }],
    ['hides the processes of others', { '/proc/1/stat': undefined }],
    ['says nothing of processes of others', { '/proc/1/stat': { code: 'EACCES' } }],
  ])('nothing, where /proc %s', (_, change) => {
    expect(said(change)).toEqual(NOBODY)
  })
})

describe('of a holder is', () => {
  const OTHER: Holder = { host: 'h', pid: 7, place: PLACE, started: '70', thread: 8, threadStarted: '80' }
  const LIVES = { '/proc/7/stat': stat('70'), '/proc/7/task/8/stat': stat('80') }

  const fate = (holder: Partial<Holder> = {}, change: Parameters<typeof system>[0] = {}) => {
    system({ ...LIVES, ...change })
    return fateOf({ ...OTHER, ...holder })
  }

  test('known that it lives, where process and thread are those that began then', () => {
    expect(fate()).toBe('alive')
    for (const state of ['R', 'D', 'T', 'I']) expect(fate({}, { '/proc/7/stat': stat('70', state) })).toBe('alive')
    // Of the thread nothing was said: the process tells.
    for (const unsaid of [{ thread: null }, { threadStarted: null }, { thread: null, threadStarted: null }])
      expect(fate(unsaid, { '/proc/7/task/8/stat': undefined })).toBe('alive')
  })

  test.each<[string, Parameters<typeof system>[0]]>([
    ['its process is gone', { '/proc/7/stat': undefined }],
    ['its process goes while one looks', { '/proc/7/stat': { code: 'ESRCH' } }],
    ['its process is a zombie', { '/proc/7/stat': stat('70', 'Z') }],
    ['its process is dead and not yet taken away', { '/proc/7/stat': stat('70', 'X') }],
    ['its pid was given to another process', { '/proc/7/stat': stat('71') }],
    ['its thread is gone', { '/proc/7/task/8/stat': undefined }],
    ['its thread goes while one looks', { '/proc/7/task/8/stat': { code: 'ESRCH' } }],
    ['its thread is a zombie', { '/proc/7/task/8/stat': stat('80', 'Z') }],
    ['its number was given to another thread', { '/proc/7/task/8/stat': stat('81') }],
  ])('known that it is dead, where %s', (_, change) => {
    expect(fate({}, change)).toBe('dead')
  })

  test.each<[string, Partial<Holder>, Parameters<typeof system>[0]]>([
    ['it said nothing of where it is', { place: null }, {}],
    ['it said nothing of when it began', { started: null }, {}],
    ['neither', NOBODY, {}],
    ['it is elsewhere', { place: 'that-boot pid:[1] time:[2]' }, {}],
    ['nothing is known of here', {}, { '/proc/self': String(SELF + 1) }],
    ['its process may not be looked at', {}, { '/proc/7/stat': { code: 'EACCES' } }],
    ['its process cannot be looked at just now', {}, { '/proc/7/stat': { code: 'EMFILE' } }],
    ['what is said of its process is cut', {}, { '/proc/7/stat': '7 (node) S 1 2' }],
    ['its thread may not be looked at', {}, { '/proc/7/task/8/stat': { code: 'EACCES' } }],
  ])('nothing known, where %s', (_, holder, change) => {
    // That nobody is seen there proves nothing.
    const gone = change?.['/proc/7/stat'] === undefined && Object.keys(holder).length > 0
    expect(fate(holder, gone ? { ...change, '/proc/7/stat': undefined } : change)).toBe('unknown')
  })
})
