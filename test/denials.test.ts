import { expect, test, vi } from 'vitest'
import { denials, missingPrincipal } from '../src/execution/authorise.js'
import { openTestBook } from './catalogue.js'

/* §9 what the policy is asked for, all at once, and which of its answers is told. */

const ada = { by: { name: 'ada' } }

test('§9 what asks the policy for nothing does not ask it, with a principal or without', async () => {
  const policy = vi.fn(() => 'unauthenticated' as const)
  const book = openTestBook({ policy })
  expect(await missingPrincipal(book, undefined, undefined)).toBeUndefined()
  expect(await denials(book, undefined, [], undefined)).toBeUndefined()
  expect(policy).not.toHaveBeenCalled()
})

test('§9 of all that a patch asks for the first denial is told, in the order of the operations', async () => {
  const asked: string[] = []
  const policy = async (_: unknown, operation: string) => {
    asked.push(operation)
    return operation === 'EditTags' ? 'allow' : 'forbidden'
  }
  const book = openTestBook({ policy: policy as never })
  const answer = await denials(book, ada.by, ['EditTags', 'EditOwners', 'EditDescription'], undefined)
  expect(answer).toMatchObject({ code: 'FORBIDDEN', operation: 'EditOwners' })
  expect(asked).toEqual(['EditTags', 'EditOwners', 'EditDescription'])
  expect(await denials(book, ada.by, ['EditTags', 'EditTags'], undefined)).toBeUndefined()
})
