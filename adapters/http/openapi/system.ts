import { VERSION } from '../options.js'
import { ID } from './examples.js'
import { ok, operation } from './operation.js'
import { type Paths, ref } from './schema.js'

/*
 * What is there beside the services. Source: OpenAPI 3.1.
 */

export const SYSTEM = { name: 'System', description: 'The server, and who asks it.' }

export function systemPaths(): Paths {
  const version = { version: VERSION, revision: 'servicebook', timestamp: 1_700_000_000_000 }
  return {
    '/v1/system/version': {
      get: operation(
        'getCatalogVersion',
        'System',
        'Get the version that is served',
        'The version of OpenMetadata that the answers have the shape of, which its clients compare with their own.',
        { 200: ok(ref('ServerVersion'), version) },
      ),
    },
    '/v1/users/loggedInUser': {
      get: operation('getCurrentLoggedInUser', 'System', 'Get who asks', 'The principal of the request, as a user.', {
        200: ok(ref('User'), {
          id: ID,
          name: 'ada',
          fullyQualifiedName: 'ada',
          email: 'ada@servicebook.invalid',
          isBot: false,
          isAdmin: false,
        }),
      }),
    },
  }
}
