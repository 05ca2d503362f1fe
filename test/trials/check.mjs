import fc from 'fast-check'

/**
 * Runs a property as a trial: many times, until it fails or the time is over. Answers how often it ran, and what was
 * wrong: the smallest input, and how to have it again.
 */
export async function check(target, property, { seed, path, runs, minutes }) {
  const found = await fc.check(property, {
    seed,
    ...(path === undefined ? {} : { path }),
    numRuns: runs,
    ...(minutes === undefined ? {} : { interruptAfterTimeLimit: minutes * 60_000, markInterruptAsFailure: false }),
  })
  const wrong =
    found.counterexample !== null
      ? {
          what: String(found.errorInstance?.message ?? found.errorInstance ?? 'it failed'),
          smallest: fc.stringify(found.counterexample),
          repeat: `--seed ${found.seed} --path ${found.counterexamplePath}`,
        }
      : undefined
  return { target, runs: found.numRuns, wrong }
}

/** A sentence for a fault, thrown where it is seen. */
export function expectThat(holds, what) {
  if (!holds) throw new Error(typeof what === 'function' ? what() : what)
}
