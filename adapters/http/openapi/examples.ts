import type { Book } from 'servicebook'

export const ID = '11111111-1111-4111-8111-111111111111'

/** A service as it is shown, and the request that made it. */
export function examplesOf({ family }: Book) {
  const [serviceType = ''] = Object.keys(family.serviceTypes)
  const request = { name: 'first', serviceType, description: 'What the first is for' }
  const service = {
    id: ID,
    ...request,
    fullyQualifiedName: 'first',
    version: 0.1,
    updatedAt: 1_700_000_000_000,
    updatedBy: 'ada',
    href: `https://catalogue.example/v1/services/${family.collection}/${ID}`,
    owners: [],
    tags: [],
    domains: [],
    deleted: false,
  }
  return { request, service }
}
