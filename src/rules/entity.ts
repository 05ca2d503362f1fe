import type { Issue } from '../model/errors.js'
import { fqn } from '../model/fqn.js'
import type { Service } from '../model/service.js'
import type { Check } from '../ports/check.js'

/** What `entityRules` takes. */
export interface EntityRulesOptions {
  /** The FQN of the domain of a data product, by the product's FQN; `undefined` where that is not known. Default: none is known. */
  readonly domainOf?: (dataProduct: string) => string | undefined
  /** The classifications whose tags exclude each other. Default: `Tier` and `Certification`. */
  readonly exclusive?: Iterable<string>
}

/**
 * OpenMetadata's rules on what a service may be, ready as one of the checks of a book:
 *
 * - Owners are users, or one team.
 * - Data products are of the service's domain, where `domainOf` knows theirs.
 * - Of the tags of an `exclusive` classification a service has one.
 *
 * What a patch or an upsert leaves as it was is not held against it. That a team which owns is a Group only the directory
 * can know, which answers with the reason. One domain at most is what a service has anyway.
 *
 * Throws `TypeError` when an option is not known, or not what it must be.
 *
 * @example
 * const book = openBook({ family: mlmodelServices, store, checks: [entityRules({ exclusive: ['Tier', 'PII'] })] })
 *
 * Source: OpenMetadata's default entity rules; `semantics.md` §9.
 */
export function entityRules(options: EntityRulesOptions = {}): Check {
  const { domainOf, exclusive } = optionsChecked(options)
  return (after, before) => [
    ...(after.owners === before?.owners ? [] : ownerIssues(after)),
    ...(domainOf === undefined ? [] : productIssues(after, domainOf)),
    ...(after.tags === before?.tags ? [] : tagIssues(after, exclusive)),
  ]
}

function ownerIssues({ owners = [] }: Service): readonly Issue[] {
  const teams = owners.filter(({ type }) => type === 'team').length
  if (teams === 0 || owners.length === 1) return []
  return [{ path: '/owners', message: teams > 1 ? 'may have one team only' : 'must be users or one team, not both' }]
}

function productIssues({ domain, dataProducts = [] }: Service, domainOf: (product: string) => string | undefined) {
  return dataProducts.flatMap((product, at) => {
    const its = domainOf(product)
    if (its === undefined || its === domain) return []
    return [{ path: `/dataProducts/${at}`, message: 'is of another domain than the service' }]
  })
}

function tagIssues({ tags }: Service, exclusive: ReadonlySet<string>): readonly Issue[] {
  const seen = new Set<string>()
  return tags.flatMap(({ tagFQN, source }, at) => {
    const [part = ''] = source === 'Classification' ? fqn.split(tagFQN).unwrapOr([]) : []
    const classification = fqn.unquote(part)
    if (!exclusive.has(classification)) return []
    if (!seen.has(classification)) {
      seen.add(classification)
      return []
    }
    return [{ path: `/tags/${at}/tagFQN`, message: `excludes another tag of ${classification} that the service has` }]
  })
}

function optionsChecked(given: EntityRulesOptions) {
  if (typeof given !== 'object' || given === null)
    throw new TypeError('entityRules takes an object: entityRules({ … })')
  for (const option of Object.keys(given)) {
    if (option !== 'domainOf' && option !== 'exclusive')
      throw new TypeError(`${option} is no option of entityRules: it takes domainOf, exclusive`)
  }
  const { domainOf, exclusive = ['Tier', 'Certification'] } = given
  if (domainOf !== undefined && typeof domainOf !== 'function') throw new TypeError('domainOf must be a function')
  if (typeof exclusive !== 'object' || exclusive === null || !(Symbol.iterator in exclusive))
    throw new TypeError('exclusive must be a list of names of classifications')
  return { domainOf, exclusive: new Set(exclusive) as ReadonlySet<string> }
}
