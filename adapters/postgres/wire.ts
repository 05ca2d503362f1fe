/*
 * What goes to a driver and comes from it. Hosts tell their drivers how to parse, to serialize and to rename, for the whole
 * process often; so every value is text both ways, and a row is read by the place of its columns. Only text itself has to
 * arrive as it is: the first answer of a client shows whether it does.
 */

/** The columns of a row in their order; every one was asked for as text. */
export type Row = readonly (string | null)[]

/** A parameter as text: for each of them SQL says what it is, and a list is one of texts. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return Array.isArray(value) ? `{${value.map(element).join(',')}}` : String(value)
}

const element = (text: unknown) => `"${String(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

/** The rows of an answer, which is a list of them or has it under `rows`; a row is an object or a list. */
export function rowsOf(answer: unknown): readonly Row[] {
  const rows = Array.isArray(answer) ? answer : (answer as { rows?: unknown } | null | undefined)?.rows
  if (!Array.isArray(rows)) throw new Error('client.query must answer rows, as a list or under the key rows')
  return rows.map(columns)
}

function columns(row: unknown): Row {
  if (typeof row !== 'object' || row === null) throw new Error('a row of client.query must be an object or a list')
  return (Array.isArray(row) ? row : Object.values(row)).map((value: unknown) => {
    if (value === null || value === undefined) return null
    if (typeof value !== 'string')
      throw new Error('client.query must answer text as text, in a column for each asked for')
    return value
  })
}
