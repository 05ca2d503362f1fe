import { chunks } from '../documents/chunks.mjs'
import { checked, decided } from './rules.mjs'

/** Services in better-sqlite3, WAL and FULL, under the same rules and with history: a transaction for every thousand. */
export async function ruledSqlite(file) {
  const { default: Database } = await import('better-sqlite3')
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec(`
    create table service (fqn text primary key, id text not null unique, version real not null, json text not null)
      without rowid;
    create table superseded (fqn text not null, version real not null, json text not null, primary key (fqn, version))
      without rowid;
  `)
  const load = database.prepare('select json from service where fqn = ?').pluck()
  const insert = database.prepare('insert into service (fqn, id, version, json) values (?, ?, ?, ?)')
  const update = database.prepare('update service set version = ?, json = ? where fqn = ?')
  const keep = database.prepare('insert into superseded (fqn, version, json) values (?, ?, ?)')

  function upsert(request, by) {
    const valid = checked(request)
    if (valid.issues !== undefined) return { error: valid.issues }
    const fqn = valid.request.fullyQualifiedName
    const text = load.get(fqn)
    const before = text === undefined ? undefined : JSON.parse(text)
    const { outcome, service } = decided(before, valid.request, by)
    if (outcome === 'created') insert.run(fqn, service.id, service.version, JSON.stringify(service))
    else if (outcome === 'updated') {
      keep.run(fqn, before.version, text)
      update.run(service.version, JSON.stringify(service), fqn)
    }
    return { outcome, fqn, version: service.version }
  }

  const write = database.transaction((requests, by) => requests.map((request) => upsert(request, by))).immediate
  return {
    async bulk(requests, { by }) {
      const rows = []
      for (const chunk of chunks(requests)) rows.push(...write(chunk, by))
      return rows
    },
    close: () => database.close(),
  }
}
