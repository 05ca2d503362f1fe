import { etag, getService } from 'servicebook'
import { describe, expect, test } from 'vitest'
import { stateOf } from './catalogue.js'
import { ADA, aws, CHANGE, MODELS, openEdge, row } from './edge.js'

describe('PATCH', () => {
  test('changes the service as clients see it: domains, references with names, data products', async () => {
    const { ask, book } = openEdge({ shape: 'documented' })
    const owner = { id: ADA, type: 'user', name: 'ada', fullyQualifiedName: 'ada', deleted: false }
    await ask('POST', MODELS, row('a', { domain: 'Sales', tags: [{ tagFQN: 'PII.None' }] }))
    const patch = (...operations: object[]) => ask('PATCH', `${MODELS}/name/a`, operations)
    const ops = { id: ADA, type: 'domain', fullyQualifiedName: 'Ops', name: 'Ops' }
    const steps: [object[], object][] = [
      [[{ op: 'add', path: '/owners/0', value: owner }], { owners: [{ id: ADA, type: 'user' }] }],
      [[{ op: 'replace', path: '/domains/0', value: ops }], { domain: 'Ops' }],
      [
        [
          { op: 'test', path: '/domain', value: 'Ops' },
          { op: 'replace', path: '/domain', value: 'HR' },
        ],
        { domain: 'HR' },
      ],
      [[{ op: 'add', path: '/dataProducts/-', value: { ...ops, type: 'dataProduct' } }], { dataProducts: ['Ops'] }],
      [[{ op: 'add', path: '/dataProducts/-', value: 'Churn' }], { dataProducts: ['Ops', 'Churn'] }],
      [
        [{ op: 'add', path: '/tags/0/description', value: 'for people' }],
        { tags: [{ tagFQN: 'PII.None', source: 'Classification', labelType: 'Manual', state: 'Confirmed' }] },
      ],
      [
        [
          { op: 'remove', path: '/dataProducts' },
          { op: 'remove', path: '/domains/0' },
        ],
        { domain: undefined },
      ],
      [
        [
          { op: 'add', path: '/domains/0', value: ops },
          { op: 'add', path: '/href', value: 'x' },
        ],
        { domain: 'Ops' },
      ],
      [
        [
          { op: 'remove', path: '/domain' },
          { op: 'remove', path: '/domains' },
        ],
        { domain: undefined },
      ],
      [
        [
          { op: 'add', path: '/domain', value: 'A' },
          { op: 'add', path: '/domains', value: ['A'] },
        ],
        { domain: 'A' },
      ],
    ]
    for (const [operations, expected] of steps) {
      const answered = await patch(...operations)
      expect([answered.status, answered.body.message]).toEqual([200, undefined])
      const service = (await getService(book, 'a'))._unsafeUnwrap()
      for (const [key, value] of Object.entries(expected)) expect(service[key as 'domain']).toEqual(value)
    }
    const failures: [object[], number, string?][] = [
      [[{ op: 'add', path: '/domains/-', value: ops }], 400, '/domains/1'],
      [[{ op: 'replace', path: '/domains/0', value: { id: ADA, type: 'domain' } }], 400, '/domains/0'],
      [[{ op: 'replace', path: '/domains', value: 'Ops' }], 400, '/domains'],
      [[{ op: 'add', path: '/owners/0', value: { name: 'ada', type: 'user' } }], 400, '/owners/0/id'],
      [[{ op: 'replace', path: '', value: {} }], 400, '/0/path'],
      [[{ op: 'replace', path: '/deleted', value: true }], 400, '/deleted'],
      [[{ op: 'remove', path: '/nothing' }], 400, '/0'],
      [[{ op: 'test', path: '/version', value: 7 }], 412],
      [
        [
          { op: 'remove', path: '/domains/0' },
          { op: 'add', path: '/dataProducts/0', value: 'x' },
        ],
        400,
        '/dataProducts',
      ],
    ]
    const before = await stateOf(book.store)
    for (const [operations, status, path] of failures) {
      const { body } = await patch(...operations)
      expect([body.code, body.issues?.[0].path, JSON.stringify(operations)]).toEqual([
        status,
        path,
        JSON.stringify(operations),
      ])
    }
    expect(await stateOf(book.store)).toEqual(before)
  })

  test('says what it did; consolidates; keeps masked secrets; a body that is no patch is a 400', async () => {
    const { ask, book } = openEdge({ authenticate: () => ({ name: 'ada' }) })
    const { body } = await ask('POST', MODELS, aws('a', 'hush'))
    const edit = (value: string) => ask('PATCH', `${MODELS}/${body.id}`, [{ op: 'add', path: '/description', value }])
    const first = await edit('one')
    expect([first.status, first.headers.get(CHANGE), first.body.version]).toEqual([200, 'entityUpdated', 0.2])
    expect((await edit('two')).body.version).toBe(0.2)
    const same = await edit('two')
    expect([same.headers.get(CHANGE), same.headers.get('etag')]).toEqual(['entityNoChange', etag(same.body)])
    const region = [{ op: 'replace', path: '/connection/config/awsConfig/awsRegion', value: 'us' }]
    expect((await ask('PATCH', `${MODELS}/name/a`, region)).body.version).toBe(0.3)
    const { revealConnection } = await import('servicebook')
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toMatchObject({
      awsConfig: { awsRegion: 'us', awsSecretAccessKey: 'hush' },
    })
    expect((await ask('PATCH', `${MODELS}/name/a`, {})).body.message).toBe(
      'The body must be a list of JSON Patch operations',
    )
  })
})
