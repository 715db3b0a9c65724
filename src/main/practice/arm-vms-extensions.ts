import { bodyObject, dig, digText, listReply, setState, tagsOf, wireOf } from './arm-parts'
import { required } from './arm-gallery-parts'
import { extensionType, installExtension, meetVm } from './arm-vms-meet'
import { acceptedVm, refuseUnderWay, startVm, vmPath } from './arm-vms-parts'
import { isUp, osDiskId, vmType } from './arm-vms-state'
import { armError } from './errors'
import type { Guests } from './guests'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const changeMs = 40_000

/** Extensions of a machine as ARM knows them; what they leave on the disk is the guest's. */
export function addExtensionRoutes(router: Router, guests: Guests): void {
  const action = (verb: string) => ({ action: `${extensionType}/${verb}` })
  const one = `${vmPath}/extensions/:extension`
  router.route(
    'GET',
    `${vmPath}/extensions`,
    async (request) => {
      const vm = await meetVm(request, guests)
      return listReply(request.store.list(extensionType, vm.id).map(wireOf))
    },
    action('read'),
  )
  router.route(
    'GET',
    one,
    async (request) => {
      const vm = await meetVm(request, guests)
      request.operations.read(vm.operation)
      return { status: 200, body: wireOf(requireExtension(request, vm)) }
    },
    action('read'),
  )
  router.route('PUT', one, (request) => putExtension(request, guests), action('write'))
  router.route('DELETE', one, (request) => deleteExtension(request, guests), action('delete'))
}

export function extensionEffects(cloud: PracticeCloud): void {
  cloud.operations.onEnd('extension.put', (operation) => {
    const made = cloud.store.find(String(operation.data['extension']))
    if (made) setState(made, operation.error ? 'Failed' : 'Succeeded')
  })
  cloud.operations.onEnd('extension.delete', (operation) => {
    if (!operation.error) cloud.store.remove(String(operation.data['extension']))
  })
}

async function putExtension(request: PracticeRequest, guests: Guests): Promise<PracticeReply> {
  const vm = await meetVm(request, guests)
  refuseUnderWay(request, vm)
  refuseOff(vm)
  const body = bodyObject(request)
  const [publisher, type, version] = ['publisher', 'type', 'typeHandlerVersion'].map((name) => {
    const value = digText(body, 'properties', name)
    if (value === undefined) throw required(`vmExtension.properties.${name}`)
    return value
  }) as [string, string, string]
  const isNew = request.store.find(`${vm.id}/extensions/${request.params['extension']}`) === null
  const name = request.params['extension'] ?? ''
  const made = await installExtension(request, guests, vm, { name, publisher, type, version })
  const tags = tagsOf(body)
  if (tags) made.wire = { ...made.wire, tags }
  setState(made, 'Creating')
  startVm(request, vm, { kind: 'extension.put', durationMs: changeMs, data: { extension: made.id } })
  return { ...acceptedVm(request, vm), status: isNew ? 201 : 200, body: wireOf(made) }
}

async function deleteExtension(request: PracticeRequest, guests: Guests): Promise<PracticeReply> {
  const vm = await meetVm(request, guests)
  const found = request.store.find(`${vm.id}/extensions/${request.params['extension']}`)
  if (!found) return { status: 204 }
  if (dig(found.wire, 'properties', 'provisioningState') === 'Deleting') return acceptedVm(request, vm)
  refuseUnderWay(request, vm)
  refuseOff(vm)
  const [publisher, type, version] = ['publisher', 'type', 'typeHandlerVersion'].map((name) =>
    digText(found.wire, 'properties', name),
  )
  await guests.removeExtension(osDiskId(vm), { publisher: publisher ?? '', type: type ?? '', version: version ?? '' })
  setState(found, 'Deleting')
  startVm(request, vm, { kind: 'extension.delete', durationMs: changeMs, data: { extension: found.id } })
  return acceptedVm(request, vm)
}

/** Only the agent of a machine that runs can change what is on it. @throws ArmError 409 OperationNotAllowed */
export function refuseOff(vm: Resource): void {
  if (isUp(vm)) return
  throw armError(409, 'OperationNotAllowed', 'Cannot modify extensions in the VM when the VM is not running.')
}

function requireExtension(request: PracticeRequest, vm: Resource): Resource {
  const found = request.store.find(`${vm.id}/extensions/${request.params['extension']}`)
  if (found) return found
  const name = `${vmType}/${vm.name}/extensions/${request.params['extension']}`
  const text = `The Resource '${name}' under resource group '${request.params['group']}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`
  throw armError(404, 'ResourceNotFound', text)
}
