import type { TObject, TSchema } from 'typebox'
import * as Type from 'typebox'
import { Compile, type Validator } from 'typebox/schema'
import { completed } from '../families/defaults.js'
import type { Family } from '../families/family.js'
import { type SecretPlaces, secretPlaces } from '../families/places.js'
import { isNode, unformatted } from '../families/schema.js'
import { requestFieldsOf } from '../model/fields.js'
import { checkedSchema } from '../model/service.js'
import { copyOf } from './copy.js'
import { maskConfig } from './masked.js'
import { INNER, type Mould, mouldOf, type Part } from './mould.js'
import { opened, type Shape, shapeOf } from './shape.js'
import { fits } from './violations.js'

type Config = Readonly<Record<string, unknown>>
const closed = { additionalProperties: false } as const

/** What requests of a service type are checked with. What is seldom needed is made when it is. */
export interface Compiled {
  /** What most requests are poured into; without it, or where it takes nothing, the shape and the validator are used. */
  readonly mould: Mould | undefined
  readonly shape: () => Shape
  readonly validator: () => Validator
  readonly secrets: SecretPlaces | null
  readonly completed: (config: Config) => Config
}

/** To compile a schema takes milliseconds, and the books of a family have the same ones. */
const whole = new WeakMap<Family, Map<string, Compiled>>()
const lenient = new WeakMap<Family, Map<string, Compiled>>()

/** The check of a service type of a family. */
export function checkOf(family: Family, serviceType: string, isPartial: boolean): Compiled {
  const shared = isPartial ? lenient : whole
  const checks = shared.get(family) ?? new Map<string, Compiled>()
  shared.set(family, checks)
  const known = checks.get(serviceType)
  if (known !== undefined) return known
  const config = family.serviceTypes[serviceType] as TSchema
  const schema = checkedSchema(family, serviceType, isPartial)
  const check = { ...compiled(schema, secretPlaces(config)), mould: mouldIn(family, serviceType, schema) }
  checks.set(serviceType, check)
  return check
}

/**
 * All of a request but its config is poured into one mould for all types of a family: of many types each is too seldom for its
 * code to be compiled.
 */
const outer = new WeakMap<Family, Mould | undefined>()

function mouldIn(family: Family, serviceType: string, schema: TSchema): Mould | undefined {
  if (!outer.has(family)) {
    const connection = Type.Optional(Type.Object({ config: INNER }, closed))
    const fields = { ...requestFieldsOf(family), serviceType: Type.String(), connection }
    outer.set(family, mouldOf(Type.Object(fields, closed), partOf))
  }
  const request = outer.get(family)
  const config = mouldOf(configSchemaIn(schema), partOf, 2)
  if (request === undefined || config === undefined) return
  return {
    pour(value, walk) {
      const poured = request.pour(value, walk, config.pour) as { serviceType?: unknown } | undefined
      return poured?.serviceType === serviceType ? poured : undefined
    },
    depth: Math.max(request.depth, config.depth),
    width: Math.max(request.width, config.width),
  }
}

function compiled(schema: TSchema, secrets: SecretPlaces | null): Omit<Compiled, 'mould'> {
  const config = configSchemaIn(schema)
  let shape: Shape | undefined
  let validator: Validator | undefined
  return {
    shape() {
      shape ??= shapeOf(schema)
      return shape
    },
    validator() {
      validator ??= Compile(unformatted(opened(schema)))
      return validator
    },
    secrets,
    // A default may be a secret, or hold one.
    completed: (stored) => maskConfig(completed(stored, config) as Config, secrets).config,
  }
}

const parts = new WeakMap<TSchema, Part>()
const completing = new WeakMap<TSchema, Part>()

/** The long way for a part of a value, the same one wherever its schema stands. */
function partOf(schema: TSchema, completes: boolean): Part {
  const shared = completes ? completing : parts
  const known = isNode(schema) ? shared.get(schema) : undefined
  if (known !== undefined) return known
  const shape = completes ? { complete: (value: unknown) => completed(value, schema) } : shapeOf(schema)
  let validator: Validator | undefined
  const part: Part = (value, walk, depth) => {
    const copy = copyOf(value, shape, walk, depth)
    if (walk.found.issues.length > 0) return undefined
    if (schema === (true as unknown)) return copy
    validator ??= Compile(unformatted(opened(schema)))
    return fits(validator, copy) ? copy : undefined
  }
  if (isNode(schema)) shared.set(schema, part)
  return part
}

/** The schema of the config in the one of a request. */
function configSchemaIn(schema: TSchema): TSchema {
  const { properties } = schema as TObject
  return (properties.connection as TObject).properties.config as TSchema
}

/** With no valid `serviceType` there is no schema for the connection; everything else is still checked. */
export function withoutType(family: Family): Compiled {
  const connection = Type.Optional(Type.Object({ config: Type.Object({}) }))
  const serviceType = Type.Enum(Object.keys(family.serviceTypes))
  const fields = { ...requestFieldsOf(family), serviceType, connection }
  return { ...compiled(Type.Object(fields, closed), null), mould: undefined }
}
