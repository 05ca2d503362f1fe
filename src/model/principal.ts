/** Who calls, as the host knows it. */
export interface Principal {
  /** Recorded as `updatedBy`. */
  readonly name: string
  /** A bot fills a blank `description` or `displayName` but never overwrites or clears one. Default `false`. */
  readonly isBot?: boolean
  /** For policies that tell admins. Default `false`. */
  readonly isAdmin?: boolean
  /** The id of the user, for policies that tell owners: a UUID, as in `owners`. */
  readonly id?: string
  /** The ids of the teams the user is in, which may be owners too. */
  readonly teams?: readonly string[]
}

/** OpenMetadata's operations on a service, as far as a service catalogue has them. */
export type Operation =
  | 'Create'
  | 'EditAll'
  | 'EditDescription'
  | 'EditDisplayName'
  | 'EditOwners'
  | 'EditTags'
  | 'Delete'
  | 'ViewBasic'
  | 'ViewSecrets'

/** Stands for the principal where there is none. */
export const ANONYMOUS = 'anonymous'
