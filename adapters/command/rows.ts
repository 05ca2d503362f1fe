import { failed } from './failed.js'
import { linesOf } from './files.js'

/** A request of a file, and where it stands. */
export interface Row {
  readonly collection: string
  readonly request: object
  /** `line 3`, or `element 3` of an array. */
  readonly at: string
}

/**
 * The requests of a file, JSON Lines or one JSON array. `family`, a collection or an entity type, says which is meant, where
 * there is more than one.
 */
export async function rowsOf(
  file: string,
  families: readonly { entityType: string; collection: string }[],
): Promise<readonly Row[]> {
  const lines: string[] = []
  for await (const line of linesOf(file)) lines.push(line)
  const isArray =
    lines
      .find((line) => line.trim() !== '')
      ?.trimStart()
      .startsWith('[') === true
  const values = isArray
    ? (parsed(lines.join('\n'), file) as unknown[]).map((value, at) => ({ value, at: `element ${at + 1}` }))
    : lines
        .map((line, at) => ({ line: line.trim(), at: `line ${at + 1}` }))
        .filter(({ line }) => line !== '')
        .map(({ line, at }) => ({ value: parsed(line, `${file}, ${at}`), at }))
  return values.map(({ value, at }) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw failed(`${file}, ${at}: is no object`)
    const { family: named, ...request } = value as { family?: unknown }
    const family =
      named === undefined && families.length === 1
        ? families[0]
        : families.find(({ collection, entityType }) => named === collection || named === entityType)
    if (family === undefined)
      throw failed(
        `${file}, ${at}: "family" must be one of ${families.map(({ collection }) => collection).join(', ')}; without one, name the family by --families`,
      )
    return { collection: family.collection, request, at }
  })
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What JSON.parse says of it may quote a secret.
    throw failed(`${where}: is not JSON`)
  }
}
