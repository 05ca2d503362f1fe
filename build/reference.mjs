/*
 * The API reference, made by TypeDoc of the docstrings of what each entry exports: `npm run docs`, into `reference/`.
 */
import fs from 'node:fs'
import path from 'node:path'
import { Converter, ReflectionKind } from 'typedoc'

const root = path.resolve(import.meta.dirname, '..')
const { exports } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
/** Each entry by the source it is made of. */
const entries = new Map(
  Object.entries(exports)
    .filter(([, { import: entry }]) => entry !== undefined)
    .map(([name, { import: entry }]) => [
      entry.types.replace('./dist/types/', '').replace(/\.d\.ts$/, '.ts'),
      `servicebook${name.slice(1)}`,
    ]),
)

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'servicebook',
  tsconfig: path.join(root, 'tsconfig.json'),
  entryPoints: [...entries.keys()].map((file) => path.join(root, file)),
  out: path.join(root, 'reference'),
  readme: 'none',
  excludeInternal: true,
  excludeExternals: true,
  disableSources: true,
  // `npm test` checks types.
  skipErrorChecking: true,
  // What is named in types alone is shown where it is used.
  validation: { notExported: false },
  plugin: [named],
}

/** Modules are called as they are imported, and not as their files. */
function named({ converter }) {
  const names = [...entries].map(([file, name]) => [file.replace(/(\/index)?\.ts$/, ''), name])
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module))
      module.name = names.find(([file]) => file === module.name)?.[1] ?? module.name
  })
}
