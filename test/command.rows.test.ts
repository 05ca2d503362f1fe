import { describe, expect, test } from 'vitest'
import { rowsOf } from '../adapters/command/rows.js'
import { lines, written } from './command.js'

/* Requests as JSON Lines or a JSON array: which family each is of, and where it stands. */

const models = { entityType: 'mlmodelService', collection: 'mlmodelServices' }
const databases = { entityType: 'databaseService', collection: 'databaseServices' }
const both = [databases, models]
const row = (name: string, at: string, collection = models.collection) => ({ collection, request: { name }, at })

describe('rows', () => {
  test.each([
    ['nothing', '', []],
    ['blank lines', ' \n\n', []],
    ['lines', '{"name":"a"}\n \n  {"name":"b"}  \n', [row('a', 'line 1'), row('b', 'line 3')]],
    ['an array in a line', '[{"name":"a"},{"name":"b"}]', [row('a', 'element 1'), row('b', 'element 2')]],
    ['an array after blank lines, indented', ' \n\t[\n{"name":"a"\n}]\n', [row('a', 'element 1')]],
  ])('of %s', async (_, text, expected) => {
    expect(await rowsOf(written(text), [models])).toEqual(expected)
  })

  test('say their family by its collection or type, which is no part of the request', async () => {
    const file = written(
      lines(
        { family: 'mlmodelServices', name: 'a' },
        { family: 'databaseService', name: 'b' },
        { name: 'c', family: 'mlmodelService' },
      ),
    )
    const [a, b, c] = [row('a', 'line 1'), row('b', 'line 2', 'databaseServices'), row('c', 'line 3')]
    expect(await rowsOf(file, both)).toEqual([a, b, c])
  })

  test.each([
    ['{"name":"a"}', both],
    ['{"family":"models"}', both],
    ['{"family":"databaseServices"}', [models]],
    ['{"family":7}', [models]],
  ])('%s without a family that is there', async (text, families) => {
    const file = written(`\n${text}`)
    const known = families.map(({ collection }) => collection).join(', ')
    await expect(rowsOf(file, families)).rejects.toThrow(
      `${file}, line 2: "family" must be one of ${known}; without one, name the family by --families`,
    )
  })

  test.each(['7', '"a"', 'null', '[]'])('%s is no object', async (text) => {
    const file = written(`{"name":"a"}\n${text}`)
    await expect(rowsOf(file, [models])).rejects.toThrow(`${file}, line 2: is no object`)
    const array = written(`[${text}]`)
    await expect(rowsOf(array, [models])).rejects.toThrow(`${array}, element 1: is no object`)
  })

  test('that are no JSON are named, and nothing of them is shown', async () => {
    const [line, array] = [written('{}\n\n{"name":"hush'), written('[{"name":"hush')]
    const said = (file: string) => rowsOf(file, [models]).catch(({ message }: Error) => message)
    expect(await said(line)).toBe(`${line}, line 3: is not JSON`)
    expect(await said(array)).toBe(`${array}: is not JSON`)
  })
})
