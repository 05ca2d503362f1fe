import { type Config, type Field, must, object, password, text } from '../fields.js'

/*
 * What signs in to Azure.
 */

const azure = () => ({
  clientId: text(),
  clientSecret: password(),
  tenantId: text(),
  accountName: text(),
  vaultName: text(),
  scopes: text(),
})
/** OpenMetadata's `azureCredentials`. */
export interface AzureCredentials extends Config<typeof azure> {}
export function azureCredentials(): Field<AzureCredentials> {
  return object<AzureCredentials>(azure)
}

const auth = () => ({
  azureConfig: azureCredentials(),
})
export interface AzureAuth extends Config<typeof auth> {}
export function azureAuth(): Field<AzureAuth> {
  return object<AzureAuth>(auth)
}

const adSetup = () => ({
  azureClientId: must(text()),
  azureClientSecret: must(password()),
  azureTenantId: must(text()),
})
export interface AzureAdSetup extends Config<typeof adSetup> {}
export function azureAdSetup(): Field<AzureAdSetup> {
  return object<AzureAdSetup>(adSetup)
}
