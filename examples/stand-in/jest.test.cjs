const { standIn } = require('servicebook/stand-in')

// One stand-in a file, put back before each test. Jest's own globals are all that is needed.
let om
beforeAll(async () => {
  om = await standIn({ seed: { mlmodelServices: [{ name: 'churn', serviceType: 'Sklearn' }] } })
})
beforeEach(() => om.reset())
afterAll(() => om.close())

/** What is to be tested: any client of OpenMetadata. */
async function retire(url, name) {
  const answer = await fetch(`${url}/v1/services/mlmodelServices/name/${name}`)
  if (answer.status !== 200) return answer.status
  const { id } = await answer.json()
  return (await fetch(`${url}/v1/services/mlmodelServices/${id}`, { method: 'DELETE' })).status
}

test('it retires a service', async () => {
  expect(await retire(om.url, 'churn')).toBe(200)
  expect((await om.services())[0].deleted).toBe(true)
})

test('it leaves a service alone that it cannot read', async () => {
  om.fail({ route: 'GET /v1/services/*', status: 500 })
  expect(await retire(om.url, 'churn')).toBe(500)
  expect(om.requests.map(({ method }) => method)).toEqual(['GET'])
})
