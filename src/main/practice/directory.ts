/** The practice tenant: who can sign in and what they may do. Fixed ids, so that notes and tests of one practice cloud fit the next. */
export const tenant = {
  id: '5b0e7f3c-9c0d-4a64-8f6e-2a7d1c94b310',
  displayName: 'Practice tenant',
  defaultDomain: 'practice.example',
} as const
/** Another organisation, in which the owner is a guest. */
const partnerTenant = {
  id: 'd82c5f10-7b3e-4961-9ac4-0e6f38b1d75a',
  displayName: 'Partner tenant',
  defaultDomain: 'partner.example',
} as const
export const tenants = [tenant, partnerTenant] as const
export type Tenant = (typeof tenants)[number]

/** The app registration of this product in the practice tenant (public client, redirect http://localhost). */
export const publicClientId = 'c1d3a8e2-5f4b-4c7e-9a36-7be0f2d85a11'

export const subscriptions = [
  { id: '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08', name: 'Practice subscription', tenantId: tenant.id },
  { id: '7a46e9d0-1b8f-4e52-bc30-58f1a2c7d964', name: 'Practice subscription without quota', tenantId: tenant.id },
  { id: 'b3d91e67-52c4-4f08-8e1a-6f7029ad4c85', name: 'Partner subscription', tenantId: partnerTenant.id },
] as const
export type Principal = {
  oid: string
  /** User principal name; for a service principal its client id. */
  name: string
  displayName: string
  kind: 'user' | 'service'
  clientId?: string
  tenantId: string
  /** Of a guest: the object id at home. Each tenant knows a person under an object id of its own. */
  homeOid?: string
}

export const owner: Principal = {
  oid: '3d9f6b17-2c85-4e0a-b7d1-64a8f0c3e925',
  name: 'owner@practice.example',
  displayName: 'Olivia Owner',
  kind: 'user',
  tenantId: tenant.id,
}
/** The owner as the partner tenant knows her. */
export const ownerAsGuest: Principal = {
  oid: '71a5c0d8-94fe-4b26-8d03-ce5b712f6a94',
  name: owner.name,
  displayName: owner.displayName,
  kind: 'user',
  tenantId: partnerTenant.id,
  homeOid: owner.oid,
}
export const reader: Principal = {
  oid: 'e27c41a9-80f6-4d3b-9152-c6b5d7e0384f',
  name: 'reader@practice.example',
  displayName: 'Rafael Reader',
  kind: 'user',
  tenantId: tenant.id,
}
/** May do everything with Batch accounts and nothing else: the usual half of what is needed. */
export const batcher: Principal = {
  oid: 'b81d5a06-3f7e-49c2-8a14-e05c9d62f7b3',
  name: 'batch@practice.example',
  displayName: 'Berta Batch',
  kind: 'user',
  tenantId: tenant.id,
}
/** The Batch service itself in this tenant (application ddbf3205-c6bd-46ae-8127-60eb93363864). */
export const batchService: Principal = {
  oid: 'f6c1a0d7-4e29-4b8c-93a5-7d02e8b6c413',
  name: 'ddbf3205-c6bd-46ae-8127-60eb93363864',
  displayName: 'Microsoft Azure Batch',
  kind: 'service',
  tenantId: tenant.id,
  clientId: 'ddbf3205-c6bd-46ae-8127-60eb93363864',
}
/** For headless runs: signs in with a secret that is made at first start. */
export const ownerService: Principal = {
  oid: '96b0d5e4-f713-42c8-ae69-1d28c7f4a053',
  name: '48e1c7b6-0a92-4f5d-8d37-b3f6e9a21c70',
  displayName: 'Practice automation',
  kind: 'service',
  clientId: '48e1c7b6-0a92-4f5d-8d37-b3f6e9a21c70',
  tenantId: tenant.id,
}
export const users = [owner, reader, batcher] as const
export const principals: readonly Principal[] = [owner, ownerAsGuest, reader, batcher, ownerService]

/** The person with this object id at home, as a tenant knows her; null where she is no guest. */
export function memberOf(wanted: Tenant, homeOid: string): Principal | null {
  return principals.find((one) => one.tenantId === wanted.id && (one.homeOid ?? one.oid) === homeOid) ?? null
}

/** A tenant by id or domain, in any case. */
export function findTenant(text: string): Tenant | null {
  const name = text.toLowerCase()
  return tenants.find(({ id, defaultDomain }) => name === id || name === defaultDomain) ?? null
}

/** Regions of the practice cloud with the words that `locations` answers. */
export const regions = [
  {
    name: 'westeurope',
    displayName: 'West Europe',
    place: 'Netherlands',
    latitude: '52.3667',
    longitude: '4.9',
    paired: 'northeurope',
  },
  {
    name: 'northeurope',
    displayName: 'North Europe',
    place: 'Ireland',
    latitude: '53.3478',
    longitude: '-6.2597',
    paired: 'westeurope',
  },
  {
    name: 'germanywestcentral',
    displayName: 'Germany West Central',
    place: 'Frankfurt',
    latitude: '50.110924',
    longitude: '8.682127',
    paired: 'germanynorth',
  },
] as const

/** The region behind `West Europe` or `westeurope`; null when this cloud does not have it. */
export function findRegion(text: string): (typeof regions)[number] | null {
  const name = text.replace(/\s/g, '').toLowerCase()
  return regions.find((region) => region.name === name) ?? null
}
