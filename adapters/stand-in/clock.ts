/** When a stand-in is, in milliseconds since the epoch; by the machine's clock, or standing still. */
export interface Clock {
  now(): number
  /** Goes on by so many milliseconds, at once. */
  advance(ms: number): void
  /** Stands at an instant from now on. */
  set(instant: Date | number | string): void
}

/** Without an instant it is the machine's clock, and what it was advanced by. Throws `TypeError` when it is none. */
export function clockAt(instant: Date | number | string | undefined) {
  let [stands, beyond] = [instant === undefined ? undefined : millisecondsOf(instant), 0]
  return {
    now: () => (stands ?? Date.now()) + beyond,
    advance(ms: number): void {
      if (!Number.isSafeInteger(ms)) throw new TypeError('a clock is advanced by whole milliseconds')
      beyond += ms
    },
    set(instant: Date | number | string): void {
      stands = millisecondsOf(instant)
      beyond = 0
    },
    /** Answers what brings it back to where it is. */
    mark(): () => void {
      const held = [stands, beyond] as const
      return () => {
        ;[stands, beyond] = held
      }
    },
  }
}

function millisecondsOf(instant: Date | number | string): number {
  const time = new Date(instant).getTime()
  if (!Number.isInteger(time) || time < 0)
    throw new TypeError('an instant is a Date, milliseconds, or an ISO 8601 text')
  return time
}
