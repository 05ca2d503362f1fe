import { setImmediate } from 'node:timers/promises'
import { type Mutant, ruled } from './mutant.js'

/** Stores that lose a race. */
export const raceMutants: readonly Mutant[] = [
  ruled(8, 'waits between the check and the write of a create', {
    pause: ({ before }) => (before === null ? setImmediate() : undefined),
  }),
  ruled(9, 'waits between the check and the write of an update', {
    pause: ({ before }) => (before === null ? undefined : setImmediate()),
  }),
]
