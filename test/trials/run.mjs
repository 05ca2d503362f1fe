import { parseArgs } from 'node:util'
import { runTrial, trials } from './index.mjs'

const HELP = `npm run trial -- <what> [options]

${Object.entries(trials)
  .map(([name, { what }]) => `  ${name.padEnd(8)} ${what}`)
  .join('\n')}
  all      one after the other

  --seed <number>     the same run again; default a new one, which is printed
  --minutes <number>  how long; default a short run, as \`npm test\` has it
  --target <name>     only this part of it
  --path <path>       only the case that was wrong, as it was printed`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string' },
    target: { type: 'string' },
    path: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const [what] = positionals
const names = what === 'all' ? Object.keys(trials) : [what]
if (values.help || !names.every((name) => Object.hasOwn(trials, name ?? ''))) {
  console.log(HELP)
  process.exit(values.help ? 0 : 2)
}
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const minutes = values.minutes === undefined ? undefined : Number(values.minutes)
console.log(`seed ${seed}, Node ${process.versions.node}`)

let wrong = 0
for (const name of names) {
  for (const line of await runTrial(name, { ...values, seed, minutes })) {
    const tried = Object.entries(line.tried).map(([kind, count]) => `${count} ${kind}`)
    console.log(`${name}, ${line.target}: ${tried.join(', ')}; ${line.wrong === undefined ? 0 : 1} wrong`)
    if (line.wrong === undefined) continue
    wrong++
    console.log(`  ${line.wrong.what}\n  smallest: ${line.wrong.smallest}`)
    console.log(`  again: npm run trial -- ${name} --target '${line.target}' ${line.wrong.repeat}`)
  }
}
process.exit(wrong === 0 ? 0 : 1)
