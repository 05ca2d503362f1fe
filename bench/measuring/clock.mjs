/*
 * What time is measured with: beside the time on the wall the CPU time of the whole process, its collector and its threads
 * included. On a shared machine only the second can be compared with that of another day.
 */

/** Times in milliseconds, and what the work answered, on a heap that was just collected. */
export async function spent(work) {
  gc()
  return elapsed(work)
}

/** The same on the heap as it is. */
export async function elapsed(work) {
  const before = process.cpuUsage()
  const start = performance.now()
  const answer = await work()
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { wall, cpu: (user + system) / 1000, answer }
}

/** The times of one of `count`, in microseconds. */
export const each = ({ wall, cpu }, count) => ({ wall: (wall * 1000) / count, cpu: cpu && (cpu * 1000) / count })

/** Times of so many more. */
export const times = ({ wall, cpu }, factor) => ({ wall: wall * factor, cpu: cpu * factor })

/** The number in the middle. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
