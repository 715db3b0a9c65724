import { addLists } from './arm-lists'
import { requireGroup, requireResource, wireOf } from './arm-parts'
import { batchService, subscriptions, tenant } from './directory'
import { roles, type Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'

const vaultType = 'Microsoft.KeyVault/vaults'
const location = 'westeurope'
const group = `/subscriptions/${subscriptions[0].id}/resourceGroups/practice-shared`

/** Key vaults, as far as Batch accounts in user subscription mode need them: to be found and looked at. */
export function addVaultRoutes(router: Router): void {
  addLists(router, vaultType)
  const one = `/subscriptions/:subscription/resourceGroups/:group/providers/${vaultType}/:vault`
  router.route('GET', one, getVault, { action: `${vaultType}/read` })
}

/** One vault that fits and one with the other permission model; and the role that Batch itself needs, in one subscription. */
export function seedVaults(cloud: PracticeCloud, rights: Rights): void {
  const done = cloud.store.part('vaultSeed', () => ({ done: false }))
  if (done.done) return
  putVault(cloud, 'practice-vault', false)
  putVault(cloud, 'practice-rbac-vault', true)
  rights.assign({
    id: `${tenant.id.slice(0, 8)}-c6e4-4000-8000-${batchService.oid.slice(-12)}`,
    scope: `/subscriptions/${subscriptions[0].id}`,
    principalId: batchService.oid,
    principalType: 'ServicePrincipal',
    roleId: roles.contributor.id,
  })
  done.done = true
  cloud.store.touch()
}

function getVault(request: PracticeRequest): PracticeReply {
  const id = `${requireGroup(request).id}/providers/${vaultType}/${request.params['vault']}`
  return { status: 200, body: wireOf(requireResource(request, id, vaultType)) }
}

/** Body as Vaults - Get answers it (Microsoft.KeyVault 2023-07-01). */
function putVault(cloud: PracticeCloud, name: string, enableRbacAuthorization: boolean): void {
  const secrets = ['Get', 'List', 'Set', 'Delete', 'Recover']
  const policy = {
    tenantId: tenant.id,
    objectId: batchService.oid,
    permissions: { keys: [], secrets, certificates: [] },
  }
  cloud.store.put({
    id: `${group}/providers/${vaultType}/${name}`,
    name,
    type: vaultType,
    wire: {
      location,
      tags: {},
      properties: {
        sku: { family: 'A', name: 'standard' },
        tenantId: tenant.id,
        accessPolicies: enableRbacAuthorization ? [] : [policy],
        enabledForDeployment: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enableRbacAuthorization,
        vaultUri: `https://${name}.vault.practice.example/`,
        provisioningState: 'Succeeded',
        publicNetworkAccess: 'Enabled',
      },
    },
  })
}
