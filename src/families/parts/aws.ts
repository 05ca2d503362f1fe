import { type Config, type Field, flag, must, object, password, text, uri } from '../fields.js'

/*
 * What signs in to AWS.
 */

const aws = () => ({
  enabled: flag(false),
  awsAccessKeyId: text(),
  awsSecretAccessKey: password(),
  awsRegion: must(text()),
  awsSessionToken: password(),
  endPointURL: uri(),
  profileName: text(),
  assumeRoleArn: text(),
  assumeRoleSessionName: text('OpenMetadataSession'),
  assumeRoleSourceIdentity: text(),
})
/** OpenMetadata's `awsCredentials`. */
export interface AwsCredentials extends Config<typeof aws> {}
export function awsCredentials(): Field<AwsCredentials> {
  return object<AwsCredentials>(aws)
}

const iam = () => ({
  awsConfig: awsCredentials(),
})
export interface IamAuth extends Config<typeof iam> {}
export function iamAuth(): Field<IamAuth> {
  return object<IamAuth>(iam)
}
