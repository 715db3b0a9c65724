import type {
  ComputeManagementClient,
  VirtualMachine as ArmVm,
  VirtualMachineExtension as ArmExtension,
} from '@azure/arm-compute'
import type { PowerState } from '../../shared/machine-calls'
import { resourceName, type Generation, type OsType } from '../../shared/terms'
import type { Cloud } from './cloud'
import { asking, collect } from './errors'
import { partsOf, type IdParts } from './ids'
import type { Accepted, noting } from './operations'
import { deleteOne, readOne, sendOne } from './requests'
import { tagsOf, type Tags } from './tags'
import { bodyOf, type VmSpec } from './vm-body'

export type Vm = {
  id: string
  name: string
  region: string
  /** Provisioning state: Creating, Updating, Succeeded, Failed, Deleting. */
  state: string
  osType: OsType
  vmSize: string
  securityType: 'Standard' | 'TrustedLaunch'
  /** '' as long as it has none. */
  osDiskId: string
  /** The main one first. */
  nicIds: string[]
  /** '' for a machine whose disk was attached. */
  user: string
  tags: Tags
}
/** What a machine is doing just now. */
export type VmView = {
  power: PowerState
  /** Marked as generalized: it never starts again. */
  isGeneralized: boolean
  /** The Azure agent in it answers. */
  isAgentReady: boolean
  agentVersion: string
  generation: Generation | null
  /** What the platform says about its state where something is wrong. */
  message: string
}
export type VmExtension = { id: string; name: string; publisher: string; type: string; state: string }

/** All that the account may see in a subscription; what they are doing is told by `getVmView`. */
export async function listVms(cloud: Cloud, subscriptionId: string, signal?: AbortSignal): Promise<Vm[]> {
  return asking(async () => {
    const client = await cloud.compute(subscriptionId)
    return collect(client.virtualMachines.listAll({ ...(signal && { abortSignal: signal }) }), vmFrom)
  })
}

/** What the machines of a subscription are doing, by their ids in lower case: an answer that tells little else. */
export async function listPowerStates(
  cloud: Cloud,
  subscriptionId: string,
  signal?: AbortSignal,
): Promise<Map<string, PowerState>> {
  const all = await asking(async () => {
    const client = await cloud.compute(subscriptionId)
    const options = { statusOnly: 'true', ...(signal && { abortSignal: signal }) }
    return collect(client.virtualMachines.listAll(options), ({ id = '', instanceView }) => {
      const codes = (instanceView?.statuses ?? []).map(({ code = '' }) => code.toLowerCase())
      return [id.toLowerCase(), powerFrom(codes)] as const
    })
  })
  return new Map(all)
}

/** null when there is none. */
export async function getVm(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Vm | null> {
  return readOne(id, signal, async (at, options) => {
    const client = await cloud.compute(at.subscriptionId)
    return vmFrom(await client.virtualMachines.get(at.resourceGroup, at.names[0], options))
  })
}

/** null for a machine that does not exist. */
export async function getVmView(cloud: Cloud, id: string, signal?: AbortSignal): Promise<VmView | null> {
  return readOne(id, signal, async (at, options) => {
    const client = await cloud.compute(at.subscriptionId)
    const view = await client.virtualMachines.instanceView(at.resourceGroup, at.names[0], options)
    const statuses = view.statuses ?? []
    const codes = statuses.map(({ code = '' }) => code.toLowerCase())
    const agent = view.vmAgent?.statuses ?? []
    const failure = statuses.find(({ level, message }) => level === 'Error' && message)
    return {
      power: powerFrom(codes),
      isGeneralized: codes.includes('osstate/generalized'),
      isAgentReady: agent.some(({ code, displayStatus }) => /succeeded/i.test(code ?? '') || displayStatus === 'Ready'),
      agentVersion: view.vmAgent?.vmAgentVersion ?? '',
      generation: view.hyperVGeneration === 'V1' || view.hyperVGeneration === 'V2' ? view.hyperVGeneration : null,
      message: failure?.message ?? '',
    }
  })
}

/** Sends the creation; wait by `getVm` and `getVmView`. */
export async function createVm(cloud: Cloud, id: string, spec: VmSpec, signal?: AbortSignal): Promise<Accepted> {
  return send(cloud, id, signal, { region: spec.region }, ({ virtualMachines }, at, options) => {
    const body = { ...bodyOf(spec), tags: tagsOf(spec.run) }
    return virtualMachines.createOrUpdate(at.resourceGroup, at.names[0], body, options)
  })
}

/** Sends the deletion; what the machine's own `deleteOption` says goes with it. A machine already gone is no error. */
export async function deleteVm(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const { virtualMachines } = await cloud.compute(at.subscriptionId)
    await virtualMachines.delete(at.resourceGroup, at.names[0], options).submitted()
  })
}

/** Refused by Azure once a machine is marked as generalized. */
export async function startVm(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Accepted> {
  return send(cloud, id, signal, {}, ({ virtualMachines }, at, options) =>
    virtualMachines.start(at.resourceGroup, at.names[0], options),
  )
}

/** Gives the hardware back, which ends what the machine costs but for its disk. */
export async function deallocateVm(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Accepted> {
  return send(cloud, id, signal, {}, ({ virtualMachines }, at, options) =>
    virtualMachines.deallocate(at.resourceGroup, at.names[0], options),
  )
}

/** Marks a machine that is not running as generalized, for good. Once more changes nothing. */
export async function markGeneralized(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  const at = partsOf(id)
  await asking(async () => {
    const { virtualMachines } = await cloud.compute(at.subscriptionId)
    await virtualMachines.generalize(at.resourceGroup, at.names[0], { ...(signal && { abortSignal: signal }) })
  })
}

/** Extensions that the control plane knows of; a machine that is gone has none. */
export async function listExtensions(cloud: Cloud, id: string, signal?: AbortSignal): Promise<VmExtension[]> {
  const found = await readOne(id, signal, async (at, options) => {
    const { virtualMachineExtensions } = await cloud.compute(at.subscriptionId)
    return virtualMachineExtensions.list(at.resourceGroup, at.names[0], options)
  })
  return (found?.value ?? []).map(extensionFrom)
}

/** null when there is none. */
export async function getExtension(
  cloud: Cloud,
  id: string,
  name: string,
  signal?: AbortSignal,
): Promise<VmExtension | null> {
  return readOne(id, signal, async (at, options) => {
    const { virtualMachineExtensions } = await cloud.compute(at.subscriptionId)
    return extensionFrom(await virtualMachineExtensions.get(at.resourceGroup, at.names[0], name, options))
  })
}

/** Sends the removal of an extension; wait by `getExtension`. Refused by Azure while the machine does not run. */
export async function removeExtension(cloud: Cloud, id: string, name: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const { virtualMachineExtensions } = await cloud.compute(at.subscriptionId)
    await virtualMachineExtensions.delete(at.resourceGroup, at.names[0], name, options).submitted()
  })
}

/** A machine as it stands in a list or by itself, in our own shape. */
function vmFrom(vm: ArmVm): Vm {
  const security = vm.securityProfile?.securityType
  return {
    id: vm.id ?? '',
    name: vm.name ?? '',
    region: vm.location,
    state: vm.provisioningState ?? '',
    osType: vm.storageProfile?.osDisk?.osType === 'Windows' ? 'Windows' : 'Linux',
    vmSize: vm.hardwareProfile?.vmSize ?? '',
    securityType: security === 'TrustedLaunch' ? 'TrustedLaunch' : 'Standard',
    osDiskId: vm.storageProfile?.osDisk?.managedDisk?.id ?? '',
    nicIds: mainFirst(vm.networkProfile?.networkInterfaces ?? []).flatMap(({ id }) => id ?? []),
    user: vm.osProfile?.adminUsername ?? '',
    tags: vm.tags ?? {},
  }
}

function mainFirst<Card extends { primary?: boolean }>(cards: Card[]): Card[] {
  return [...cards.filter(({ primary }) => primary), ...cards.filter(({ primary }) => !primary)]
}

function extensionFrom(it: ArmExtension): VmExtension {
  return {
    id: it.id ?? '',
    name: it.name ?? resourceName(it.id ?? ''),
    publisher: it.publisher ?? '',
    type: it.typePropertiesType ?? '',
    state: it.provisioningState ?? '',
  }
}

type Options = ReturnType<typeof noting>['options']

/** `params`: what the caller knows better than the error, such as the region of a quota. */
function send(
  cloud: Cloud,
  id: string,
  signal: AbortSignal | undefined,
  params: Record<string, string>,
  work: (client: ComputeManagementClient, at: IdParts, options: Options) => { submitted(): PromiseLike<unknown> },
): Promise<Accepted> {
  const sent = async (at: IdParts, options: Options) =>
    void (await work(await cloud.compute(at.subscriptionId), at, options).submitted())
  return sendOne(id, signal, sent, { params })
}

/** Azure's words behind `PowerState/`. */
const powers: readonly PowerState[] = ['starting', 'running', 'stopping', 'stopped', 'deallocating', 'deallocated']

function powerFrom(codes: readonly string[]): PowerState {
  return powers.find((power) => codes.includes(`powerstate/${power}`)) ?? 'unknown'
}
