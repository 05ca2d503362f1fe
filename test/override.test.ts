import { bulkUpsert, getService, upsertService } from 'servicebook'
import { expect, test } from 'vitest'
import { openTestBook } from './catalogue.js'

/* §5 `overrideMetadata`, of upsert and of bulk. */

const row = (more: object = {}) => ({ name: 'a', serviceType: 'Sklearn', ...more }) as const
const bot = { name: 'ingestion-bot', isBot: true }
const label = (tagFQN: string) => ({
  tagFQN,
  ...({ source: 'Classification', labelType: 'Manual', state: 'Confirmed' } as const),
})
const first = {
  ...{ displayName: 'A', description: 'by hand', domain: 'D', dataProducts: ['P'] },
  tags: [{ tagFQN: 'PII.None' }, { tagFQN: 'Tier.Tier1' }],
}
const second = { displayName: 'B', description: 'by bot', dataProducts: ['Q'], tags: [{ tagFQN: 'Tier.Tier1' }] }

const verbs = {
  upsert: async (book: ReturnType<typeof openTestBook>, more: object, options: object) =>
    (await upsertService(book, row(more), options))._unsafeUnwrap(),
  bulk: async (book: ReturnType<typeof openTestBook>, more: object, options: object) =>
    (await bulkUpsert(book, [row(more)], options))._unsafeUnwrap().rows[0],
}

test.each(Object.entries(verbs))(
  '§5 %s: a bot overwrites what it supplies, tags are replaced, the rest stays',
  async (_, put) => {
    const book = openTestBook()
    const held = async () => (await getService(book, 'a'))._unsafeUnwrap()
    await put(book, first, { by: { name: 'ada' } })
    const before = await held()
    expect(await put(book, second, { by: bot, overrideMetadata: false })).toMatchObject({ outcome: 'unchanged' })
    expect(await held()).toEqual(before)

    const overriding = { by: bot, overrideMetadata: true }
    expect(await put(book, second, overriding)).toMatchObject({ outcome: 'updated' })
    const after = await held()
    expect(after).toMatchObject({ ...second, domain: 'D', version: 0.2, tags: [label('Tier.Tier1')] })
    expect(after.changeDescription?.fieldsDeleted).toContainEqual({ name: 'tags', oldValue: [label('PII.None')] })
    expect(await put(book, second, overriding)).toMatchObject({ outcome: 'unchanged' })
    // Absent is as ever: a bot clears nothing, and tags are kept.
    expect(await put(book, {}, overriding)).toMatchObject({ outcome: 'unchanged' })
    // Of a person it replaces tags, and absent texts are cleared as without it.
    await put(book, { tags: [{ tagFQN: 'PII.None' }] }, { by: { name: 'ada' }, overrideMetadata: true })
    const { displayName, description, tags } = await held()
    expect([displayName, description, tags]).toEqual([undefined, undefined, [label('PII.None')]])
  },
)

test('§5 overrideMetadata must be a boolean', async () => {
  const options = { overrideMetadata: 'yes' } as never
  for (const answer of [
    await upsertService(openTestBook(), row(), options),
    await bulkUpsert(openTestBook(), [], options),
  ])
    expect(answer._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/overrideMetadata' }] })
})
