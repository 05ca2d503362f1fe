#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander'
import type { Failed } from './failed.js'

/*
 * The command `servicebook`. What each of its words does is imported when it is said, so that none pays for the others.
 */

const EXIT_CODES = `
Exit codes:
  0    all is well
  1    it could not be done
  2    it was not understood
  3    done in part: rows failed, or something is wrong with what was looked at
  130  interrupted; what was done until then stays done`

const program = new Command('servicebook')
  .description("OpenMetadata's service catalogue: served, moved, kept")
  .exitOverride()
  .addHelpText(
    'after',
    `
Stores:
  --memory           of serve; ends with the process
  --directory <dir>  files of servicebook/fs, one process at a time
  --postgres [url]   tables of servicebook/postgres; without a url that of DATABASE_URL; npm install pg

Environment:
  SERVICEBOOK_KEY       32 bytes in base64; seals secrets. Without it, services that carry some are refused by what outlives the process
  SERVICEBOOK_OLD_KEYS  keys that still open what they sealed, separated by commas
  DATABASE_URL          where --postgres leads without a url
  NO_COLOR              no colours
${EXIT_CODES}

Each command has a page: servicebook <command> --help`,
  )

type Place = 'memory' | 'directory' | 'postgres'

const PLACES: Readonly<Record<Place, readonly [flags: string, description: string]>> = {
  memory: ['--memory', 'keep services in memory (the default)'],
  directory: ['--directory <dir>', 'where services are: a directory'],
  postgres: ['--postgres [url]', 'where services are: PostgreSQL (default url: DATABASE_URL)'],
}

/** Where services are that outlive the process. */
const KEPT: readonly Place[] = ['directory', 'postgres']

/**
 * A command on a store, with a manual page that has the stores it works on. The others are understood all the same, so that
 * whoever names one is told why not.
 */
function onStore(name: string, description: string, manual: string, places = KEPT): Command {
  const command = program.command(name).description(description)
  for (const [place, [flags, text]] of Object.entries(PLACES))
    command.addOption(new Option(flags, text).hideHelp(!places.includes(place as Place)))
  return command
    .addOption(
      new Option('--families <names...>', 'collections, such as mlmodelServices (default: all thirteen)').hideHelp(
        places.length === 1,
      ),
    )
    .addHelpText('after', `\n${manual}\n${EXIT_CODES}`)
}

onStore(
  'serve',
  "OpenMetadata's API on loopback, a page to look at, and its reference at /docs",
  `It is ready once it has printed a line; with --json that has url, admin, store, families and pid. It listens on 127.0.0.1
alone, and answers 401 to what was sent to another host, or by a page from elsewhere. A token says who writes: a JWT by
its sub, any other is admin; none is verified. SIGTERM or SIGINT end it when what is under way has its answer, within five
seconds; a second one at once. Started by npx it is ended by its pid, since npx passes on no SIGTERM.

Examples:
  $ servicebook serve                                     in memory, http://127.0.0.1:8585/api
  $ servicebook serve --memory --port 0 --json --admin    for a test suite
  $ servicebook serve --directory services --seed services.jsonl
  $ servicebook serve --postgres postgres://localhost/catalogue --token secret`,
  ['memory', 'directory', 'postgres'],
)
  .option('--port <n>', 'port on 127.0.0.1; 0 is any free one', '8585')
  .option('--token <token...>', 'let in these tokens and nobody else (default: any, and none)')
  .option('--seed <file>', 'services that are there from the start, requests as JSON Lines or a JSON array')
  .option('--admin', 'answer below /__admin: reset, snapshots, failures, the clock; in memory only')
  .option('--json', 'say that it is ready by one line of JSON')
  .action(async (options) => (await import('./serve.js')).serve(options))

onStore(
  'export',
  'write every service with its whole history, a line of JSON each',
  `It reads beside whoever writes; each service is as it was at one moment. Secrets go sealed as they are kept: whoever imports
them needs the key. Followers and the last test result go along.

Examples:
  $ servicebook export --directory services --output services.jsonl
  $ servicebook export --directory services | servicebook import - --postgres`,
)
  .option('--output <file>', 'a new file, readable by its owner alone (default: stdout)')
  .option('--secrets <which>', 'sealed, as they are kept, or none', 'sealed')
  .action(async (options) => (await import('./transfer.js')).exportTo(options))

onStore(
  'import',
  'write what was exported, with ids, times, versions and secrets; goes on where it was stopped',
  `The file is read a line at a time, however long it is. What is there already is not written twice; a service of the same
name that is another, or has gone on since, is refused and named by its line.

Examples:
  $ servicebook import services.jsonl --postgres postgres://localhost/catalogue
  $ servicebook import services.jsonl --directory services --dry-run`,
)
  .argument('<file>', 'what export wrote; - for stdin')
  .option('--dry-run', 'say what would be imported, and write nothing')
  .option('--by <name>', 'who writes, for those who listen', 'servicebook')
  .action(async (file, options) => (await import('./transfer.js')).importFrom(file, options))

onStore(
  'apply',
  'make the catalogue what a file says; the plan first, and nothing of it where a row is refused',
  `Each row is put as PUT would: tags, owners, domain and connection that it does not have stay. The file is held in memory.

Signs of a plan: + created, ~ changed or restored, - deleted, ! refused.

Examples:
  $ servicebook apply services.jsonl --directory services --dry-run
  $ servicebook apply models.json --postgres --families mlmodelServices --prune`,
)
  .argument(
    '<file>',
    'requests as JSON Lines or a JSON array, - for stdin; "family" names the collection where there are several',
  )
  .option('--dry-run', 'show the plan, and do nothing')
  .option('--prune', 'soft-delete what is not in the file, within the families named, or else those in the file')
  .option('--by <name>', 'who writes', 'servicebook')
  .action(async (file, options) => (await import('./apply.js')).applyFile(file, options))

onStore(
  'history',
  'every version of a service, the newest first, with what it changed',
  `A name is looked for in every family, or in those named; quotes of an FQN are not part of a name.

Examples:
  $ servicebook history churn --directory services
  $ servicebook history churn --postgres --families mlmodelServices --json`,
)
  .argument('<name>', 'the name of the service')
  .option('--json', 'each version whole, a line of JSON each')
  .action(async (name, options) => (await import('./history.js')).history(name, options))

onStore(
  'migrate',
  'bring the tables of a database up to date',
  `It may be run at any time, by many at once, and does nothing where nothing is to be done. Whatever writes does it too.

Example:
  $ servicebook migrate --postgres postgres://localhost/catalogue`,
  ['postgres'],
).action(async (options) => (await import('./upkeep.js')).migrateTables(options))

onStore(
  'compact',
  'write the files of a directory anew without what is gone: removed services, replaced secrets',
  `Nobody else may write meanwhile. It needs the room of the files once more.

Example:
  $ servicebook compact --directory services`,
  ['directory'],
).action(async (options) => (await import('./upkeep.js')).compact(options))

onStore(
  'verify',
  'read all there is, every version of it, and say what is wrong; writes no service',
  `Every version is checked like a request, histories for gaps, and secrets are opened where SERVICEBOOK_KEY is there. A line
for each thing that is wrong, and 3 in the end; a file that is damaged is named with its line and byte.

Examples:
  $ servicebook verify --directory services
  $ servicebook verify --postgres postgres://localhost/catalogue`,
).action(async (options) => (await import('./verify.js')).verify(options))

onStore(
  'reseal',
  'seal all secrets with SERVICEBOOK_KEY; SERVICEBOOK_OLD_KEYS open what they sealed',
  `No service gets another version by it. Old keys may go once nothing failed; of a directory compact it then, since its files
hold what was sealed before.

Example:
  $ export SERVICEBOOK_KEY=… SERVICEBOOK_OLD_KEYS=…
  $ servicebook reseal --directory services`,
).action(async (options) => (await import('./upkeep.js')).reseal(options))

function fail(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { message = String(error), exitCode = 1 } = error as Partial<Failed>
  console.error(message.split('\n')[0])
  return exitCode
}

// Whoever reads has seen enough.
for (const output of [process.stdout, process.stderr])
  output.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(process.exitCode ?? 0)
  })

program.parseAsync().catch((error: unknown) => {
  process.exitCode = fail(error)
})
