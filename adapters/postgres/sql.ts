import type { ListQuery } from 'servicebook'
import { EVENTS, told } from './events.js'
import type { Tables } from './tables.js'

/*
 * The SQL of the store; `migrate.ts` has what applies it to a database, and `events.ts` the outbox. Of its
 * tables two are here: the current services, and the superseded versions. Both are keyed by FQN first, so that a
 * distributed PostgreSQL can shard them by it; no write looks at two names. A removed service leaves its key and revision
 * behind (a tombstone), so that a write that is under way cannot bring it back.
 *
 * Every parameter is text, or a list of it, and every column of an answer is (`wire.ts`); bodies are json, which keeps
 * bytes as given. Columns of an answer have names that stay apart, and in order, whatever a driver makes of them.
 */

/** Version 1 of the tables. A later version is a further entry in `migrate.ts`; this one never changes. */
export const createTables = ({ services, versions, named }: Tables) => [
  `create table ${services} (
  fqn text collate "C" not null,
  family text collate "C" not null,
  id uuid not null,
  revision bigint not null,
  name text collate "C" not null,
  deleted boolean not null,
  service json,
  sealed text,
  removed_at timestamptz,
  primary key (fqn, family)
)`,
  `create index ${named('services_name')} on ${services} (family, name) where removed_at is null`,
  `create index ${named('services_id')} on ${services} (id)`,
  `create index ${named('services_removed_at')} on ${services} (removed_at) where removed_at is not null`,
  `create table ${versions} (
  fqn text collate "C" not null,
  family text collate "C" not null,
  version numeric not null,
  service json not null,
  primary key (fqn, family, version)
)`,
]

/** Version 2: what stands beside a service. A column without a default rewrites nothing. */
export const addBeside = ({ services }: Tables) => [`alter table ${services} add column beside json`]

export const load = ({ services }: Tables, how: 'one' | 'many') => `
select revision::text as revision, service::text as service, sealed::text as sealed, beside::text as stands_beside from ${services}
where fqn = ${how === 'one' ? '$2::text' : 'any($2::text[])'} and family = $1::text and service is not null`

/**
 * Which changes a commit has: one creation or one update, each in a form that takes a quarter to a third less time;
 * creations alone, with updates among them, or removals and falls to a lower version.
 */
export type Kind = 'create' | 'update' | 'creates' | 'updates' | 'reverts'

/** One new service. It takes the place of nothing, or of what a removed one left behind. */
const create = ({ services }: Tables, told: string) => `
with written as (
  insert into ${services} as held (fqn, family, id, revision, name, deleted, service, sealed, beside)
  values (
    $2::text, $1::text, $3::text::uuid, $4::text::bigint, $5::text, $6::text::boolean, $7::text::json, $8::text, $9::text::json
  )
  on conflict (fqn, family) do update set
    id = excluded.id, revision = excluded.revision, name = excluded.name, deleted = excluded.deleted,
    service = excluded.service, sealed = excluded.sealed, beside = excluded.beside, removed_at = null
  where held.service is null
  returning fqn, service
)${told}
select '1'::text as place where not exists (select from written)`

/** One changed service. `$10` is the version to keep, if it is to be kept. */
const update = ({ services, versions }: Tables, told: string) => `
with old as materialized (
  select service from ${services}
  where fqn = $2::text and family = $1::text and id = $3::text::uuid and revision = $4::text::bigint - 1
), written as (
  update ${services} set revision = $4::text::bigint, name = $5::text, deleted = $6::text::boolean, service = $7::text::json, sealed = $8::text,
    beside = $9::text::json
  where fqn = $2::text and family = $1::text and id = $3::text::uuid and revision = $4::text::bigint - 1 and service is not null
  returning fqn, service
), kept as (
  insert into ${versions} (fqn, family, version, service)
  select written.fqn, $1::text, $10::text::numeric, old.service from old, written where $10::text::numeric is not null
)${told}
select '1'::text as place where not exists (select from written)`

/**
 * The statement that writes. For many, `$2` are the changes and `$3` their bodies, a line each, since a body inside the JSON
 * would be read three times over; `$4` are the names of those that have a `before`: by these, whatever the planner knows
 * of the tables, it goes by their keys, and a distributed PostgreSQL knows the shards. What a kind does not need is left
 * out, since planning it takes as long as running it. It answers the places of the changes that were refused.
 *
 * `old` is read before `written` writes: `materialized` says so, since a CTE that is referred to once is else put where it
 * is used, and a distributed PostgreSQL would read it after the write, when what is to be kept is gone. Names are locked in one order, so that two writers cannot wait for each other.
 * What changed since `old` was read is met by the condition on conflict, which looks at the row as it is by then.
 */
export function commit(tables: Tables, kind: Kind, outbox: boolean): string {
  const events = outbox ? told(tables, kind) : ''
  if (kind === 'create') return create(tables, events)
  return kind === 'update' ? update(tables, events) : many(tables, kind, events)
}

const many = ({ services, versions }: Tables, kind: 'creates' | 'updates' | 'reverts', told: string) => `
with change as materialized (
  select fqn, id, before, revision, name, deleted, sealed, beside, keep, below, nullif(body, '')::json as service, place${told && ", nullif(event, '')::json as event"}
  from rows from (
    json_to_recordset($2::text::json) as (
      fqn text, id uuid, before bigint, revision bigint, name text, deleted boolean, sealed text, beside json,
      keep numeric, below numeric
    ),
    unnest(string_to_array($3::text, e'\\n'))${
      told &&
      `,
    unnest(string_to_array($${EVENTS[kind]}::text, e'\\n'))`
    }
  ) with ordinality as given (fqn, id, before, revision, name, deleted, sealed, beside, keep, below, body, ${told && 'event, '}place)
)${kind === 'creates' ? '' : old(services)}, written as (
  insert into ${services} as held (fqn, family, id, revision, name, deleted, service, sealed, beside, removed_at)
  select fqn, $1::text, id, revision, name, deleted, service, sealed, beside, case when service is null then now() end
  from change where before is null ${kind === 'creates' ? '' : 'or fqn in (select fqn from old)'}
  order by fqn collate "C"
  on conflict (fqn, family) do update set
    id = excluded.id, revision = excluded.revision, name = excluded.name, deleted = excluded.deleted,
    service = excluded.service, sealed = excluded.sealed, beside = excluded.beside, removed_at = excluded.removed_at
  where case when held.service is null
    then excluded.revision = 1
    else held.id = excluded.id and held.revision = excluded.revision - 1
  end
  returning fqn
)${{ creates: '', updates: kept(versions), reverts: dropped(versions) }[kind]}${told}
select place::text as place from change where fqn not in (select fqn from written)`

const old = (services: string) => `, old as materialized (
  select held.fqn, held.service, change.keep, change.below
  from ${services} held join change on held.fqn = change.fqn and held.id = change.id and held.revision = change.before
  where held.fqn = any($4::text[]) and held.family = $1::text
)`

const kept = (versions: string) => `, kept as (
  insert into ${versions} (fqn, family, version, service)
  select fqn, $1::text, keep, service from old where keep is not null and fqn in (select fqn from written)
)`

const dropped = (versions: string) => `, dropped as (
  delete from ${versions} past using old
  where past.fqn = any($4::text[]) and past.family = $1::text and past.fqn = old.fqn and past.version >= old.below
    and old.fqn in (select fqn from written)
)`

export const find = ({ services }: Tables) => `
select revision::text as revision, service::text as service, sealed::text as sealed, beside::text as stands_beside from ${services}
where id = $2::text::uuid and family = $1::text and service is not null`

export const versions = ({ services, versions }: Tables) => `
select past.service::text as service
from ${versions} past join ${services} held on held.fqn = past.fqn and held.family = past.family
where past.fqn = $2::text and past.family = $1::text and held.id = $3::text::uuid
  and ($4::text::numeric is null or past.version < $4::text::numeric)
order by past.version desc limit $5::text::int`

/**
 * Locks in the order in which commits do, and passes over what one of them is taking: so it never waits for a row, and no
 * two wait for each other. Where tables are spread, no statement may lock like this over several shards; there a deadlock is
 * sent again.
 */
export const removeTombstones = ({ services }: Tables, distributed: boolean) => {
  const old = `removed_at < now() - $1::text::float8 * interval '1 millisecond'`
  return distributed
    ? `
with removed as (
  delete from ${services} where ${old} returning fqn
)
select count(*)::text as removed from removed`
    : `
with old as materialized (
  select fqn, family from ${services} where ${old} order by fqn collate "C", family for update skip locked
), removed as (
  delete from ${services} held using old where held.fqn = old.fqn and held.family = old.family returning held.fqn
)
select count(*)::text as removed from removed`
}

/** A page in one direction, with one service more than asked for; or the number of all that match. */
export function list({ services }: Tables, family: string, query: ListQuery, what: 'page' | 'total') {
  const values: unknown[] = [family]
  const given = (value: unknown) => `$${values.push(value)}`
  const { include = 'non-deleted', after, before, serviceType, owner, domain, tagFQN } = query
  const conditions = ['family = $1::text', 'removed_at is null']
  if (include !== 'all') conditions.push(include === 'deleted' ? 'deleted' : 'not deleted')
  if (serviceType !== undefined) conditions.push(`service->>'serviceType' = ${given(serviceType)}::text`)
  if (domain !== undefined) conditions.push(`service->>'domain' = ${given(domain)}::text`)
  if (owner !== undefined) conditions.push(holds('owners', 'id', given(owner)))
  if (tagFQN !== undefined) conditions.push(holds('tags', 'tagFQN', given(tagFQN)))
  const matching = () => `from ${services} where ${conditions.join(' and ')}`
  if (what === 'total') return { text: `select count(*)::text as total ${matching()}`, values }
  if (after !== undefined) conditions.push(`(name, id) > (${given(after.name)}::text, ${given(after.id)}::text::uuid)`)
  if (before !== undefined)
    conditions.push(`(name, id) < (${given(before.name)}::text, ${given(before.id)}::text::uuid)`)
  const order = before === undefined ? 'name' : 'name desc'
  const limit = given(query.limit + 1)
  const text = `select service::text as service ${matching()} order by ${order} limit ${limit}::text::int`
  return { text, values }
}

const holds = (key: string, field: string, value: string) =>
  `exists (select from json_array_elements(service->'${key}') element where element->>'${field}' = ${value}::text)`
