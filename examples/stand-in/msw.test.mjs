import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { standIn } from 'servicebook/stand-in'

// What the application sends to its OpenMetadata, whatever its address, is answered in this process; no port is opened.
const om = await standIn({ port: false })
const answered = ({ request }) => om.fetch(request).catch(() => HttpResponse.error())
const network = setupServer(http.all('https://openmetadata.example/api/*', answered))
before(() => network.listen({ onUnhandledRequest: 'error' }))
beforeEach(() => om.reset())
after(() => network.close())

const SERVICES = 'https://openmetadata.example/api/v1/services/mlmodelServices'

test('the application does not know the difference', async () => {
  const made = await fetch(SERVICES, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer a-token' },
    body: JSON.stringify({ name: 'churn', serviceType: 'Sklearn' }),
  })
  assert.equal(made.status, 201)
  assert.ok((await made.json()).href.startsWith(SERVICES))
  assert.deepEqual(
    (await om.services()).map(({ name }) => name),
    ['churn'],
  )
})

test('a connection that is dropped is one for the application too', async () => {
  om.fail({ drop: true })
  await assert.rejects(fetch(SERVICES), TypeError)
})
