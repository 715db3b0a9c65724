import { invalidParameter } from './arm-gallery-parts'
import { dig, digText } from './arm-parts'
import { isGeneralized, osDiskOf, vmType } from './arm-vms-state'
import { armError } from './errors'
import type { GuestReport } from './guests'
import type { Verdict } from './judge'
import type { PracticeRequest } from './server'
import type { Resource } from './store'

/** A virtual machine that an image version is made of, and the disk with its system. @throws ArmError 400, 404, 409 */
export function requireMachine(
  request: PracticeRequest,
  id: string,
  { location, definition }: { location: string; definition: Resource },
): { vm: Resource; disk: Resource } {
  const vm = request.store.find(id)
  const disk = vm?.type === vmType ? osDiskOf(request, vm) : null
  if (!vm || !disk) throw armError(404, 'NotFound', `The resource with id '${id}' was not found.`)
  if (vm.wire['location'] !== location) {
    throw invalidParameter(
      `The source virtual machine '${vm.name}' is in location '${String(vm.wire['location'])}'. It must be in the location '${location}' of the gallery image version.`,
    )
  }
  assertSecurity(vm, definition)
  // Azure/WALinuxAgent issue 88.
  if (!isGeneralized(vm)) {
    const text = 'Capture operation cannot be completed because the VM is not generalized.'
    throw armError(409, 'OperationNotAllowed', text)
  }
  return { vm, disk }
}

/** hashicorp/packer-plugin-azure issue 304: sources other than machines may have either security type, machines have one. */
function assertSecurity(vm: Resource, definition: Resource): void {
  const offered = securityOf(definition)
  if (offered.endsWith('Supported')) {
    throw invalidParameter(
      `Gallery image version publishing with the SecurityType feature '${offered}' is not supported for the source id '${vm.id}': only Vhd Blob, User Image and Gallery Image Version sources are supported.`,
    )
  }
  const own = digText(vm.wire, 'properties', 'securityProfile', 'securityType') ?? 'Standard'
  if (own === offered) return
  const text = `The resource with id '${vm.id}' has a different Security type ['${own}'] than the parent gallery image Security type ['${offered}'].`
  throw armError(400, 'BadRequest', text)
}

function securityOf(definition: Resource): string {
  const features = dig(definition.wire, 'properties', 'features')
  const listed = Array.isArray(features) ? (features as unknown[]) : []
  const value = digText(
    listed.find((one) => digText(one, 'name') === 'SecurityType'),
    'value',
  )
  return value === undefined || value === 'None' ? 'Standard' : value
}

/** What becomes of machines that are made of a disk or snapshot: by the system on it at this moment. */
export function verdictOf(place: Resource, report: GuestReport | null): Verdict {
  return {
    refusal: null,
    virtualSizeBytes: Number(dig(place.wire, 'properties', 'diskSizeBytes') ?? 0),
    generation: !report ? null : digText(place.wire, 'properties', 'hyperVGeneration') === 'V1' ? 'V1' : 'V2',
    os: report?.os ?? null,
    generalized: report?.generalized ?? null,
    encrypted: false,
    obstacles: report?.obstacles ?? [],
  }
}
