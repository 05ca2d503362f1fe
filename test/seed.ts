import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    seed: number
  }
}

/** One seed for all properties of a run, printed so that the run can be repeated. */
export function setup(project: TestProject): void {
  const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31)
  project.provide('seed', seed)
  console.log(`fast-check seed ${seed}; FC_SEED=${seed} npm test repeats it`)
}
