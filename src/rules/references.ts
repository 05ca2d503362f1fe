import type { Reference } from '../ports/directory.js'
import type { ValidRequest } from './validate.js'

/*
 * What a request refers to, for the directory, and where it says so. Source: `semantics.md` §1, §7.
 */

/** A reference, and its path in what the caller gave. */
export interface Referring {
  readonly reference: Reference
  readonly path: string
}

export function referencesIn({
  owners = [],
  domain,
  dataProducts = [],
  tags = [],
}: ValidRequest): readonly Referring[] {
  return [
    ...owners.map(({ type, id }, at) => ({ reference: { type, id }, path: `/owners/${at}` })),
    ...(domain === undefined
      ? []
      : [{ reference: { type: 'domain' as const, fullyQualifiedName: domain }, path: '/domain' }]),
    ...dataProducts.map((fullyQualifiedName, at) => ({
      reference: { type: 'dataProduct' as const, fullyQualifiedName },
      path: `/dataProducts/${at}`,
    })),
    ...tags.map(({ tagFQN, source }, at) => ({
      reference: {
        type: source === 'Glossary' ? ('glossaryTerm' as const) : ('tag' as const),
        fullyQualifiedName: tagFQN,
      },
      path: `/tags/${at}/tagFQN`,
    })),
  ]
}
