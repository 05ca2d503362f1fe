import fs from 'node:fs'

/** README and the pages of docs. */
export const pages: readonly string[] = [
  'README.md',
  ...fs
    .readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** The programs on them; one that stands on two pages is one. */
export const examples: readonly { readonly name: string; readonly code: string }[] = [
  ...new Map(
    pages.flatMap((page) =>
      [...fs.readFileSync(page, 'utf8').matchAll(/```js\n(.*?)```/gs)].map(
        ([, code = ''], at) => [code, { name: `${page}, example ${at + 1}`, code }] as const,
      ),
    ),
  ).values(),
]
