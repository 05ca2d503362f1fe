import { batchMutants } from './batch.js'
import { failureMutants } from './failure.js'
import { handleMutants } from './handle.js'
import { historyMutants } from './history.js'
import type { Mutant } from './mutant.js'
import { ownershipMutants } from './ownership.js'
import { pageMutants } from './page.js'
import { raceMutants } from './race.js'
import { readMutants } from './read.js'
import { writeMutants } from './write.js'

export { shared, unshared } from './mutant.js'
export { outsider } from './outsider.js'

/** Stores with one defect each, in the order of the laws they break. */
export const mutants: readonly Mutant[] = [
  ...writeMutants,
  ...batchMutants,
  ...raceMutants,
  ...historyMutants,
  ...readMutants,
  ...pageMutants,
  ...ownershipMutants,
  ...failureMutants,
  ...handleMutants,
]
