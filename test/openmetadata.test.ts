import fs from 'node:fs'
import { createService, defineFamily, type Family, openBook, revealConnection, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'

/*
 * The connection schemas of OpenMetadata's thirteen families, as they are. Facts read off OpenMetadata 2.0.7.
 */

interface Node {
  readonly [keyword: string]: unknown
  readonly properties?: Readonly<Record<string, Node>>
}
interface Facts {
  readonly families: Record<string, { collection: string; serviceTypes: string[]; connections: Record<string, Node> }>
  readonly $defs: Record<string, Node>
}

const facts = JSON.parse(fs.readFileSync(new URL('facts/openmetadata-families.json', import.meta.url), 'utf8')) as Facts
const NO_CLASS: Node = { type: 'object', additionalProperties: true }

const families = Object.entries(facts.families).map(([entityType, { collection, serviceTypes, connections }]) => {
  const schemas = Object.fromEntries(serviceTypes.map((type) => [type, connections[type] ?? NO_CLASS]))
  return defineFamily({ entityType, collection, serviceTypes: schemas, $defs: facts.$defs } as unknown as Family)
})

/** A config with every field, or every field that must be there; `turn` says which branch of each union. */
function sample(node: Node, turn: number, whole: boolean): unknown {
  const branches = node.anyOf as readonly Node[] | undefined
  if (branches !== undefined) return sample(branches[turn % branches.length] as Node, turn, whole)
  if ('const' in node) return node.const
  if (Array.isArray(node.enum)) return node.enum[turn % node.enum.length]
  if (node.format === 'password') return `hush${turn}`
  const { type, properties = {}, additionalProperties } = node
  if (type === 'string') return 'plain'
  if (type === 'integer' || type === 'number') return node.minimum ?? 1
  if (type === 'boolean') return turn % 2 === 0
  if (type === 'array') return [sample(node.items as Node, turn, whole)]
  const keys = whole ? Object.keys(properties) : ((node.required ?? []) as string[])
  const fields = keys.map((key) => [key, sample(properties[key] as Node, turn, whole)])
  const more = additionalProperties === false ? [] : [['other key', 'text']]
  return Object.fromEntries([...fields, ...(whole ? more : [])])
}

const cases = families.flatMap((family) =>
  Object.entries(family.serviceTypes).map(([type, schema]) => ({ family, type, schema: schema as unknown as Node })),
)

test('§11 there are thirteen families of 147 service types', () => {
  expect([families.length, cases.length]).toEqual([13, 147])
})

test.each(cases)('§1, §8 $family.entityType $type', async ({ family, type, schema }) => {
  const book = openBook({ family, store: memoryStore() })
  const request = (name: string, given: unknown) => {
    const { type: _, ...config } = given as Record<string, unknown>
    return { name, serviceType: type, connection: { config: config as never } }
  }
  for (const turn of [0, 1, 2]) {
    const config = sample(schema, turn, true)
    const made = (await createService(book, request(`a${turn}`, config)))._unsafeUnwrap()
    expect(JSON.stringify(made)).not.toContain('hush')
    const clear = (await revealConnection(book, `a${turn}`))._unsafeUnwrap()?.config
    expect(clear).toMatchObject({ ...(config as object), type })
    for (const again of [request(`a${turn}`, config), request(`a${turn}`, made.connection?.config)]) {
      expect((await upsertService(book, again))._unsafeUnwrap().outcome).toBe('unchanged')
    }
  }
  const least = (await createService(book, request('least', sample(schema, 0, false))))._unsafeUnwrap()
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    if (field.default !== undefined) expect(least.connection?.config).toHaveProperty([key])
  }
  const wrong = await createService(book, request('wrong', { ...(sample(schema, 0, true) as object), other: 1 }))
  expect(wrong.isErr()).toBe(schema.additionalProperties === false)
})
