/*
 * What can be seen at work, on Node's diagnostics channels, as undici and fastify do it: a tracing channel for each of
 * `servicebook.verb`, `.trip`, `.statement` and `.append`. `diagnostics.md` of Node says what its five events are. A message
 * tells what is done, to how many, and in the end how many met with what; never a service, a value or the text of an error,
 * so that no secret can be in it. Nobody who listens: one look at a flag. No Node: nothing at all.
 */

/** What is published when work begins, and again, with its end, when it is done. */
export interface Message {
  readonly [detail: string]: unknown
  /** How many met with what, once it is known. */
  outcomes?: Readonly<Record<string, number>>
  /** Why it failed, where it did. */
  error?: { readonly code: string }
}

interface Channel {
  readonly hasSubscribers: boolean
  publish(message: Message): void
  runStores<T>(message: Message, work: () => T): T
}

export interface TracingChannel
  extends Readonly<Record<'start' | 'end' | 'asyncStart' | 'asyncEnd' | 'error', Channel>> {
  readonly hasSubscribers?: boolean
}

/** The channel of this name, one for all copies of this package in the process; `undefined` where there are none. */
export function channelOf(name: string): TracingChannel | undefined {
  try {
    const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } }
    const channels = process?.getBuiltinModule?.('node:diagnostics_channel')
    return (channels as { tracingChannel?(name: string): TracingChannel } | undefined)?.tracingChannel?.(name)
  } catch {
    return undefined
  }
}

/** Whether anybody listens. Some runtimes say it only of each event. */
export function isSeen(channel: TracingChannel | undefined): channel is TracingChannel {
  if (channel === undefined) return false
  return channel.hasSubscribers ?? isHeard(channel)
}

function isHeard({ start, end, asyncStart, asyncEnd, error }: TracingChannel): boolean {
  return [start, end, asyncStart, asyncEnd, error].some((event) => event.hasSubscribers)
}

/** Does the work, and tells of it. Call it only when it is seen: all that is made for it costs. */
export function seen<T>(
  channel: TracingChannel,
  message: Message,
  work: () => T,
  ended: (message: Message, answer: Awaited<T>) => void,
): T {
  const failed = (cause: unknown): never => {
    message.error = { code: codeOf(cause) }
    channel.error.publish(message)
    throw cause
  }
  const done = (answer: Awaited<T>) => {
    ended(message, answer)
    if (message.error !== undefined) channel.error.publish(message)
  }
  const later = async (answer: PromiseLike<Awaited<T>>): Promise<Awaited<T>> => {
    let arrived: Awaited<T>
    try {
      arrived = await answer
    } catch (cause) {
      channel.asyncStart.publish(message)
      try {
        return failed(cause)
      } finally {
        channel.asyncEnd.publish(message)
      }
    }
    channel.asyncStart.publish(message)
    done(arrived)
    channel.asyncEnd.publish(message)
    return arrived
  }
  return channel.start.runStores(message, () => {
    try {
      const answer = work()
      if (typeof (answer as PromiseLike<unknown> | null | undefined)?.then === 'function')
        return later(answer as PromiseLike<Awaited<T>>) as T
      done(answer as Awaited<T>)
      return answer
    } catch (cause) {
      return failed(cause)
    } finally {
      channel.end.publish(message)
    }
  })
}

/** The code of what was thrown, or its name: words of a program, never of its data. */
function codeOf(cause: unknown): string {
  try {
    const { code, name } = cause as { code?: unknown; name?: unknown }
    const word = [code, name].find((word) => typeof word === 'string' && /^[A-Za-z0-9_]{1,64}$/.test(word))
    return (word as string | undefined) ?? 'unknown'
  } catch {
    return 'unknown'
  }
}
