import { dig, digText, wireOf } from './arm-parts'
import { extensionType } from './arm-vms-meet'
import { isGeneralized, isUp, osDiskOf, powerOf, type Power } from './arm-vms-state'
import type { GuestReport, Guests } from './guests'
import type { PracticeCloud } from './server'
import type { Resource } from './store'

type Status = { code: string; level: string; displayStatus: string; message?: string; time?: string }

const powerWords: Record<Power, string> = {
  starting: 'VM starting',
  running: 'VM running',
  stopping: 'VM stopping',
  stopped: 'VM stopped',
  deallocating: 'VM deallocating',
  deallocated: 'VM deallocated',
}

/** A machine as GET shows it, with the extensions that ARM knows. */
export function shownVm(cloud: PracticeCloud, vm: Resource): Record<string, unknown> {
  const extensions = cloud.store.list(extensionType, vm.id).map(wireOf)
  return { ...wireOf(vm), ...(extensions.length > 0 ? { resources: extensions } : {}) }
}

/** The instance view: what the platform sees, and what the agent inside reports while the machine runs. */
export function instanceView(cloud: PracticeCloud, guests: Guests, vm: Resource): Record<string, unknown> {
  const disk = osDiskOf(cloud, vm)
  const report = isUp(vm) && disk ? guests.report(disk.id) : null
  const generation = digText(disk?.wire, 'properties', 'hyperVGeneration')
  const extensions = cloud.store.list(extensionType, vm.id).map((extension) => extensionView(cloud, extension))
  return {
    ...(report?.agent ? systemOf(report) : {}),
    ...(generation === undefined ? {} : { hyperVGeneration: generation }),
    ...(powerOf(vm) === 'deallocated' ? {} : { vmAgent: agentOf(cloud, report) }),
    disks: disk ? [{ name: disk.name, statuses: [provisioned(cloud)] }] : [],
    ...(dig(vm.wire, 'properties', 'diagnosticsProfile', 'bootDiagnostics', 'enabled') === true
      ? { bootDiagnostics: {} }
      : {}),
    ...(extensions.length > 0 ? { extensions } : {}),
    statuses: statusesOf(cloud, vm),
  }
}

function systemOf({ computerName, os }: GuestReport): object {
  return {
    computerName,
    osName: os.id ?? (os.type === 'Windows' ? 'Windows Server' : 'Linux'),
    ...(os.versionId === null ? {} : { osVersion: os.versionId }),
  }
}

/** Wording of the service, as the portal shows it. */
function agentOf(cloud: PracticeCloud, report: GuestReport | null): object {
  const time = cloud.clock.iso()
  if (!report?.agent) {
    const message = 'VM status blob is found but not yet populated.'
    const status = {
      code: 'ProvisioningState/Unavailable',
      level: 'Warning',
      displayStatus: 'Not Ready',
      message,
      time,
    }
    return { vmAgentVersion: 'Unknown', statuses: [status] }
  }
  const ready = { code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Ready' }
  return {
    vmAgentVersion: report.agent.version,
    statuses: [{ ...ready, message: 'Guest Agent is running', time }],
    extensionHandlers: report.extensions.map(({ publisher, type, version }) => ({
      type: `${publisher}.${type}`,
      typeHandlerVersion: version,
      status: { ...ready, message: 'Plugin enabled' },
    })),
  }
}

function extensionView(cloud: PracticeCloud, { name, wire }: Resource): object {
  const type = `${String(dig(wire, 'properties', 'publisher'))}.${String(dig(wire, 'properties', 'type'))}`
  const typeHandlerVersion = digText(wire, 'properties', 'typeHandlerVersion') ?? ''
  return { name, type, typeHandlerVersion, statuses: [provisioned(cloud)] }
}

function statusesOf(cloud: PracticeCloud, vm: Resource): Status[] {
  const power = powerOf(vm)
  return [
    provisioning(cloud, vm),
    ...(isGeneralized(vm) ? [{ code: 'OSState/generalized', level: 'Info', displayStatus: 'VM generalized' }] : []),
    { code: `PowerState/${power}`, level: 'Info', displayStatus: powerWords[power] },
  ]
}

function provisioning(cloud: PracticeCloud, vm: Resource): Status {
  const state = digText(vm.wire, 'properties', 'provisioningState') ?? 'Succeeded'
  if (state === 'Succeeded') return provisioned(cloud)
  const operation = cloud.operations.find(vm.operation ?? '')
  if (state !== 'Failed') {
    return { code: `ProvisioningState/${state.toLowerCase()}`, level: 'Info', displayStatus: state }
  }
  return {
    code: `ProvisioningState/failed/${operation?.error?.code ?? 'InternalExecutionError'}`,
    level: 'Error',
    displayStatus: 'Provisioning failed',
    message: operation?.error?.message ?? '',
    time: cloud.clock.iso(operation?.endedAtMs ?? undefined),
  }
}

function provisioned(cloud: PracticeCloud): Status {
  return {
    code: 'ProvisioningState/succeeded',
    level: 'Info',
    displayStatus: 'Provisioning succeeded',
    time: cloud.clock.iso(),
  }
}
