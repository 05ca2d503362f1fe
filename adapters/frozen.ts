/** Freezes what was just parsed, all the way down. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const key in value) frozen(value[key])
    Object.freeze(value)
  }
  return value
}
