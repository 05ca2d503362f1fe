import { createReadStream } from 'node:fs'
import { failed } from './failed.js'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EISDIR: 'is a directory',
  ENOTDIR: 'is no directory',
  EEXIST: 'is there already',
  EACCES: 'you may not',
  EPERM: 'you may not',
  EROFS: 'nothing can be written there',
  ENOSPC: 'there is no room left',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not UTF-8',
}

/** What is said of a file that cannot be read or written. */
export function ofFile(file: string, { code = '', message }: NodeJS.ErrnoException): ReturnType<typeof failed> {
  return failed(`${file}: ${REASONS[code] ?? message}`)
}

/** A file, or stdin for `-`, a line at a time, without the mark that some editors put before a text; how far it is by `at`. */
export async function* linesOf(file: string, at: (bytes: number) => void = () => {}): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let begun: string[] = []
  let bytes = 0
  try {
    for await (const piece of file === '-' ? process.stdin : createReadStream(file)) {
      bytes += piece.length
      at(bytes)
      const [first = '', ...others] = decoder.decode(piece, { stream: true }).split('\n')
      begun.push(first)
      for (const next of others) {
        yield begun.join('')
        begun = [next]
      }
    }
    begun.push(decoder.decode())
  } catch (error) {
    throw ofFile(file, error as Error)
  }
  yield begun.join('')
}
