import { bodyObject, digText, listReply, requireSubscription } from './arm-parts'
import { invalidBody } from './batch-account-body'
import { accountsPerRegion, accountType, availability } from './batch-accounts'
import { findRegion } from './directory'
import { armError } from './errors'
import type { PracticeReply, PracticeRequest, Router } from './server'
import { vmSizes } from './sizes'

const location = '/subscriptions/:subscription/providers/Microsoft.Batch/locations/:location'

/** What a region offers to Batch accounts. */
export function addLocationRoutes(router: Router): void {
  router.route('POST', `${location}/checkNameAvailability`, checkName, {
    action: 'Microsoft.Batch/locations/checkNameAvailability/action',
  })
  router.route('GET', `${location}/quotas`, getQuota, { action: 'Microsoft.Batch/locations/quotas/read' })
  router.route('GET', `${location}/virtualMachineSkus`, listSizes, {
    action: 'Microsoft.Batch/locations/virtualMachineSkus/read',
  })
}

function checkName(request: PracticeRequest): PracticeReply {
  requireSubscription(request)
  requireLocation(request)
  const body = bodyObject(request)
  if (body['type'] !== accountType) throw invalidBody('type')
  return { status: 200, body: availability(request, digText(body, 'name') ?? '') }
}

function getQuota(request: PracticeRequest): PracticeReply {
  requireSubscription(request)
  requireLocation(request)
  return { status: 200, body: { accountQuota: accountsPerRegion } }
}

function listSizes(request: PracticeRequest): PracticeReply {
  requireSubscription(request)
  requireLocation(request)
  return listReply(
    vmSizes.map((size) => {
      const capabilities = {
        MaxResourceVolumeMB: String(size.temporaryMib),
        vCPUs: String(size.vCpus),
        HyperVGenerations: size.generations,
        MemoryGB: String(size.memoryGib),
        CpuArchitectureType: size.architecture,
        LowPriorityCapable: 'True',
      }
      return {
        name: size.name,
        familyName: size.family,
        capabilities: Object.entries(capabilities).map(([name, value]) => ({ name, value })),
      }
    }),
  )
}

function requireLocation(request: PracticeRequest): void {
  const name = request.params['location'] ?? ''
  if (findRegion(name)) return
  const text = `No registered resource provider found for location '${name}' and API version '${request.apiVersion}' for type 'locations'.`
  throw armError(400, 'NoRegisteredProviderFound', text)
}
