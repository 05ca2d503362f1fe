import type { ServiceStore } from 'servicebook'
import type { Open, Opening } from '../conformance/law.js'
import { type Disk, honest, outsider, type Rules } from './outsider.js'

function fails(): never {
  throw new Error('The disk does not answer')
}
const deadDisk: Disk = { get: fails, set: fails, delete: fails, values: fails }

export function refuses(): never {
  throw new Error('The storage is in use by another handle')
}

/** A storage that many handles may use. */
export function shared(handle: (disk: Disk) => ServiceStore) {
  const disk: Disk = new Map()
  return { store: handle(disk), again: () => handle(disk), fails: () => handle(deadDisk) }
}

/** A storage that one handle alone may use. */
export function unshared(handle: (disk: Disk) => ServiceStore): Opening {
  return { ...shared(handle), again: refuses }
}

/** The law that a store breaks, and how. */
export type Mutant = readonly [law: number, defect: string, open: Open]

/** An outsider with another rule. */
export function ruled(law: number, defect: string, rules: Partial<Rules>): Mutant {
  return [law, defect, () => unshared((disk) => outsider(disk, { ...honest, ...rules }))]
}

/** An outsider some of whose methods are replaced. */
export function wrapped(law: number, defect: string, wrap: (store: ServiceStore) => Partial<ServiceStore>): Mutant {
  const handle = (store: ServiceStore) => ({ ...store, ...wrap(store) })
  return [law, defect, () => unshared((disk) => handle(outsider(disk)))]
}
