import type { Birth } from '../model/fields.js'
import type { EntityStatus, OwnerReference, Service, TagLabel } from '../model/service.js'
import { finder, sameOwner, sameTag, sameValue, sameText as text } from './same.js'

/** The fields a request can change, besides `serviceType`. */
export interface Fields {
  readonly displayName?: string | undefined
  readonly description?: string | undefined
  readonly owners?: readonly OwnerReference[] | undefined
  readonly domain?: string | undefined
  readonly dataProducts?: readonly string[] | undefined
  readonly tags?: readonly TagLabel[] | undefined
  readonly connection?: Service['connection'] | undefined
  readonly style?: Service['style'] | undefined
  readonly ingestionRunner?: Service['ingestionRunner'] | undefined
  /** No request has one: a patch alone changes it. */
  readonly entityStatus?: EntityStatus | undefined
}

type Rule<T> = {
  readonly absent: 'clear' | 'keep'
  /** A bot fills a blank one, but never overwrites or clears it. */
  readonly bot?: 'fill'
} & ({ readonly supplied: 'replace'; readonly same: (a: T, b: T) => boolean } | { readonly supplied: 'union' })

const owners = (a: readonly OwnerReference[], b: readonly OwnerReference[]) => sameSet(a, b, sameOwner)
const names = (a: readonly string[], b: readonly string[]) => sameSet(a, b, text)

/**
 * What upsert does to each field of a stored service, absent in the request or supplied; a new field is a new line.
 * Source: what the OpenMetadata server does on `PUT`; `semantics.md` §5.
 */
export const mergeTable = {
  displayName: { absent: 'clear', supplied: 'replace', bot: 'fill', same: text },
  description: { absent: 'clear', supplied: 'replace', bot: 'fill', same: text },
  owners: { absent: 'keep', supplied: 'replace', same: owners },
  domain: { absent: 'keep', supplied: 'replace', same: text },
  dataProducts: { absent: 'clear', supplied: 'replace', bot: 'fill', same: names },
  tags: { absent: 'keep', supplied: 'union' },
  connection: { absent: 'keep', supplied: 'replace', same: sameValue },
  style: { absent: 'keep', supplied: 'replace', same: sameValue },
  ingestionRunner: { absent: 'clear', supplied: 'replace', same: sameValue },
  entityStatus: { absent: 'keep', supplied: 'replace', same: text },
} as const satisfies { [F in keyof Required<Fields>]: Rule<NonNullable<Fields[F]>> }

const fieldNames = Object.keys(mergeTable) as (keyof typeof mergeTable)[]

/**
 * The fields of a stored service after an upsert; those it had, the very same object, when nothing is new. A field that
 * does not change is the same reference as before. With `overrides`, OpenMetadata's `overrideMetadata`, a bot overwrites what
 * it supplies, and tags are replaced instead of united.
 */
export function merge(before: Held, request: Fields, isBot: boolean, overrides: boolean): Fields {
  let isNew = false
  const of = <T>(old: T, given: T, rule: Rule<never>): T => {
    const value = mergeField(old, given, rule as Rule<unknown>, isBot, overrides)
    if (value !== old) isNew = true
    return value as T
  }
  // Each field by its own name, since every write comes by here, and a name out of a list is found much later.
  const merged: { readonly [F in keyof Required<Held>]: Held[F] } = {
    displayName: of(before.displayName, request.displayName, mergeTable.displayName),
    description: of(before.description, request.description, mergeTable.description),
    owners: of(before.owners, request.owners, mergeTable.owners),
    domain: of(before.domain, request.domain, mergeTable.domain),
    dataProducts: of(before.dataProducts, request.dataProducts, mergeTable.dataProducts),
    tags: of(before.tags, request.tags, mergeTable.tags),
    connection: of(before.connection, request.connection, mergeTable.connection),
    style: of(before.style, request.style, mergeTable.style),
    ingestionRunner: of(before.ingestionRunner, request.ingestionRunner, mergeTable.ingestionRunner),
    entityStatus: of(before.entityStatus, request.entityStatus, mergeTable.entityStatus),
    provider: before.provider,
  }
  return isNew ? merged : before
}

/** What is stored has what it was born with besides. */
type Held = Fields & Birth

/**
 * The fields of a stored service after a patch: those of the request, what it lacks gone. As with `merge`, the very same
 * object when nothing is new, and the same reference for a field that does not change.
 */
export function replaced(before: Fields, request: Fields): Fields {
  let changed: Record<string, unknown> | undefined
  for (const field of fieldNames) {
    const [old, given] = [before[field], request[field] ?? (field === 'tags' ? noTags : undefined)]
    if (old === given || (old !== undefined && given !== undefined && sames[field](old as never, given as never)))
      continue
    changed ??= { ...before }
    changed[field] = given
  }
  return changed ?? before
}

const noTags: readonly TagLabel[] = Object.freeze([])
const tags = (a: readonly TagLabel[], b: readonly TagLabel[]) => sameSet(a, b, sameValue)
const sames = {
  displayName: text,
  description: text,
  owners,
  domain: text,
  dataProducts: names,
  tags,
  connection: sameValue,
  style: sameValue,
  ingestionRunner: sameValue,
  entityStatus: text,
}

/** What is the same already stays, whatever the rule. */
function mergeField(before: unknown, given: unknown, rule: Rule<unknown>, isBot: boolean, overrides: boolean): unknown {
  if (given === before) return before
  const isBlank = before === undefined || before === ''
  if (isBot && rule.bot === 'fill' && (given === undefined || !(isBlank || overrides))) return before
  if (given === undefined) return rule.absent === 'keep' ? before : undefined
  if (before === undefined) return given
  if (rule.supplied === 'union') {
    const [old, young] = [before as readonly TagLabel[], given as readonly TagLabel[]]
    if (overrides) return tags(old, young) ? old : young
    return union(old, young)
  }
  return rule.same(before, given) ? before : given
}

/** What is there stays as it is, and stays in front. */
function union(before: readonly TagLabel[], given: readonly TagLabel[]): readonly TagLabel[] {
  let all: TagLabel[] | undefined
  const isThere = finder(before, sameTag)
  for (const tag of given) {
    if (isThere(tag)) continue
    all ??= [...before]
    all.push(tag)
  }
  return all === undefined ? before : Object.freeze(all.slice())
}

/** Both sides are sets already: no element occurs twice. */
function sameSet<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  if (a.length !== b.length) return false
  let at = 0
  while (at < a.length && same(a[at] as T, b[at] as T)) at++
  if (at === a.length) return true // mostly they are in the same order
  const isThere = finder(b, same)
  return a.every((element) => isThere(element))
}
