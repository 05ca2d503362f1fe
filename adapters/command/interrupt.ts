import { failed } from './failed.js'

/**
 * Runs what can be ended half-way. The first Ctrl+C, or request to end, is heard between two steps, so that the store is closed as
 * it should be; a second one ends at once.
 */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const release = () => process.off('SIGINT', stop).off('SIGTERM', stop)
  const stop = () => {
    release()
    controller.abort(failed('Interrupted', 130))
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    return await run(controller.signal)
  } finally {
    release()
  }
}
