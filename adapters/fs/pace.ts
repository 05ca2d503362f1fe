/*
 * Timers as they were when this was loaded. A host that fakes time in its tests means its own; nobody would advance ours,
 * and opening would never end.
 */

const later = globalThis.setTimeout.bind(globalThis)
const repeat = globalThis.setInterval.bind(globalThis)
const stop = globalThis.clearInterval.bind(globalThis)

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => later(resolve, milliseconds))
}

/** Does something again and again, without keeping the process alive; answers how to end it. */
export function every(milliseconds: number, work: () => void): () => void {
  const timer = repeat(work, milliseconds)
  timer.unref?.()
  return () => stop(timer)
}
