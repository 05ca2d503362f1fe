import { postgresStore } from '../../dist/postgres.js'
import { bulk, expect, FAMILY } from '../book.mjs'
import { documents } from '../documents/models.mjs'
import { bookOn, emptyTables, fill, pool, prepare, tables } from '../rooms/postgres/database.mjs'
import { questions } from './questions.mjs'

/*
 * How PostgreSQL runs each statement of the store when the tables are large: `npm run bench:explain [-- rows]`, by default
 * a million. It fails when one of the hot path reads a whole table.
 */

const { schema, services, versions } = tables
const size = Number(process.argv[2] ?? 1_000_000)
expect(size >= 10_000, 'ten thousand rows at least')

const server = await prepare()
try {
  console.log(`${Object.values(server.about.postgres).join(' · ')}\n`)
  const held = await largeTables()
  const failed = []
  for (const question of questions(held)) {
    const answered = await plansOf(question)
    const bad = question.hot && answered.some((plan) => /Seq Scan on servicebook_/.test(plan))
    if (bad) failed.push(question.name)
    console.log(`── ${question.name}${bad ? ': READS A WHOLE TABLE' : ''}\n${answered.join('\n\n')}\n`)
  }
  console.log(`Of the hot path, these read a whole table: ${failed.join('; ') || 'none'}`)
  process.exitCode = failed.length === 0 ? 0 : 1
} finally {
  await pool().end()
  await server.stop()
}

/** Services of which each fifth has a history, and some keys of removed ones; answers some to ask for. */
async function largeTables() {
  await emptyTables()
  for (const edition of [0, 1]) await bulk(bookOn(), documents(1000).requests(edition))
  await fill(size)
  const spread = `select fqn from ${services} order by md5(fqn)`
  await pool().query(
    `update ${services} set service = null, removed_at = now() - interval '2 days' where fqn in (${spread} desc limit 1000)`,
  )
  await pool().query(`vacuum analyze ${services}, ${versions}`)
  const chosen = await pool().query(`${spread} limit 1000`)
  const many = chosen.rows.map(({ fqn }) => fqn)
  const deep = await pool().query(
    `select name, id from ${services} where removed_at is null order by name offset $1 limit 1`,
    [Math.floor(size * 0.9)],
  )
  const aged = await pool().query(
    `select fqn from ${versions} join ${services} held using (fqn, family) where held.service is not null limit 1`,
  )
  const load = async (fqns) => [...(await postgresStore(pool(), { schema }).load(FAMILY, fqns)).values()]
  const [subject] = await load([aged.rows[0].fqn])
  return { services: await load(many), subject: subject.service, place: deep.rows[0] }
}

/** Asks in a transaction that is taken back; answers the plan of every statement that was sent. */
async function plansOf({ name, ask, sends = 1 }) {
  const client = await pool().connect()
  const plans = []
  const explaining = {
    async query(text, values) {
      await client.query('savepoint asked')
      const { rows } = await client.query(`explain (analyze, buffers, costs off) ${text}`, values)
      await client.query('rollback to savepoint asked')
      plans.push(rows.map((row) => shortened(row['QUERY PLAN'])).join('\n'))
      return client.query(text, values)
    },
  }
  try {
    await client.query('begin')
    expect(await ask(postgresStore(explaining, { schema })), `the right answer to: ${name}`)
  } finally {
    await client.query('rollback')
    client.release()
  }
  expect(plans.length === sends, `${sends} statements: ${name}`)
  return plans
}

/** Without most of the names that were given. */
function shortened(line) {
  return line.replace(/'((?:[^']|''){70})(?:[^']|'')+'/g, "'$1…'")
}
