/**
 * What there must be one of in a process, although two copies of this package may be loaded in it: as ESM and as CommonJS,
 * or in two versions. `name` ends with a number, one higher when what is made can no longer be shared with what it was.
 */
export function oneForAllCopies<T>(name: `${string}/${number}`, make: () => T): T {
  const key = Symbol.for(`servicebook/${name}`)
  const process = globalThis as unknown as Record<symbol, T | undefined>
  process[key] ??= make()
  return process[key]
}
