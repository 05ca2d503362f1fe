import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from '../book.mjs'

/*
 * What a process pays before its first service: to import, to compile the first check of a type, to be served, and to be
 * type checked. Each sample is a process of its own, whose CPU time is its own word on its way out.
 */

const root = fileURLToPath(new URL('../../', import.meta.url))
const dist = (name) => JSON.stringify(new URL(`../../dist/${name}.js`, import.meta.url).href)

export const cases = [
  {
    steps: [{ key: 'import', title: 'start, import' }],
    contestants: [
      { name: "import of 'servicebook'", round: imported(['index']) },
      { name: "import of 'servicebook/families'", round: imported(['families']) },
      { name: 'an empty Node', round: imported([]) },
    ],
  },
  {
    steps: [{ key: 'first', title: 'start, first create of each service type of a process, one of five', unit: 'µs' }],
    contestants: [{ name: 'servicebook', round: firstCreates('first'), goals: { first: { atMost: 3000 } } }],
  },
  {
    steps: [
      { key: 'first', title: 'start, first create of each service type of a further book, one of five', unit: 'µs' },
    ],
    contestants: [{ name: 'servicebook', round: firstCreates('further'), goals: { first: { atMost: 300 } } }],
  },
  {
    steps: [
      { key: 'answer', title: 'start, from nothing to the first answer over HTTP' },
      { key: 'memory', title: 'start, memory when it has answered', unit: 'MB' },
    ],
    contestants: [
      {
        name: 'servicebook serve --memory, all families',
        round: served(['dist/command.js', 'serve', '--memory', '--port', '0', '--json']),
      },
      { name: 'an empty Node with an open port', round: served(['-e', emptyServer()]) },
    ],
  },
  {
    rounds: 3,
    steps: [
      { key: 'tsc', title: 'start, tsc of a file that creates a service' },
      { key: 'memory', title: 'start, memory of tsc', unit: 'MB' },
    ],
    contestants: [
      {
        name: 'with allFamilies',
        round: typed(
          "import { allFamilies, databaseServices } from 'servicebook/families'\nexport const all = allFamilies.map(({ collection }) => collection)\nexport const book = openBook({ family: databaseServices, store: memoryStore() })\nexport const made = createService(book, { name: 'a', serviceType: 'Mysql' })\n",
        ),
      },
      {
        name: 'with mlmodelServices alone',
        round: typed(
          "import { mlmodelServices } from 'servicebook'\nexport const book = openBook({ family: mlmodelServices, store: memoryStore() })\nexport const made = createService(book, { name: 'a', serviceType: 'Sklearn' })\n",
        ),
      },
      { name: 'without the library', round: typed('') },
    ],
  },
].map((one, place) => ({ module: import.meta.url, place, size: 1, cold: true, by: 'cpu', ...one }))

function emptyServer() {
  return `const server = require('node:http').createServer((_, answer) => answer.end('{}')).listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: 'http://127.0.0.1:' + server.address().port })))`
}

/** Runs a process to its end; answers what it printed, how long it took, and its CPU time, in milliseconds. */
async function run(args, options = {}) {
  const told =
    "process.on('exit', () => { const { user, system } = process.cpuUsage(); require('node:fs').writeSync(3, String((user + system) / 1000)) })"
  const directory = mkdtempSync(path.join(process.env.TMPDIR ?? '/tmp', 'servicebook-start-'))
  const preload = path.join(directory, 'told.cjs')
  writeFileSync(preload, told)
  try {
    const start = performance.now()
    const child = spawn(process.execPath, ['--require', preload, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
      ...options,
    })
    const [out, cpu] = await Promise.all(
      [child.stdout, child.stdio[3]].map((stream) => stream.setEncoding('utf8').toArray()),
    )
    if (child.exitCode === null) await once(child, 'exit')
    const wall = performance.now() - start
    expect(child.exitCode === 0, `a process to end well, not ${out.join('')}`)
    return { wall, cpu: Number(cpu.join('')), out: out.join('') }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function imported(names) {
  return async (_, { record }) => {
    const imports = names.map((name) => `import ${dist(name)}`).join('\n')
    const { wall, cpu } = await run(['--input-type=module', '-e', imports])
    record('import', { wall, cpu })
  }
}

function firstCreates(which) {
  const program = `
    import { createService, mlmodelServices, openBook } from ${dist('index')}
    import { memoryStore } from ${dist('memory')}
    const requests = [
      ['Mlflow', { trackingUri: 'http://a', registryUri: 'http://a' }], ['Sklearn', {}], ['CustomMlModel', {}],
      ['SageMaker', { awsConfig: { awsRegion: 'eu' } }], ['VertexAI', { credentials: { gcpConfig: { type: 'gcp_adc' } }, location: 'eu' }],
    ].map(([serviceType, config]) => ({ name: serviceType, serviceType, connection: { config } }))
    const creates = async () => {
      const book = openBook({ family: mlmodelServices, store: memoryStore() })
      for (const request of requests) (await createService(book, request))._unsafeUnwrap()
    }
    if (${JSON.stringify(which)} === 'further') await creates()
    const before = process.cpuUsage()
    const start = performance.now()
    await creates()
    const wall = performance.now() - start
    const { user, system } = process.cpuUsage(before)
    console.log(JSON.stringify({ wall: wall * 1000 / 5, cpu: (user + system) / 5 }))`
  return async (_, { record }) => {
    const { out } = await run(['--input-type=module', '-e', program])
    record('first', JSON.parse(out))
  }
}

function served(args) {
  return async (_, { record }) => {
    const start = performance.now()
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
      const url = /https?:[^"\s]+/.exec(line)[0]
      const answer = await fetch(url.endsWith('/api') ? `${url}/v1/services/mlmodelServices` : url)
      expect(answer.ok, `an answer that is ok, not ${answer.status}`)
      await answer.text()
      const wall = performance.now() - start
      record('answer', { wall, cpu: cpuOf(child.pid) })
      record('memory', residentOf(child.pid))
    } finally {
      child.kill()
      await once(child, 'exit')
    }
  }
}

/** CPU time of another process so far, in milliseconds, where the system tells. */
function cpuOf(pid) {
  if (process.platform !== 'linux') return undefined
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10 // in hundredths of a second
}

function residentOf(pid) {
  if (process.platform !== 'linux') return undefined
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000
}

/** Type checks a file as a user of the package would, its declarations where the package has them. */
function typed(text) {
  return async (_, { record, place }) => {
    const library =
      "import { createService, openBook } from 'servicebook'\nimport { memoryStore } from 'servicebook/memory'\n"
    writeFileSync(path.join(place, 'index.ts'), text === '' ? 'export const a = 1\n' : library + text)
    const types = (name) => [path.join(root, 'dist/types', name)]
    const compilerOptions = {
      ...{ strict: true, noEmit: true, skipLibCheck: true, target: 'es2022', module: 'nodenext', types: [] },
      paths: {
        servicebook: types('src/index.d.ts'),
        'servicebook/families': types('src/families/index.d.ts'),
        'servicebook/memory': types('adapters/memory.d.ts'),
      },
    }
    writeFileSync(path.join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['index.ts'] }))
    const tsc = path.join(root, 'node_modules/typescript/lib/tsc.js')
    const { wall, cpu, out } = await run([tsc, '-p', place, '--extendedDiagnostics'])
    record('tsc', { wall, cpu })
    record('memory', Number(/Memory used:\s+(\d+)K/.exec(out)[1]) / 1000)
  }
}
