import { array, closed, more, type Properties, ref, type Schema, text, uuid } from './schema.js'

/*
 * The components of the document that all families share. Source: OpenMetadata's schemas.
 */

const count: Schema = { type: 'integer', minimum: 0 }

const entityReference: Properties = {
  id: uuid,
  type: text,
  name: text,
  fullyQualifiedName: text,
  displayName: text,
  description: text,
  deleted: { type: 'boolean' },
  inherited: { type: 'boolean' },
  href: text,
}

/** A JSON Pointer. Source: RFC 6901 §3. */
const pointer: Schema = { ...text, pattern: '^(/([^/~]|~[01])*)*$' }

/** The components that all families share. */
export const sharedSchemas: Readonly<Record<string, Schema>> = {
  EntityReference: closed(entityReference, ['id', 'type']),
  OwnerReference: closed({ ...entityReference, type: { enum: ['user', 'team'] } }, ['id', 'type']),
  RunnerReference: closed({ ...entityReference, type: { ...text, minLength: 1, maxLength: 256 } }, ['id', 'type']),
  NamedReference: closed({ ...entityReference, fullyQualifiedName: { ...text, minLength: 1, maxLength: 3072 } }, [
    'id',
    'type',
    'fullyQualifiedName',
  ]),
  FieldChange: closed(
    {
      name: text,
      oldValue: { type: ['string', 'number', 'boolean'], description: 'Scalars as they are, all else as JSON text.' },
      newValue: { type: ['string', 'number', 'boolean'], description: 'Scalars as they are, all else as JSON text.' },
    },
    ['name'],
  ),
  ChangeDescription: closed(
    {
      fieldsAdded: array(ref('FieldChange')),
      fieldsUpdated: array(ref('FieldChange')),
      fieldsDeleted: array(ref('FieldChange')),
      previousVersion: { type: 'number' },
      changeSummary: {
        type: 'object',
        additionalProperties: closed({ changedBy: text, changedAt: { type: 'integer' } }, ['changedBy', 'changedAt']),
        description: 'Who changed the description and the owners, where this version did.',
      },
    },
    ['fieldsAdded', 'fieldsUpdated', 'fieldsDeleted', 'previousVersion'],
  ),
  Paging: closed({ before: text, after: text, total: count }, ['total']),
  EntityHistory: closed(
    {
      entityType: text,
      versions: { ...array(text), description: 'Each version as JSON text, newest first.' },
      more: {
        type: 'boolean',
        description: 'There where older versions are left out, since there is too much of them.',
      },
    },
    ['entityType', 'versions'],
  ),
  RestoreEntity: closed({ id: uuid }, ['id']),
  PatchOperation: {
    anyOf: [
      closed({ op: { enum: ['add', 'replace', 'test'] }, path: pointer, value: {} }, ['op', 'path', 'value']),
      closed({ op: { const: 'remove' }, path: pointer }, ['op', 'path']),
      closed({ op: { enum: ['move', 'copy'] }, path: pointer, from: pointer }, ['op', 'path', 'from']),
    ],
  },
  BulkOperationResult: closed(
    {
      dryRun: { type: 'boolean' },
      status: { enum: ['success', 'partialSuccess', 'failure', 'aborted'] },
      abortReason: text,
      numberOfRowsProcessed: count,
      numberOfRowsPassed: count,
      numberOfRowsFailed: count,
      successRequest: array(closed({ request: text, status: { type: 'integer' } }, ['request', 'status'])),
      failedRequest: array(
        closed(
          {
            request: { type: 'object' },
            status: { type: 'integer' },
            message: text,
            errorType: text,
            issues: array(ref('Issue')),
            more,
          },
          ['request', 'status', 'message'],
        ),
      ),
    },
    [
      'dryRun',
      'status',
      'numberOfRowsProcessed',
      'numberOfRowsPassed',
      'numberOfRowsFailed',
      'successRequest',
      'failedRequest',
    ],
  ),
  Issue: closed({ path: { ...text, description: 'RFC 6901 JSON Pointer.' }, message: text }, ['path', 'message']),
  ErrorMessage: closed(
    { code: { type: 'integer' }, errorType: text, message: text, issues: array(ref('Issue')), more },
    ['code', 'errorType', 'message'],
  ),
  ChangeEvent: closed(
    {
      id: uuid,
      eventType: text,
      entityType: text,
      entityId: uuid,
      entityFullyQualifiedName: text,
      previousVersion: { type: 'number' },
      currentVersion: { type: 'number' },
      userName: text,
      timestamp: { type: 'integer' },
      changeDescription: ref('ChangeDescription'),
    },
    ['id', 'eventType', 'entityType', 'entityId', 'userName', 'timestamp', 'changeDescription'],
  ),
  DeleteEntityResponse: closed(
    {
      jobId: uuid,
      message: text,
      entityName: text,
      hardDelete: { type: 'boolean' },
      recursive: { type: 'boolean' },
    },
    ['jobId', 'message', 'entityName', 'hardDelete', 'recursive'],
  ),
  User: closed(
    {
      id: uuid,
      name: text,
      fullyQualifiedName: text,
      displayName: text,
      email: { ...text, description: 'Made of the name: of a principal no address is known.' },
      isBot: { type: 'boolean' },
      isAdmin: { type: 'boolean' },
      teams: array(ref('EntityReference')),
      href: text,
    },
    ['id', 'name', 'fullyQualifiedName', 'email', 'isBot', 'isAdmin'],
  ),
  ServerVersion: closed({ version: text, revision: text, timestamp: { type: 'integer' } }, [
    'version',
    'revision',
    'timestamp',
  ]),
}
