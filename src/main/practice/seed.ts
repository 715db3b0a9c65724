import { definitionType, galleryType, versionType } from './arm-gallery-parts'
import { storageBody, storageType } from './arm-storage'
import { batcher, owner, ownerAsGuest, ownerService, reader, subscriptions, tenant, users } from './directory'
import type { Verdict } from './judge'
import { roles, type Rights } from './rbac'
import type { PracticeCloud } from './server'

const main = subscriptions[0].id
const sharedGroup = `/subscriptions/${main}/resourceGroups/practice-shared`
const location = 'westeurope'

/** What a new practice cloud has: rights, one group with a storage account and a gallery with one image. Batch accounts are made by batch-seed. */
export function seed(cloud: PracticeCloud, rights: Rights, blobOrigin: string): void {
  const done = cloud.store.part('seed', () => ({ done: false }))
  if (done.done) {
    moveEndpoints(cloud, blobOrigin)
    return
  }
  assignRoles(rights)
  // One namespace waits to be registered, as in a new subscription.
  Object.assign(
    cloud.store.part('providers', () => ({})),
    { [`${subscriptions[1].id}/microsoft.batch`]: 'NotRegistered' },
  )
  const put = (id: string, type: string, wire: Record<string, unknown>, hidden: Record<string, unknown> = {}) =>
    cloud.store.put({ id, name: id.slice(id.lastIndexOf('/') + 1), type, wire, hidden })
  put(sharedGroup, 'Microsoft.Resources/resourceGroups', { location, properties: { provisioningState: 'Succeeded' } })
  const storage = `${sharedGroup}/providers/${storageType}/practicestorage`
  put(storage, storageType, storageBody('practicestorage', location, blobOrigin, cloud.clock.iso()))
  const gallery = `${sharedGroup}/providers/${galleryType}/practice_gallery`
  const uniqueName = `${main}-PRACTICE_GALLERY`
  put(gallery, galleryType, { location, properties: { identifier: { uniqueName }, provisioningState: 'Succeeded' } })
  put(`${gallery}/images/ubuntu-base`, definitionType, {
    location,
    properties: {
      osType: 'Linux',
      osState: 'Generalized',
      hyperVGeneration: 'V2',
      architecture: 'x64',
      features: [{ name: 'SecurityType', value: 'Standard' }],
      identifier: { publisher: 'practice', offer: 'ubuntu', sku: 'base' },
      provisioningState: 'Succeeded',
    },
  })
  const uri = `${blobOrigin}/practicestorage/images/ubuntu-base.vhd`
  put(`${gallery}/images/ubuntu-base/versions/1.0.0`, versionType, seedVersion(storage, uri, cloud.clock.iso()), {
    verdict: seedVerdict,
    sourceUri: uri,
    replicated: [location],
  })
  done.done = true
  cloud.store.touch()
}

/** The one image that nobody uploaded; its blob is long gone, as often after a year. */
const seedVerdict: Verdict = {
  refusal: null,
  virtualSizeBytes: 30 * 1024 ** 3,
  generation: 'V2',
  os: { type: 'Linux', id: 'ubuntu', versionId: '24.04' },
  generalized: true,
  encrypted: false,
  obstacles: [],
}

function seedVersion(storageAccountId: string, uri: string, publishedDate: string): Record<string, unknown> {
  return {
    location,
    properties: {
      publishingProfile: {
        targetRegions: [{ name: 'West Europe', regionalReplicaCount: 1, storageAccountType: 'Standard_LRS' }],
        replicaCount: 1,
        excludeFromLatest: false,
        storageAccountType: 'Standard_LRS',
        replicationMode: 'Full',
        publishedDate,
      },
      storageProfile: { osDiskImage: { sizeInGB: 30, hostCaching: 'None', source: { storageAccountId, uri } } },
      safetyProfile: { reportedForPolicyViolation: false, allowDeletionOfReplicatedLocations: true },
      provisioningState: 'Succeeded',
    },
  }
}

function assignRoles(rights: Rights): void {
  const ids = ['1b3f', '2c4a', '3d5b', '4e6c', '5f7d', '608e', '719f', '82a0', '93b1', 'a4c2', 'b5d3', 'c6e4', 'd7f5']
  const next = () => `${tenant.id.slice(0, 8)}-${ids.shift() ?? '0000'}-4000-8000-${users[0].oid.slice(-12)}`
  for (const { id, tenantId } of subscriptions) {
    const scope = `/subscriptions/${id}`
    for (const principal of [owner, ownerService, ownerAsGuest].filter((one) => one.tenantId === tenantId)) {
      const principalType = principal.kind === 'user' ? ('User' as const) : ('ServicePrincipal' as const)
      const who = { scope, principalId: principal.oid, principalType }
      rights.assign({ ...who, id: next(), roleId: roles.owner.id })
      // Owners may not read bytes by their role alone; uploads need the data role.
      rights.assign({ ...who, id: next(), roleId: roles.blobDataContributor.id })
    }
  }
  const scope = `/subscriptions/${main}`
  rights.assign({ scope, principalId: reader.oid, principalType: 'User', id: next(), roleId: roles.reader.id })
  const batch = { scope, principalId: batcher.oid, principalType: 'User' as const }
  rights.assign({ ...batch, id: next(), roleId: roles.reader.id })
  rights.assign({ ...batch, id: next(), roleId: roles.batchAccountContributor.id })
}

/** The front has another port when its old one was taken: endpoints follow it. */
function moveEndpoints(cloud: PracticeCloud, blobOrigin: string): void {
  for (const account of cloud.store.list(storageType)) {
    const properties = account.wire['properties'] as { primaryEndpoints: { blob: string } }
    properties.primaryEndpoints.blob = `${blobOrigin}/${account.name}/`
  }
  cloud.store.touch()
}
