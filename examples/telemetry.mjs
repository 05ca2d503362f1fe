/*
 * Traces of servicebook for OpenTelemetry: a span for each verb, and below it one for each trip to the store, each SQL
 * statement and each append to a journal. Without it nothing is made.
 *
 * npm install servicebook @opentelemetry/api, and the SDK of your choice, which is to be started first
 *
 * import * as api from '@opentelemetry/api'
 * watch(api.trace.getTracer('servicebook'), api)
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'

const CHANNELS = ['verb', 'trip', 'statement', 'append']

/**
 * Makes spans until what it answers is called. Spans stand below the verb they are for, and a verb below what is active
 * where it was called.
 */
export function watch(tracer, { SpanStatusCode, context, trace, storage = new AsyncLocalStorage() }) {
  const stops = CHANNELS.map((name) => {
    const channel = tracingChannel(`servicebook.${name}`)
    const spans = new WeakMap()
    // What `start` runs is run with what this answers in the store, so that whatever begins in there finds its parent.
    channel.start.bindStore(storage, (message) => {
      const { verb, trip, family, text } = message
      const attributes = {
        ...(family && { 'servicebook.family': family }),
        ...(text && { 'db.system.name': 'postgresql', 'db.query.text': text }),
      }
      const parent = storage.getStore() ?? context.active()
      const span = tracer.startSpan(`servicebook ${verb ?? trip ?? name}`, { attributes }, parent)
      spans.set(message, span)
      return trace.setSpan(parent, span)
    })
    const ended = (message) => {
      const span = spans.get(message)
      if (span === undefined) return
      spans.delete(message)
      for (const [outcome, count] of Object.entries(message.outcomes ?? {}))
        span.setAttribute(`servicebook.outcome.${outcome}`, count)
      if (message.error) {
        span.setAttribute('error.type', message.error.code)
        span.setStatus({ code: SpanStatusCode.ERROR, message: message.error.code })
      }
      span.end()
    }
    // What does not wait has its end, and what it came to, when `end` comes; the rest when `asyncEnd` does.
    const subscribers = {
      end: (message) => (message.outcomes || message.error) && ended(message),
      asyncEnd: ended,
    }
    channel.subscribe(subscribers)
    return () => {
      channel.unsubscribe(subscribers)
      channel.start.unbindStore(storage)
    }
  })
  return () => {
    for (const stop of stops) stop()
  }
}
