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
It is ready once it has printed a line. SIGTERM or SIGINT end it when what is under way has its answer, a second one at once.

Examples:
  $ servicebook serve                                     in memory, http://127.0.0.1:8585/api
  $ servicebook serve --directory services --port 0 --json
  $ servicebook serve --postgres postgres://localhost/catalogue --token secret`,
  )
  .action(async (options) => (await import('./serve.js')).serve(options))

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
