import { type Config, type Field, must, object, password, text } from '../fields.js'

/*
 * Users, passwords and tokens.
 */

const onlyPassword = () => ({
  password: password(),
})
export interface PasswordAuth extends Config<typeof onlyPassword> {}
export function passwordAuth(): Field<PasswordAuth> {
  return object<PasswordAuth>(onlyPassword)
}

const userAndPassword = () => ({
  username: must(text()),
  password: must(password()),
})
export interface BasicAuth extends Config<typeof userAndPassword> {}
export function basicAuth(): Field<BasicAuth> {
  return object<BasicAuth>(userAndPassword)
}

const perhapsUserAndPassword = () => ({
  username: text(),
  password: password(),
})
export interface OptionalBasicAuth extends Config<typeof perhapsUserAndPassword> {}
export function optionalBasicAuth(): Field<OptionalBasicAuth> {
  return object<OptionalBasicAuth>(perhapsUserAndPassword)
}

const client = () => ({
  clientId: must(text()),
  clientSecret: must(password()),
})
export interface OauthClient extends Config<typeof client> {}
export function oauthClient(): Field<OauthClient> {
  return object<OauthClient>(client)
}

const onlyToken = () => ({
  token: must(password()),
})
export interface AccessToken extends Config<typeof onlyToken> {}
export function accessToken(): Field<AccessToken> {
  return object<AccessToken>(onlyToken)
}

const onlyApiToken = () => ({
  accessToken: must(password()),
})
export interface ApiAccessToken extends Config<typeof onlyApiToken> {}
export function apiAccessToken(): Field<ApiAccessToken> {
  return object<ApiAccessToken>(onlyApiToken)
}
