/** The latest instant that a `Date` can be, in milliseconds since the epoch. Source: ECMAScript, "Time Values". */
export const END_OF_TIME = 8.64e15

/** Whether something is an instant as services have it: whole milliseconds, from the epoch on. */
export function isInstant(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= END_OF_TIME
}
