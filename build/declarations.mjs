/*
 * Makes the declarations of the package from what tsc wrote: one tree for `import` and one, the same but for where it
 * stands, for `require`. What comes bundled in the JavaScript comes along here too, so that neither tree imports a package
 * that only one kind of module may have, or that nobody has installed. Only what an entry leads to is kept.
 */
import fs from 'node:fs'
import path from 'node:path'

const TREE = 'dist/types'
const COPY = 'dist/cjs/types'

/** What a module names in quotes after `from` or `import`. */
const SPECIFIER = /(\b(?:from |import |import\()['"])([^'"]+)(['"])/g
const declarationOf = (specifier) => specifier.replace(/\.mjs$/, '.d.mts').replace(/\.js$/, '.d.ts')

/** The declarations of what comes bundled, and where they are to be. */
const homes = {
  servicebook: { from: 'dist/types/src/index.d.ts', to: 'src/index.d.ts' },
  typebox: { from: 'node_modules/typebox/build/index.d.mts', to: 'typebox/index.d.ts' },
  neverthrow: { from: 'node_modules/neverthrow/dist/index.d.ts', to: 'neverthrow/index.d.ts' },
}

const { exports } = JSON.parse(fs.readFileSync('package.json', 'utf8'))
/** Each file of the tree by where it is to be, and its text as it is to be there. */
const texts = new Map()
for (const { import: entry } of Object.values(exports)) {
  if (entry !== undefined) take(entry.types, path.posix.relative(TREE, entry.types))
}

fs.rmSync(COPY, { recursive: true, force: true })
for (const [to, text] of texts) {
  const map = path.join(TREE, `${to}.map`)
  put(path.join(COPY, to), text)
  if (fs.existsSync(map)) put(path.join(COPY, `${to}.map`), deeper(fs.readFileSync(map, 'utf8')))
  put(path.join(TREE, to), text)
}
for (const name of fs.readdirSync(TREE, { recursive: true, encoding: 'utf8' })) {
  const to = name.replaceAll(path.sep, '/').replace(/\.map$/, '')
  if (to.endsWith('.d.ts') && !texts.has(to)) fs.rmSync(path.join(TREE, name))
}
put('dist/cjs/package.json', '{ "type": "commonjs", "sideEffects": false }\n')
put('dist/LICENSES.txt', licenses())

/** Takes a file, and whatever it leads to. */
function take(from, to) {
  if (texts.has(to)) return
  texts.set(to, '')
  const leads = (specifier) => {
    if (specifier.startsWith('node:')) return specifier
    const next = specifier.startsWith('.')
      ? {
          from: path.posix.join(path.posix.dirname(from), declarationOf(specifier)),
          to: path.posix.join(path.posix.dirname(to), declarationOf(specifier).replace('.d.mts', '.d.ts')),
        }
      : homes[specifier]
    if (next === undefined)
      throw new Error(`${from} names ${specifier}, which whoever installs the package may not have`)
    take(next.from, next.to)
    const relative = path.posix.relative(path.posix.dirname(to), next.to).replace(/\.d\.ts$/, '.js')
    return relative.startsWith('.') ? relative : `./${relative}`
  }
  const text = fs.readFileSync(from, 'utf8').split('\n')
  const isComment = (line) => /^\s*(\/\*|\*|\/\/)/.test(line)
  const lines = text.map((line) =>
    isComment(line) ? line : line.replace(SPECIFIER, (_, before, name, after) => before + leads(name) + after),
  )
  // A private property would keep results of a host's own neverthrow from being taken for ours.
  texts.set(to, lines.filter((line) => !/^ {4}private _promise;$/.test(line)).join('\n'))
}

/** A map that leads to the same sources from one directory further down. */
function deeper(text) {
  const map = JSON.parse(text)
  return JSON.stringify({ ...map, sources: map.sources.map((source) => `../${source}`) })
}

/** The licenses of what comes bundled, as they ask for. */
function licenses() {
  return ['typebox', 'neverthrow']
    .map((name) => {
      const file = fs.readdirSync(`node_modules/${name}`).find((one) => /^licen[cs]e/i.test(one))
      return `${name}\n\n${fs.readFileSync(`node_modules/${name}/${file}`, 'utf8').trim()}\n`
    })
    .join('\n\n')
}

function put(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
}
