import fs from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

/*
 * Whoever reads the API reference, or hovers over a name, finds a manual page there. The sources are parsed and not checked,
 * which takes a second.
 */

interface Public {
  readonly name: string
  readonly file: string
  readonly declaration: ts.Node
}

const parsed = new Map<string, ts.SourceFile>()

function sourceOf(file: string): ts.SourceFile {
  const known = parsed.get(file)
  if (known !== undefined) return known
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true)
  parsed.set(file, source)
  return source
}

const beside = (file: string, { text }: ts.StringLiteral) => path.join(path.dirname(file), text.replace(/\.js$/, '.ts'))

/** Where a name that a file exports without saying from where was imported from. */
function importedFrom(file: string, name: string): ts.StringLiteral {
  const found = sourceOf(file).statements.find(
    (one): one is ts.ImportDeclaration => ts.isImportDeclaration(one) && one.getText().includes(name),
  )
  if (found === undefined) throw new Error(`${file} exports ${name}, which is from nowhere`)
  return found.moduleSpecifier as ts.StringLiteral
}

/** What a file exports, each where it is declared. */
function exportsOf(file: string): readonly Public[] {
  return sourceOf(file).statements.flatMap((statement): readonly Public[] => {
    if (ts.isExportDeclaration(statement)) {
      const { moduleSpecifier, exportClause: clause } = statement
      if (clause === undefined || !ts.isNamedExports(clause))
        return exportsOf(beside(file, moduleSpecifier as ts.StringLiteral)).filter(
          ({ declaration }) => !statement.isTypeOnly || isType(declaration),
        )
      return clause.elements.map(({ name, propertyName }) => {
        const original = (propertyName ?? name).text
        const from = beside(file, (moduleSpecifier as ts.StringLiteral | undefined) ?? importedFrom(file, original))
        const found = exportsOf(from).find((one) => one.name === original)
        if (found === undefined) throw new Error(`${from} has no ${original}`)
        return { ...found, name: name.text }
      })
    }
    const isExported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExport)
    if (!isExported) return []
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => ({
        name: name.getText(),
        file,
        declaration: statement,
      }))
    const { name } = statement as ts.DeclarationStatement
    return [{ name: name?.getText() ?? '', file, declaration: statement }]
  })
}

const isType = (node: ts.Node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)
const isExport = ({ kind }: ts.ModifierLike) => kind === ts.SyntaxKind.ExportKeyword

const { exports } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as {
  exports: Record<string, { import?: { types: string } }>
}
const everything = Object.values(exports).flatMap(({ import: entry }) =>
  entry === undefined ? [] : exportsOf(entry.types.replace('./dist/types/', '').replace('.d.ts', '.ts')),
)
/** Each once: several entries may have it. */
const publics = [...new Set(everything.map(({ declaration }) => declaration))].map(
  (declaration) => everything.find((one) => one.declaration === declaration) as Public,
)

const docsOf = ({ declaration }: Public) => {
  const docs = ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc)
  return docs.at(-1)?.getText() ?? ''
}

/** The connection of a service type is what its table says. */
const isTable = ({ file, declaration }: Public) =>
  file.startsWith('src/families/') && /\b(Config|Connection)</.test(declaration.getText())

test('every public name says what it is', () => {
  const bare = publics.filter((one) => docsOf(one) === '' && !isTable(one)).map(({ name, file }) => `${file}: ${name}`)
  expect(bare).toEqual([])
})

test('every public function shows an example', () => {
  const functions = publics.filter(({ declaration }) => ts.isFunctionDeclaration(declaration))
  const bare = functions.filter((one) => !docsOf(one).includes('@example')).map(({ name, file }) => `${file}: ${name}`)
  expect(bare).toEqual([])
})

test('every verb names its errors by code', () => {
  const verbs = publics.filter(
    ({ declaration }) => ts.isFunctionDeclaration(declaration) && /Result/.test(declaration.type?.getText() ?? ''),
  )
  const bare = verbs.filter((one) => !/`[A-Z_]{6,}`/.test(docsOf(one))).map(({ name, file }) => `${file}: ${name}`)
  expect(bare).toEqual([])
})

test('every section of the law that is cited is there', () => {
  const law = fs.readFileSync('docs/semantics.md', 'utf8')
  const sections = new Set([...law.matchAll(/^## (\d+)\./gm)].map(([, number]) => number))
  const cited = publics.flatMap((one) =>
    [...docsOf(one).matchAll(/`semantics\.md`((?:,? §\d+)+)/g)].flatMap(([, all = '']) => all.match(/\d+/g) ?? []),
  )
  expect(cited.length).toBeGreaterThan(30)
  expect(cited.filter((number) => !sections.has(number))).toEqual([])
})
