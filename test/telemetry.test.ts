import * as api from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type Span,
} from '@opentelemetry/sdk-trace-base'
import { createService, upsertService } from 'servicebook'
import { expect, onTestFinished, test } from 'vitest'
import { openTestBook } from './catalogue.js'
import { openDatabase } from './database.js'

test('seen: the recipe for OpenTelemetry makes a tree of spans below that of the host, with what they came to', async () => {
  const { watch } = (await import('../examples/telemetry.mjs' as string)) as {
    watch(tracer: api.Tracer, of: typeof api): () => void
  }
  const exporter = new InMemorySpanExporter()
  const spans: Span[] = []
  const inOrder = {
    onStart: (span: Span) => void spans.push(span),
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const provider = new BasicTracerProvider({ spanProcessors: [inOrder, new SimpleSpanProcessor(exporter)] })
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  onTestFinished(() => api.context.disable())
  const tracer = provider.getTracer('servicebook')
  const { store, close } = await openDatabase()
  onTestFinished(close)
  const book = openTestBook({ store })
  const request = (name: string) => ({ name, serviceType: 'Sklearn' }) as const

  const stop = watch(tracer, api)
  onTestFinished(stop)
  await tracer.startActiveSpan('GET /', async (span) => {
    await upsertService(book, request('a'))
    span.end()
  })
  await createService(book, request('a'))
  stop()
  await createService(book, request('b'))

  expect(exporter.getFinishedSpans()).toHaveLength(spans.length)
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]))
  const tree = spans.map(({ name, parentSpanContext }) => [name, names.get(parentSpanContext?.spanId ?? '')])
  expect(tree).toEqual([
    ['GET /', undefined],
    ['servicebook upsertService', 'GET /'],
    ['servicebook load', 'servicebook upsertService'],
    ['servicebook statement', 'servicebook load'],
    ['servicebook commit', 'servicebook upsertService'],
    ['servicebook statement', 'servicebook commit'],
    ['servicebook createService', undefined],
    ['servicebook commit', 'servicebook createService'],
    ['servicebook statement', 'servicebook commit'],
  ])
  expect(new Set(spans.slice(0, 6).map((span) => span.spanContext().traceId)).size).toBe(1)
  expect(spans[1]?.attributes).toEqual({ 'servicebook.family': 'mlmodelService', 'servicebook.outcome.created': 1 })
  expect(spans[3]?.attributes['db.query.text']).toMatch(/select/)
  expect(spans[6]).toMatchObject({
    status: { code: api.SpanStatusCode.ERROR, message: 'ENTITY_ALREADY_EXISTS' },
    attributes: { 'error.type': 'ENTITY_ALREADY_EXISTS' },
  })
})
