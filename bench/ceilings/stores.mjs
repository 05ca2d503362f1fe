import path from 'node:path'
import { chunks } from '../documents/chunks.mjs'

/*
 * Stores that neither check nor decide, and mostly keep no history: what nobody who keeps those promises can be asked to reach.
 */

/** Keeps the caller's own object, or with `clone` a copy; checks nothing either way. */
export async function lokijs(options) {
  const { default: Loki } = await import('lokijs')
  const services = new Loki('bench').addCollection('services', { unique: ['fullyQualifiedName', 'id'], ...options })
  return {
    create: (documents) => services.insert(documents),
    change(documents) {
      for (const document of documents) {
        const held = services.by('fullyQualifiedName', document.fullyQualifiedName)
        services.update(Object.assign(held, document))
      }
    },
    close() {},
  }
}

/** Current services as JSON text, a transaction per 1,000; with `history` what is replaced is kept. */
export async function sqlite(file, { history = false } = {}) {
  const { default: Database } = await import('better-sqlite3')
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec(`
    create table service (fqn text primary key, id text not null unique, version real not null, json text not null);
    create table superseded (fqn text not null, version real not null, json text not null, primary key (fqn, version));
  `)
  const keep = database.prepare('insert into superseded select fqn, version, json from service where fqn = ?')
  const put = database.prepare(`
    insert into service (fqn, id, version, json) values (?, ?, ?, ?)
    on conflict (fqn) do update set version = excluded.version, json = excluded.json`)
  const write = database.transaction((documents, kept) => {
    for (const document of documents) {
      const { fullyQualifiedName, id, version } = document
      if (kept) keep.run(fullyQualifiedName)
      put.run(fullyQualifiedName, id, version, JSON.stringify(document))
    }
  })
  return {
    create(documents) {
      for (const chunk of chunks(documents)) write(chunk, false)
    },
    change(documents) {
      for (const chunk of chunks(documents)) write(chunk, history)
    },
    close: () => database.close(),
  }
}

/** Current services as JSON text, on disk per 1,000. */
export async function lmdb(directory) {
  const { open } = await import('lmdb')
  const services = open({ path: path.join(directory, 'services.lmdb'), encoding: 'json' })
  const put = async (documents) => {
    for (const chunk of chunks(documents)) {
      for (const document of chunk) services.put(document.fullyQualifiedName, document)
      await services.committed
      await services.flushed
    }
  }
  return { create: put, change: put, close: () => services.close() }
}
