import { type Book, fqn, type Reference as Known } from 'servicebook'
import { type Answer, refusal } from './answers.js'
import type { Describe, Described } from './references.js'

/*
 * References that clients send by id alone or by name alone: what they lack is asked of the host, which may know it. What it
 * does not know is left as it came, to be refused. Source: OpenMetadata's `entityReference`; `semantics.md` §1.
 */

type Reference = Record<string, unknown>

/** A reference that lacks something, and what may tell it. */
interface Gap {
  readonly reference: Reference
  readonly asked: Described
}

/** Fills in, in bodies that are ours, what references lack. The host is asked once for all of them; an answer ends the request. */
export async function completeReferences(
  book: Book,
  describe: Describe | undefined,
  bodies: readonly unknown[],
): Promise<Answer | undefined> {
  const found: Found[] = []
  for (const body of bodies) findIn(body, found)
  if (found.length === 0) return undefined
  const untyped = found.filter(
    ({ kind, reference }) => kind === 'owner' && isText(reference.id) && !('type' in reference),
  )
  if (untyped.length > 0) {
    const asked = untyped.flatMap(({ reference }) =>
      (['user', 'team'] as const).map((type) => ({ type, id: reference.id as string })),
    )
    const known = await knownTo(book, asked)
    if ('status' in known) return known
    for (const [at, { reference }] of untyped.entries()) {
      const [user, team] = [known[2 * at] !== false, known[2 * at + 1] !== false]
      if (user !== team) reference.type = user ? 'user' : 'team'
    }
  }
  if (describe === undefined) return undefined
  const gaps = found.flatMap(gapIn)
  if (gaps.length === 0) return undefined
  const told = await describe(gaps.map(({ asked }) => asked))
  for (const [at, { reference, asked }] of gaps.entries()) {
    const known = told[at]
    if ('id' in asked && isText(known?.fullyQualifiedName)) reference.fullyQualifiedName = known.fullyQualifiedName
    if ('fullyQualifiedName' in asked && isText(known?.id)) reference.id = known.id
  }
  return undefined
}

/** Whether the host's directory has them; where there is none, all are there. */
export async function knownTo({ directory }: Book, asked: readonly Known[]): Promise<readonly unknown[] | Answer> {
  try {
    return (await directory?.knows(asked)) ?? asked.map(() => true)
  } catch (cause) {
    return refusal({ code: 'STORE_FAILED', message: '', during: 'resolve', applied: false, cause })
  }
}

interface Found {
  readonly kind: 'owner' | 'domain' | 'dataProduct'
  readonly reference: Reference
}

const FIELDS = { owners: 'owner', domain: 'domain', domains: 'domain', dataProducts: 'dataProduct' } as const
const NAMED = Object.keys(FIELDS)

/** Adds the references in a create request, or in the operations of a patch. */
function findIn(body: unknown, found: Found[]): void {
  if (Array.isArray(body)) {
    for (const operation of body) {
      if (!isObject(operation) || !isText(operation.path)) continue
      const [, field = '', ...rest] = operation.path.split('/')
      if (rest.length <= 1) findUnder(field, operation.value, found)
    }
  } else if (isObject(body)) for (const field of NAMED) findUnder(field, body[field], found)
}

function findUnder(field: string, value: unknown, found: Found[]): void {
  if (value === undefined || !Object.hasOwn(FIELDS, field)) return
  const kind = FIELDS[field as keyof typeof FIELDS]
  for (const reference of Array.isArray(value) ? value : [value])
    if (isObject(reference)) found.push({ kind, reference })
}

function gapIn({ kind, reference }: Found): Gap[] {
  const { id, type, name, fullyQualifiedName } = reference
  if (kind !== 'owner') {
    if (fullyQualifiedName !== undefined) return []
    if (isText(id)) return [{ reference, asked: { type: kind, id } }]
    // Domains and data products below none are called as they are named.
    if (isText(name)) reference.fullyQualifiedName = fqn.quote(name)
    return []
  }
  const named = fullyQualifiedName ?? name
  if (id !== undefined || !isText(named) || (type !== 'user' && type !== 'team')) return []
  return [{ reference, asked: { type, fullyQualifiedName: named } }]
}

const isText = (value: unknown): value is string => typeof value === 'string'

const isObject = (value: unknown): value is Reference =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
