import type { TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { completed } from './defaults.js'
import { APPLICATORS, altered, type Inner, isNode, type Node, REFUSED, unformatted, withInner } from './schema.js'

/** Schemas that others name by `$ref: '#/$defs/<name>'`. */
export type Definitions = Readonly<Record<string, TSchema>>

interface Walk {
  /** What a `$ref` begins at: the schema itself, or the definitions given with the family. */
  readonly root: unknown
  readonly shared: { readonly $defs: Definitions }
  /** The schemas being walked, outermost first. */
  readonly within: readonly unknown[]
  readonly at: string
  /** Inside a question (`if`, `not` …) nothing may be declared; inside `then` and its kin no default. */
  readonly inside: { readonly keyword: string; readonly meaning: Inner['meaning'] } | null
  readonly done: Map<unknown, TSchema>
}

/**
 * A schema without `$ref`, in which every keyword is one that is walked. `oneOf` becomes `anyOf`, since several branches
 * that fit are as good as one. Throws `TypeError` with the name of what it cannot walk.
 */
export function resolved(schema: TSchema, $defs: Definitions): TSchema {
  const done = new Map<unknown, TSchema>()
  return anew(schema, { root: schema, shared: { $defs }, within: [], at: '', inside: null, done })
}

function anew(schema: TSchema, walk: Walk): TSchema {
  if (typeof schema === 'boolean') return schema
  if (!isNode(schema)) return refuse(walk, 'has no schema')
  if (walk.within.includes(schema)) return refuse(walk, 'leads to itself, by $ref or as an object')
  // What a keyword forbids inside it depends on where a definition is used, so only what may stand anywhere is kept.
  const known = walk.inside === null ? walk.done.get(schema) : undefined
  if (known !== undefined) return known
  const next = { ...walk, within: [...walk.within, schema] }
  checkKeywords(schema, walk)
  let made: TSchema & Node = withInner(schema, (inner) => {
    const { keyword, key, meaning } = inner
    const at = `${walk.at}/${keyword}${key === null ? '' : `/${key}`}`
    const inside = meaning === 'seldom' || meaning === 'test' ? { keyword, meaning } : walk.inside
    return anew(inner.schema, { ...next, at, inside: walk.inside?.meaning === 'test' ? walk.inside : inside })
  })
  if (schema.$ref !== undefined) made = withTarget(made, next)
  if (OF_THE_DOCUMENT.some((key) => key in made)) made = altered(made, {}, OF_THE_DOCUMENT) as TSchema & Node
  if (made.oneOf !== undefined) made = withoutOneOf(made)
  checkSecret(made, walk)
  checkDefault(made, walk)
  if (walk.inside === null) walk.done.set(schema, made)
  return made
}

/** What says something of the document a schema stands in, and nothing once its `$ref`s are resolved. */
const OF_THE_DOCUMENT = ['$defs', 'definitions', '$id', '$schema']

function refuse(walk: Walk, fault: string): never {
  throw new TypeError(`${fault}${walk.at === '' ? '' : `, at ${walk.at}`}`)
}

function checkKeywords(node: Node, walk: Walk): void {
  for (const [keyword, value] of Object.entries(node)) {
    if (REFUSED.has(keyword)) refuse(walk, `has ${keyword}, which is not taken`)
    if (keyword === '$id' && walk.at !== '') refuse(walk, 'has $id, which is not taken inside a schema')
    if (!Object.hasOwn(APPLICATORS, keyword)) continue
    const kinds = APPLICATORS[keyword] ?? []
    const kind = Array.isArray(value) ? 'list' : 'map'
    const one = kinds.some(({ holds }) => holds === 'one') && (typeof value === 'boolean' || isNode(value))
    const many = kinds.some(({ holds }) => holds === kind) && typeof value === 'object' && value !== null
    if (!one && !many) refuse(walk, `has ${keyword}, which is not what it must be`)
    const held = one ? [] : Object.values(value as object)
    const names = keyword === 'dependencies' ? held.filter((each) => !Array.isArray(each)) : held
    if (names.some((each) => typeof each !== 'boolean' && !isNode(each))) refuse(walk, `has no schema in ${keyword}`)
  }
  if (isNode(node.properties) && Object.hasOwn(node.properties, '__proto__')) refuse(walk, 'declares __proto__')
  for (const pattern of Object.keys(node.patternProperties ?? {})) {
    if (!isPattern(pattern)) refuse(walk, 'has patternProperties with what is no regular expression')
  }
  const { pattern } = node as { readonly pattern?: unknown }
  if (typeof pattern === 'string' && !isPattern(pattern)) refuse(walk, 'has a pattern that is no regular expression')
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') !== undefined
  } catch {
    return false
  }
}

/** A `$ref` is replaced by what it names. What stands beside it is said of the same value. */
function withTarget(node: TSchema & Node, walk: Walk): TSchema & Node {
  const { $ref, ...beside } = node as Node
  const [target, root] = named($ref, walk)
  const found = anew(target, { ...walk, root, at: `${walk.at}/$ref` })
  const rest = altered(node, {}, ['$ref', ...OF_THE_DOCUMENT])
  const keywords = Object.keys(beside).filter((key) => !OF_THE_DOCUMENT.includes(key))
  if (!isNode(found)) return altered(rest, { allOf: [...(node.allOf ?? []), found] }) as TSchema & Node
  const apart = keywords.every((key) => ANNOTATIONS.has(key) || (key === 'format' && found.format === undefined))
  if (apart) return altered(found, { ...rest }) as TSchema & Node
  return altered(rest, { allOf: [...(node.allOf ?? []), found] }) as TSchema & Node
}

/** Keywords that may stand beside a `$ref` and say nothing of which values fit. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$comment',
  'default',
  'deprecated',
  'description',
  'examples',
  'readOnly',
  'title',
  'writeOnly',
])

/** What a `$ref` names, and the document it stands in. */
function named($ref: unknown, walk: Walk): readonly [TSchema, unknown] {
  if (typeof $ref !== 'string' || !($ref === '#' || $ref.startsWith('#/'))) {
    return refuse(walk, `has a $ref that does not begin with #/: ${JSON.stringify($ref)}`)
  }
  const keys = $ref
    .slice(1)
    .split('/')
    .slice(1)
    .map((key) => decoded(key).replaceAll('~1', '/').replaceAll('~0', '~'))
  for (const root of [walk.root, walk.shared]) {
    let found: unknown = root
    for (const key of keys) {
      found = typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? found[key as never] : undefined
    }
    if (typeof found === 'boolean' || isNode(found)) return [found as TSchema, root]
  }
  return refuse(walk, `has a $ref to what is not there: ${$ref}`)
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

function withoutOneOf(node: TSchema & Node): TSchema & Node {
  const { oneOf = [], anyOf, allOf = [] } = node
  const changes = anyOf === undefined ? { anyOf: oneOf } : { allOf: [...allOf, { anyOf: oneOf }] }
  return altered(node, changes, ['oneOf']) as TSchema & Node
}

/** Only texts are masked, so only texts may be declared secret. */
function checkSecret(node: Node, walk: Walk): void {
  if (node.format !== 'password') return
  if (walk.inside?.meaning === 'test')
    refuse(walk, `declares a secret inside ${walk.inside.keyword}, which is not taken`)
  const types = [node.type ?? []].flat()
  const values = Array.isArray(node.enum) ? node.enum : 'const' in node ? [node.const] : []
  const texts = types.length > 0 ? types.every(isText) : values.length > 0 && values.every((v) => typeof v === 'string')
  if (!texts) refuse(walk, 'declares a secret (format: password) that is not of type string')
}

const isText = (type: unknown) => type === 'string' || type === 'null'

function checkDefault(node: TSchema & Node, walk: Walk): void {
  if (node.default === undefined) return
  if (walk.inside !== null) refuse(walk, `has a default inside ${walk.inside.keyword}, which is not taken`)
  if (!Check(unformatted(node), completed(node.default, node))) refuse(walk, 'has a default that does not fit')
}
