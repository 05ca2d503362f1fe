import { parseArgs } from 'node:util'
import { runTrial, trials } from './index.mjs'
import { mutants } from './mutants.mjs'
import { record } from './record.mjs'

const HELP = `npm run trial -- <what> [options]

${Object.entries(trials)
  .map(([name, { what }]) => `  ${name.padEnd(8)} ${what}`)
  .join('\n')}
  all      one after the other
  mutants  changes of the code that no test notices, by Stryker; takes files, such as src/rules/merge.ts

  --seed <number>     the same run again; default a new one, which is printed
  --minutes <number>  how long; default a short run, as \`npm test\` has it
  --runs <number>     how often each part of it, if that is over sooner
  --target <name>     only this part of it
  --path <path>       only the case that was wrong, as it was printed
  --changed           of mutants: only in files that are others than when they were last recorded
  --record            put what came of it into the table of SECURITY.md`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    runs: { type: 'string' },
    target: { type: 'string' },
    path: { type: 'string' },
    record: { type: 'boolean', default: false },
    changed: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [what, ...files] = positionals
if (what === 'mutants') process.exit((await mutants(files, values)) ? 0 : 1)
const names = what === 'all' ? Object.keys(trials) : [what]
if (values.help || !names.every((name) => Object.hasOwn(trials, name ?? ''))) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
const numberOf = (text) => (text === undefined ? undefined : Number(text))
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const options = { ...values, seed, minutes: numberOf(values.minutes), runs: numberOf(values.runs) }
console.log(`seed ${seed}, Node ${process.versions.node}`)

let wrong = 0
for (const name of names) {
  await runTrial(name, options, (line, seconds) => {
    const tried = Object.entries(line.tried).map(([kind, count]) => `${count} ${kind}`)
    const found = line.wrong === undefined ? 0 : 1
    console.log(`${name}, ${line.target}: ${tried.join(', ')}; ${found} wrong; ${seconds.toFixed(1)} s`)
    if (values.record) record(line, { seed, seconds })
    if (line.wrong === undefined) return
    wrong++
    console.log(`  ${line.wrong.what}\n  smallest: ${line.wrong.smallest}`)
    console.log(`  again: npm run trial -- ${name} --target '${line.target}' ${line.wrong.repeat}`)
  })
}
process.exit(wrong === 0 ? 0 : 1)
