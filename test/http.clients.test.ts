import { describe, expect, test } from 'vitest'
import { MODELS, openEdge } from './edge.js'

/*
 * Requests as public clients of OpenMetadata send them, in our own words and values: the Python client of 2.0, the Java
 * SDK, a Terraform provider, an MCP server.
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
