import { type Family, openBook } from 'servicebook'
import { type HandlerOptions, serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook } from './catalogue.js'
import { asking, MODELS } from './edge.js'

/*
 * What `serviceHandler` takes beside a book: its options, and more books.
 */

const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })

test('an option that is not what it must be is a TypeError', () => {
  const book = openTestBook()
  const bad: [unknown, HandlerOptions][] = [
    [[], {}],
    [[book, book], {}],
    [book, { basePath: 'api' }],
    [book, { basePath: '/api/' }],
    [book, { basePath: '/' }],
    [book, { publicUrl: 'catalogue' }],
    [book, { publicUrl: 'http://x/' }],
    [book, { shape: 'other' as never }],
    [book, { bodyLimit: 0 }],
    [book, { bulkLimit: 1.5 }],
    [book, { bulkRows: -1 }],
  ]
  for (const [books, options] of bad) expect(() => serviceHandler(books as never, options)).toThrow(TypeError)
})

test('several books, each at its collection; where clients reach them is the host’s to say', async () => {
  const family = {
    entityType: 'otherService',
    collection: 'otherServices',
    serviceTypes: openTestBook().family.serviceTypes,
  }
  const store = memoryStore()
  const handler = serviceHandler([openTestBook({ store }), openBook({ family: family as Family, store })], {
    basePath: '/api',
    publicUrl: 'https://catalogue.example/meta/api',
    version: '1.9.4',
  })
  const ask = asking(handler)
  const made = await ask('POST', '/api/v1/services/otherServices', row('a'))
  const href = `https://catalogue.example/meta/api/v1/services/otherServices/${made.body.id}`
  expect([made.body.href, made.headers.get('location')]).toEqual([href, href])
  expect((await ask('GET', `/api${MODELS}/name/a`)).status).toBe(404)
  expect((await ask('GET', '/api/v1/system/version')).body).toEqual({
    version: '1.9.4',
    revision: 'servicebook',
    timestamp: expect.any(Number),
  })
  const document = (await ask('GET', '/api/openapi.json')).body
  expect(document.servers).toEqual([{ url: 'https://catalogue.example/meta/api' }])
  expect(Object.keys(document.paths)).toContain('/v1/services/otherServices/bulk')
})
