import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { standIn } from 'servicebook/stand-in'

// node --test: one stand-in a file, put back before each test.
const om = await standIn({ seed: { mlmodelServices: [{ name: 'churn', serviceType: 'Sklearn' }] } })
beforeEach(() => om.reset())
after(() => om.close())

/** What is to be tested: any client of OpenMetadata. It sends again what failed for a while. */
async function describe(url, name, description) {
  const init = {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, serviceType: 'Sklearn', description }),
  }
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(`${url}/v1/services/mlmodelServices`, init)
    if (answer.status !== 503 || attempt === 3) return answer.status
  }
}

test('it describes a service', async () => {
  assert.equal(await describe(om.url, 'churn', 'who leaves'), 200)
  assert.equal((await om.services())[0].description, 'who leaves')
})

test('it sends again what failed, and gives up in the end', async () => {
  om.fail({ route: 'PUT /v1/services/*', status: 503, times: 2 })
  assert.equal(await describe(om.url, 'churn', 'who leaves'), 200)
  assert.deepEqual(
    om.requests.map(({ status }) => status),
    [503, 503, 200],
  )
  om.fail({ status: 503, times: 3 })
  assert.equal(await describe(om.url, 'churn', 'x'), 503)
})
