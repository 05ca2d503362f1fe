import type { Kind } from './sql.js'
import type { Tables } from './tables.js'

/*
 * The SQL of the outbox. An event is written by the statement that writes its change, so that both are there or neither,
 * and is keyed and spread by FQN like the rest.
 *
 * Who reads must not go past an event that is still to be committed. So an event has the number of its transaction, and is
 * read once every transaction up to that number has ended. In a transaction of the host that is not the number it has: by
 * the time it writes it may have seen changes of younger ones, behind which its own belong; so it takes the number of the
 * youngest that had ended when its statement began, if that is higher. `place` is counted when the name is locked already.
 */

/** Version 3 of the tables. What lives for seconds is not compressed, as far as it fits on a page. */
export const createEvents = ({ events }: Tables) => [
  `create table ${events} (
  position xid8 not null,
  place bigint generated always as identity,
  fqn text collate "C" not null,
  family text collate "C" not null,
  event json not null,
  service json not null,
  primary key (position, place, fqn)
) with (toast_tuple_target = 8160)`,
]

/** Once a statement: as a subquery that refers to nothing. */
const POSITION = `(select greatest(
    pg_current_xact_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8
  ))`

/** Which parameter has the events of a commit, one to a line; of the forms for one, the event. */
export const EVENTS: Readonly<Record<Kind, number>> = { create: 10, update: 11, creates: 4, updates: 5, reverts: 5 }

/** The part of a commit that writes events. A service that is removed has left only what it was. */
export function told({ events }: Tables, kind: Kind): string {
  const into = `, told as (
  insert into ${events} (position, fqn, family, event, service)`
  if (kind === 'create' || kind === 'update') {
    const event = `$${EVENTS[kind]}::text`
    return `${into}
  select ${POSITION}, fqn, $1::text, ${event}::json, service from written where ${event} is not null
)`
  }
  const [service, before] =
    kind === 'reverts'
      ? ['coalesce(change.service, old.service)', ' left join old on old.fqn = change.fqn']
      : ['change.service', '']
  return `${into}
  select ${POSITION}, change.fqn, $1::text, change.event, ${service} from change${before}
  where change.event is not null and change.fqn in (select fqn from written)
)`
}

/** Events in the order of their positions. `$1` is how many; behind `$2` and `$3` if there are such. */
export const read = ({ events }: Tables, behind: boolean) => `
select position::text as position, place::text as place, family::text as family, event::text as event, service::text as service
from ${events}
where position < pg_snapshot_xmin(pg_current_snapshot())${behind ? ' and (position, place) > ($2::text::xid8, $3::text::bigint)' : ''}
order by position, place limit $1::text::int`

/** Where each node numbers its own transactions: whatever is there. */
export const readDistributed = ({ events }: Tables) => `
select position::text as position, place::text as place, family::text as family, event::text as event, service::text as service
from ${events} order by place limit $1::text::int`

/** Events by their names, for a distributed PostgreSQL, and their positions. */
export const remove = ({ events }: Tables) => `
with removed as (
  delete from ${events} where fqn = any($1::text[])
    and (position, place) in (select position::xid8, place::bigint from unnest($2::text[], $3::text[]) as given (position, place))
  returning fqn
)
select count(*)::text as removed from removed`
