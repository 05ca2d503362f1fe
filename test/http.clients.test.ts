import http from 'node:http'
import type { Book } from 'servicebook'
import { openApiDocument } from 'servicebook/http'
import { standIn } from 'servicebook/stand-in'
import { describe, expect, onTestFinished, test } from 'vitest'
import { MODELS, openEdge } from './edge.js'

/*
 * Requests as public clients of OpenMetadata send them, in our own words and values: the Python client of 2.0, the Java
 * and Go SDKs, a Terraform provider, an MCP server.
 */

const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })
const describing = (value: string) => [{ op: 'add', path: '/description', value }]

describe('§7 the Python client demands a version by a weak tag', () => {
  test.each(['PATCH', 'DELETE', 'PUT'])('%s is done where the service is at it, and else 412', async (method) => {
    const { ask } = openEdge()
    const at = method === 'PUT' ? MODELS : `${MODELS}/name/a`
    const body = { PATCH: describing('x'), DELETE: undefined, PUT: row('a', { description: 'x' }) }[method]
    await ask('POST', MODELS, row('a'))
    for (const stale of ['W/"0.2"', 'W/"0.10"', '"0.1"', 'W/"0.2", "0.1"'])
      expect((await ask(method, at, body, { 'if-match': stale })).status, stale).toBe(412)
    expect((await ask(method, at, body, { 'if-match': 'W/"0.1"' })).status).toBe(200)
    expect((await ask('GET', `${MODELS}/name/a?include=all`)).body.version).toBe(0.2)
    expect((await ask(method, at, body, { 'if-match': 'W/"0.1"' })).status).toBe(412)
  })

  test('a patch that demands one is a version of its own, and tells whom another overtook', async () => {
    const { ask } = openEdge({ authenticate: () => ({ name: 'ada' }) })
    await ask('POST', MODELS, row('a'))
    const patch = (value: string, tag: string) =>
      ask('PATCH', `${MODELS}/name/a`, describing(value), { 'if-match': tag })
    const [first, second] = [await patch('one', 'W/"0.1"'), await patch('two', 'W/"0.2"')]
    expect([first.body.version, second.body.version]).toEqual([0.2, 0.3])
    expect((await patch('three', 'W/"0.2"')).body.errorType).toBe('PRECONDITION_FAILED')
    expect((await ask('GET', `${MODELS}/name/a`)).body.description).toBe('two')
  })
})

test('§7 the Go SDK sends a value with every operation, a type with every request, and names as they are', async () => {
  const { ask } = openEdge({ authenticate: () => ({ name: 'ada' }) })
  const typed = { 'content-type': 'application/json' }
  for (const name of ['a', 'a b', 'ü', 'a+b', 'a;b=c', '(a,b)', "a'b", '[a]|{b}^`', 'a.b']) {
    const at = `${MODELS}/name/${name}`
    const made = await ask('POST', MODELS, row(name, { description: 'x' }))
    expect(made.status, name).toBe(201)
    const changed = await ask('PATCH', at, [
      { op: 'remove', path: '/description', value: null },
      { op: 'copy', path: '/displayName', from: '/name', value: null },
    ])
    expect([changed.status, changed.body.description, changed.body.displayName]).toEqual([200, undefined, name])
    const { body } = await ask('GET', at, undefined, typed)
    expect([body.id, body.name, body.version]).toEqual([made.body.id, name, 0.2])
    expect((await ask('DELETE', `${at}?hardDelete=true`, undefined, typed)).status).toBe(200)
    expect((await ask('GET', `${MODELS}/${made.body.id}?include=all`, undefined, typed)).status).toBe(404)
  }
})

describe('a generator of requests from the document', () => {
  test('sends methods that nothing takes: 405, whatever the method', async () => {
    const om = await standIn()
    onTestFinished(() => om.close())
    for (const method of ['TRACE', 'PROPFIND', 'POST']) {
      const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
        http.request(`${om.url}/v1/system/version`, { method }, resolve).on('error', reject).end()
      })
      answer.resume()
      expect([answer.statusCode, answer.headers.allow], method).toEqual([405, expect.stringContaining('GET, HEAD')])
    }
  })

  test('finds versions and pointers taken where its patterns let them through, and no others', async () => {
    const { ask, book } = openEdge()
    const { paths, components } = openApiDocument(book as unknown as Book)
    const { parameters } = (paths[`${MODELS}/{id}/versions/{version}`] as { get: object }).get as {
      parameters: { schema: { pattern: string } }[]
    }
    const version = new RegExp(parameters[1]?.schema.pattern as string)
    const { body } = await ask('POST', MODELS, row('a'))
    for (const asked of ['0', '0.0', '0.1', '0.10', '1', '01', '1.0', '12.3', '1.', '-1', 'x']) {
      const { status } = await ask('GET', `${MODELS}/${body.id}/versions/${asked}`)
      expect(status !== 400, asked).toBe(version.test(asked))
    }
    const { PatchOperation } = components.schemas as {
      PatchOperation: { anyOf: { properties: { path: { pattern: string } } }[] }
    }
    const pointer = new RegExp(PatchOperation.anyOf[0]?.properties.path.pattern as string)
    for (const path of ['', '/', '/description', '/a~0b/~1', '/~', '/~2', 'description', ' /']) {
      const { body: refused } = await ask('PATCH', `${MODELS}/name/a`, [{ op: 'test', path, value: 1 }])
      expect(!/JSON Pointer/.test(refused.message), path).toBe(pointer.test(path))
    }
  })

  test('§7 is told what it may not move, be it the service itself', async () => {
    const { ask } = openEdge()
    await ask('POST', MODELS, row('a'))
    const { body } = await ask('PATCH', `${MODELS}/name/a`, [{ op: 'remove', path: '' }])
    expect(body.message).toBe('/0/path the service itself cannot be changed')
  })
})
