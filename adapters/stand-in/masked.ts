import { type Family, MASK, maskedText, requestSchema } from 'servicebook'

/*
 * What was sent, without its secrets. What a schema marks as one is masked, and every text that no schema declares: a request
 * may be anything, and one that was refused too. Source: `semantics.md` §8.
 */

type Schema = Readonly<Record<string, unknown>>

/** A body with the mask wherever a secret stands, or may. */
export function maskedBody(family: Family | undefined, body: unknown): unknown {
  if (Array.isArray(body)) return body.map((one) => maskedBody(family, one))
  if (!isObject(body)) return undeclared(body)
  if (typeof body.op === 'string') return maskedOperation(body)
  const { connection, ...rest } = body
  const shown = texts(rest) as object
  return connection === undefined
    ? shown
    : { ...shown, connection: maskedConnection(family, body.serviceType, connection) }
}

function maskedConnection(family: Family | undefined, serviceType: unknown, connection: unknown): unknown {
  const isKnown =
    family !== undefined && typeof serviceType === 'string' && Object.hasOwn(family.serviceTypes, serviceType)
  if (!isKnown) return undeclared(connection)
  const { properties } = requestSchema(family, serviceType) as unknown as { properties: Record<string, Schema> }
  return masked(connection, branchesOf(properties.connection))
}

/** An operation of a patch: what it says of a connection has no schema here. */
function maskedOperation(operation: Readonly<Record<string, unknown>>): unknown {
  const { value, ...rest } = operation
  if (value === undefined) return texts(rest)
  const isApart = typeof rest.path === 'string' && /^\/(?!connection)./.test(rest.path)
  return { ...(texts(rest) as object), value: isApart ? texts(value) : undeclared(value) }
}

function masked(value: unknown, schemas: readonly Schema[]): unknown {
  if (typeof value === 'string') {
    const isTold = schemas.some(({ type, enum: values, const: only }) =>
      [type, values, only].some((one) => one !== undefined),
    )
    return !isTold || schemas.some(({ format }) => format === 'password') ? MASK : maskedText(value)
  }
  if (Array.isArray(value)) {
    const inside = schemas.flatMap(({ items }) => branchesOf(items))
    return value.map((one) => masked(one, inside))
  }
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const inside = schemas.flatMap(({ properties, additionalProperties }) =>
        branchesOf(isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : additionalProperties),
      )
      return [maskedText(key), masked(one, inside)]
    }),
  )
}

/** A schema and all that it says of the same value. */
function branchesOf(schema: unknown): readonly Schema[] {
  if (!isObject(schema)) return []
  const branches = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? list : []))
  return [schema, ...branches.flatMap(branchesOf)]
}

/** All texts masked; what they stand for is not known. */
function undeclared(value: unknown): unknown {
  return mapped(value, () => MASK)
}

function texts(value: unknown): unknown {
  return mapped(value, maskedText)
}

function mapped(value: unknown, shown: (text: string) => string): unknown {
  if (typeof value === 'string') return shown(value)
  if (Array.isArray(value)) return value.map((one) => mapped(one, shown))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [maskedText(key), mapped(one, shown)]))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
