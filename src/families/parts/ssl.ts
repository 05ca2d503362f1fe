import { type Config, type Field, object, password } from '../fields.js'

/*
 * What is asked of a connection that is encrypted or signs in by SASL.
 */

export const SECURITY_PROTOCOLS = ['PLAINTEXT', 'SASL_PLAINTEXT', 'SASL_SSL', 'SSL'] as const

export const SASL_MECHANISMS = ['PLAIN', 'GSSAPI', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const

export const SSL_CHECKS = ['no-ssl', 'ignore', 'validate'] as const

export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

const ssl = () => ({
  caCertificate: password(),
  sslCertificate: password(),
  sslKey: password(),
})
/** Certificates and keys in text, all secret. */
export interface SslConfig extends Config<typeof ssl> {}
export function sslConfig(): Field<SslConfig> {
  return object<SslConfig>(ssl)
}
