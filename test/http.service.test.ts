import type { Book } from 'servicebook'
import { openBook } from 'servicebook'
import { allFamilies } from 'servicebook/families'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { asking } from './edge.js'

/*
 * What OpenMetadata's own tests ask of every family of services, in our own words and values.
 */

test.each(allFamilies)(
  '§2, §7 $collection: a name with a dot, the URL of a service, lists by domain',
  async (family) => {
    const { collection, entityType, serviceTypes } = family
    const at = `/api/v1/services/${collection}`
    const ask = asking(serviceHandler(openBook({ family, store: memoryStore() }) as Book, { basePath: '/api' }))
    const [serviceType] = Object.keys(serviceTypes)
    const make = async (name: string, domain: string) =>
      (await ask('POST', at, { name, serviceType, domains: [domain] })).body

    const dotted = await make('eu.prod', 'Sales')
    expect(dotted).toMatchObject({ name: 'eu.prod', fullyQualifiedName: '"eu.prod"', version: 0.1, deleted: false })
    for (const path of ['/name/eu.prod', '/name/%22eu.prod%22', `/${dotted.id}`])
      expect((await ask('GET', at + path)).body.id, path).toBe(dotted.id)
    expect(new URL(dotted.href).pathname).toBe(`${at}/${dotted.id}`)

    await make('b', 'Sales')
    await make('c', 'Ops')
    const named = async (query: string) =>
      (await ask('GET', `${at}?limit=1000&${query}`)).body.data.map(({ name }: { name: string }) => name)
    expect(await named('domain=Sales')).toEqual(['b', 'eu.prod'])
    expect(await named('domain=Ops')).toEqual(['c'])
    expect(await named('')).toEqual(['b', 'c', 'eu.prod'])

    // Its name is taken, soft-deleted or not, until it is removed.
    const again = { name: 'c', serviceType }
    expect((await ask('POST', at, again)).body).toMatchObject({ code: 409, errorType: 'ENTITY_ALREADY_EXISTS' })
    await ask('DELETE', `${at}/name/c`)
    expect((await ask('POST', at, again)).status).toBe(409)
    const gone = await ask('GET', `${at}/name/c`)
    expect([gone.status, gone.body.message]).toEqual([404, `${entityType} instance for c not found`])
    expect((await ask('GET', `${at}/name/c?include=deleted`)).body).toMatchObject({ deleted: true, version: 0.2 })
    await ask('DELETE', `${at}/name/c?hardDelete=true&recursive=true`)
    expect((await ask('POST', at, again)).body.version).toBe(0.1)
  },
)
