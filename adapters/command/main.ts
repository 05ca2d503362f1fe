#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import type { Failed } from './failed.js'

/*
 * The command `servicebook`. What each of its words does is imported when it is said, so that none pays for the others.
 */

const program = new Command('servicebook')
  .description("OpenMetadata's service catalogue: served, moved, kept")
  .exitOverride()
  .addHelpText(
    'after',
    `
Stores:
  --memory           ends with the process
  --directory <dir>  files of servicebook/fs, one process at a time
  --postgres [url]   tables of servicebook/postgres; without a url that of DATABASE_URL; npm install pg

Environment:
  SERVICEBOOK_KEY       32 bytes in base64; seals secrets. Without it, services that carry some are refused by what outlives the process
  SERVICEBOOK_OLD_KEYS  keys that still open what they sealed, separated by commas
  DATABASE_URL          where --postgres leads without a url
  NO_COLOR              no colours

Exit codes:
  0  all is well
  1  it could not be done
  2  it was not understood
  3  done in part: rows failed, or something is wrong with what was looked at`,
  )

/** A command on a store; without one named, it is what `fallback` says. */
function onStore(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--memory', 'keep services in memory')
    .option('--directory <dir>', 'keep services in a directory')
    .option('--postgres [url]', 'keep services in PostgreSQL')
    .option('--families <names...>', 'collections, such as mlmodelServices (default: all thirteen)')
}

onStore('serve', "OpenMetadata's API on loopback, a page to look at, and its reference at /docs")
  .option('--port <n>', 'port on 127.0.0.1; 0 is any free one', '8585')
  .option('--token <token...>', 'let in these tokens and nobody else (default: any, and none)')
  .option('--seed <file>', 'services that are there from the start, requests as JSON Lines or a JSON array')
  .option('--admin', 'answer below /__admin: reset, snapshots, failures, the clock; in memory only')
  .option('--json', 'say that it is ready by one line of JSON')
  .addHelpText(
    'after',
    `
It is ready once it has printed a line. SIGTERM or SIGINT end it when what is under way has its answer, within five seconds; a second one at once.

Examples:
  $ servicebook serve                                     in memory, http://127.0.0.1:8585/api
  $ servicebook serve --directory services --port 0 --json
  $ servicebook serve --postgres postgres://localhost/catalogue --token secret`,
  )
  .action(async (options) => (await import('./serve.js')).serve(options))

onStore('export', 'write every service with its whole history, a line of JSON each')
  .option('--output <file>', 'a new file, readable by its owner alone (default: stdout)')
  .option('--secrets <which>', 'sealed, as they are kept, or none', 'sealed')
  .addHelpText('after', '\nExample:\n  $ servicebook export --directory services | servicebook import - --postgres')
  .action(async (options) => (await import('./transfer.js')).exportTo(options))

onStore('import', 'write what was exported, with ids, times, versions and secrets; goes on where it was stopped')
  .argument('<file>', 'what export wrote; - for stdin')
  .option('--dry-run', 'say what would be imported, and write nothing')
  .option('--by <name>', 'who writes, for those who listen', 'servicebook')
  .action(async (file, options) => (await import('./transfer.js')).importFrom(file, options))

onStore('apply', 'make the catalogue what a file says; the plan first, and nothing of it where a row is refused')
  .argument('<file>', 'requests as JSON Lines or a JSON array; "family" names the collection where there are several')
  .option('--dry-run', 'show the plan, and do nothing')
  .option('--prune', 'soft-delete what is not in the file, within the families named, or else those in the file')
  .option('--by <name>', 'who writes', 'servicebook')
  .addHelpText('after', '\nSigns of a plan: + created, ~ changed or restored, - deleted, ! refused.')
  .action(async (file, options) => (await import('./apply.js')).applyFile(file, options))

onStore('history', 'every version of a service, the newest first, with what it changed')
  .argument('<name>', 'the name of the service')
  .option('--json', 'each version whole, a line of JSON each')
  .action(async (name, options) => (await import('./history.js')).history(name, options))

onStore('migrate', 'bring the tables of a database up to date').action(async (options) =>
  (await import('./upkeep.js')).migrateTables(options),
)

onStore(
  'compact',
  'write the files of a directory anew without what is gone: removed services, replaced secrets',
).action(async (options) => (await import('./upkeep.js')).compact(options))

onStore('verify', 'read all there is, every version of it, and say what is wrong; writes no service').action(
  async (options) => (await import('./upkeep.js')).verify(options),
)

onStore('reseal', 'seal all secrets with SERVICEBOOK_KEY; SERVICEBOOK_OLD_KEYS open what they sealed').action(
  async (options) => (await import('./upkeep.js')).reseal(options),
)

function fail(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { message = String(error), exitCode = 1 } = error as Partial<Failed>
  console.error(message.split('\n')[0])
  return exitCode
}

// Whoever reads has seen enough.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(0)
})

program.parseAsync().catch((error: unknown) => {
  process.exitCode = fail(error)
})
