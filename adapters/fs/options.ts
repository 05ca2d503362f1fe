/** What `fsStore` takes beside its directory. */
export interface FsStoreOptions {
  /** Services kept in memory once read or written, in bytes of the file they stand in. Default 128 MiB. */
  readonly memory?: number
  /**
   * Reads what is in the directory at the moment it is opened, and goes on answering just that, whatever another process
   * writes, compacts or closes meanwhile; `close()` and `open()` bring it up to date. Nothing is written, no lock taken,
   * and a torn end passed over, so that it works where nothing may be written, and beside the process that writes. What
   * stands at the end may be a write that was not acknowledged yet: after a power failure it may not have happened. Every
   * write, and `compact()`, is refused with `applied: false`. The directory must be there. Default `false`.
   */
  readonly readOnly?: boolean
}

const OPTIONS: readonly string[] = ['memory', 'readOnly']

/** A mistake in the program is said at once and by name. */
export function checked(where: unknown, options: unknown): void {
  if (typeof where !== 'string' || where === '')
    throw new TypeError("the directory must be a path, for example fsStore('./services')")
  if (typeof options !== 'object' || options === null) throw new TypeError('the options of fsStore must be an object')
  for (const key of Object.keys(options)) {
    if (!OPTIONS.includes(key)) throw new TypeError(`${key} is no option of fsStore: it takes ${OPTIONS.join(', ')}`)
  }
  const { memory = 0, readOnly = false } = options as Record<string, unknown>
  if (typeof memory !== 'number' || !(memory >= 0)) throw new TypeError('memory must be a number of bytes')
  if (typeof readOnly !== 'boolean') throw new TypeError('readOnly must be true or false')
}
