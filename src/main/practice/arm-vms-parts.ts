import { requireGroup, requireResource, setState, dig } from './arm-parts'
import { armError } from './errors'
import type { Operation } from './operations'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'
import { vmOperationPath, vmType } from './arm-vms-state'

export const vmPath = `/subscriptions/:subscription/resourceGroups/:group/providers/${vmType}/:vm`

/** @throws ArmError 404 ResourceNotFound */
export function requireVm(request: PracticeRequest): Resource {
  return requireResource(request, `${requireGroup(request).id}/providers/${vmType}/${request.params['vm']}`, vmType)
}

export function startVm(
  request: PracticeRequest,
  vm: Resource,
  work: {
    kind: string
    durationMs: number
    state?: string
    error?: Operation['error']
    data?: Record<string, unknown>
  },
): void {
  if (work.state !== undefined) setState(vm, work.state)
  request.operations.start({
    kind: work.kind,
    path: vmOperationPath(request, String(vm.wire['location'])),
    resourceId: vm.id,
    durationMs: work.durationMs,
    error: work.error ?? null,
    data: work.data ?? {},
    target: `${request.method} ${request.path}`,
  })
}

/** The operation of a machine that is under way; null when there is none. */
export function underWay(request: PracticeRequest, vm: Resource): Operation | null {
  const operation = request.operations.find(vm.operation ?? '')
  return operation?.status === 'InProgress' ? operation : null
}

/** One thing at a time: a machine takes no other work meanwhile. @throws ArmError 409 Conflict */
export function refuseUnderWay(request: PracticeRequest, vm: Resource): void {
  if (!underWay(request, vm) && dig(vm.wire, 'properties', 'provisioningState') !== 'Deleting') return
  const text =
    'The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.'
  throw armError(409, 'Conflict', text)
}

export function acceptedVm(request: PracticeRequest, vm: Resource): PracticeReply {
  const operation = underWay(request, vm)
  return operation
    ? { status: 202, headers: request.operations.headers(operation, request.apiVersion) }
    : { status: 200 }
}
