import * as Type from 'typebox'
import { type AwsCredentials, awsCredentials as aws } from './parts/aws.js'
import { type GcpCredentials, gcpCredentials as gcp } from './parts/gcp.js'
import { type FilterPattern, pattern } from './patterns.js'

/*
 * What a family of a host's own is made of, beside TypeBox.
 */

/** A string that is a secret: masked wherever a service is shown, sealed before it is stored. */
export const secret = () => Type.String({ format: 'password' })

/** A map from any key to a secret, such as connection options of all kinds. */
export const secretMap = () => Type.Unsafe<Record<string, string>>(Type.Object({}, { additionalProperties: secret() }))

/** OpenMetadata's `filterPattern`: regular expressions of names to take in and to leave out. */
export const filterPattern = /* @__PURE__ */ Type.Unsafe<FilterPattern>(pattern().schema)

/** OpenMetadata's `awsCredentials`. */
export const awsCredentials = /* @__PURE__ */ Type.Unsafe<AwsCredentials>(aws().schema)

/** OpenMetadata's `gcpCredentials`: service-account values, a path, an external account, or application default. */
export const gcpCredentials = /* @__PURE__ */ Type.Unsafe<GcpCredentials>(gcp().schema)
