import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { mlmodelServices, openBook } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { expectThat } from './check.mjs'
import { expectPossible, perform, performBulk, possible } from './law.mjs'

/** Work in a directory of its own, which goes afterwards. */
export async function inDirectory(work) {
  const directory = fs.mkdtempSync(path.join(tmpdir(), 'servicebook-trial-'))
  try {
    return await work(directory)
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

export function bookIn(directory) {
  const store = fsStore(directory)
  return { store, book: openBook({ family: mlmodelServices, store }) }
}

export const FILE = `${mlmodelServices.entityType}.jsonl`

/** Does a script in a directory, and keeps for each name what may be there. Whatever fails, a store is opened again. */
export async function follow(directory, script, seen = new Map()) {
  let opened = bookIn(directory)
  for (const { do: what, operations = [] } of script) {
    if (what === 'compact') await opened.store.compact().catch(() => {})
    else if (what === 'reopen') opened = await reopened(opened, directory)
    else {
      const { book } = opened
      const answers =
        what === 'bulk'
          ? await performBulk(book, operations)
          : await Promise.all(operations.map((operation) => perform(book, operation)))
      for (const [at, operation] of operations.entries()) note(seen, operation, answers[at])
      if (answers.some((answer) => typeof answer === 'object')) opened = await reopened(opened, directory)
    }
  }
  await opened.store.close().catch(() => {})
  return seen
}

async function reopened({ store }, directory) {
  await store.close().catch(() => {})
  return bookIn(directory)
}

function note(seen, operation, answer) {
  const before = seen.get(operation.name) ?? [[]]
  const after = possible(before, operation, answer)
  expectThat(
    after.length > 0,
    () => `${JSON.stringify(operation)} answered ${JSON.stringify(answer)} on ${JSON.stringify(before)}`,
  )
  seen.set(operation.name, after)
}

/** What is there is what may be; and a further write goes in. */
export async function verify(directory, seen) {
  const { store, book } = bookIn(directory)
  try {
    await store.open()
    await expectPossible(book, seen)
    const again = await perform(book, { kind: 'upsert', name: 'again', text: '' })
    expectThat(again === 'created 1', () => `a further write answered ${JSON.stringify(again)}`)
  } finally {
    await store.close()
  }
}
