import { standIn } from 'servicebook/stand-in'
import { afterAll, beforeEach, expect, test } from 'vitest'

// One stand-in a file, put back before each test; Jest's globals do the same.
const om = await standIn({ clock: '2026-01-01T00:00:00Z' })
beforeEach(() => om.reset())
afterAll(() => om.close())

const put = (description) =>
  fetch(`${om.url}/v1/services/mlmodelServices`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'churn', serviceType: 'Sklearn', description }),
  })

test.each([1, 2])('ids and times are the same in every run', async () => {
  const { id, updatedAt } = await (await put('x')).json()
  expect({ id, updatedAt }).toEqual({ id: '01941f29-7c00-7000-8000-000000000001', updatedAt: Date.UTC(2026, 0) })
})

test('versions are those of a catalogue that has grown', async () => {
  await put('x')
  om.clock.advance(3_600_000)
  const { version, updatedAt } = await (await put('y')).json()
  expect({ version, updatedAt }).toEqual({ version: 0.2, updatedAt: Date.UTC(2026, 0, 1, 1) })
})
