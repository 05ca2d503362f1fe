/** Families that are as they must be, so that `openBook` need not walk them once more. */
const defined = new WeakSet<object>()

export function isDefined(family: object): boolean {
  return defined.has(family)
}

/** The same family, frozen, and known to be as it must be. */
export function asDefined<F extends object>(family: F): F {
  defined.add(Object.freeze(family))
  return family
}
