import type { Inputs } from './forms/forms'
import type { OutputOf } from './outputs'
import type { Resource, RunState } from './run'
import { isUnneeded, targetOf } from './needs'
import { isSameResource, recipes, regionKey, resourceName, type StepId } from './terms'
import { blobNameFor, diskNameFor, stagingName } from './upload-names'
import { snapshotOf, systemDisk, vmThings, type VmThings } from './vm-things'

/** What a step makes when it is performed with the forms as they stand. */
export type Thing = { step: StepId; what: string; id: string; basis: Basis }
/** What a thing was made from and nobody can change afterwards: only with the same values can it be used again. */
export type Basis = Record<string, string>
/** The complete form of a step: what was typed over what is proposed. */
export type FormOf = <Id extends StepId>(step: Id) => Partial<Inputs[Id]>

/** What one step makes; empty where it makes nothing, or something that exists was chosen. */
export function thingsOf(step: StepId, form: FormOf, state: RunState): Thing[] {
  const make = (recipes[state.recipe] as readonly StepId[]).includes(step) ? makers[step] : undefined
  return (make?.(form, state) ?? []).map((thing) => ({ ...thing, step }))
}

/** A resource of the journal stands where this thing would be made. */
export function occupies(resource: Resource, thing: Thing): boolean {
  if (resource.what !== thing.what) return false
  if (isBlob(thing.what)) return isSameBlob(resource.id, thing.id)
  // Unique beyond the resource group: in all of Azure, in a region, or in the subscription.
  const isWide = ['Batch account', 'storage account', 'gallery'].includes(thing.what)
  return isWide
    ? resourceName(resource.id).toLowerCase() === resourceName(thing.id).toLowerCase()
    : isSameResource(resource.id, thing.id)
}

/** The resource is this very thing, made from the same. What an older journal says nothing about counts as the same. */
export function isThing(resource: Resource, thing: Thing): boolean {
  const isThere = isBlob(thing.what) ? isSameBlob(resource.id, thing.id) : isSameResource(resource.id, thing.id)
  return resource.what === thing.what && isThere && isSameBasis(resource.basis, thing.basis)
}

export function isSameBasis(made: Basis | undefined, wanted: Basis): boolean {
  return made === undefined || Object.keys({ ...made, ...wanted }).every((key) => made[key] === wanted[key])
}

type Maker = (form: FormOf, state: RunState) => Omit<Thing, 'step'>[]

const makers: Partial<Record<StepId, Maker>> = {
  'prepare.preflight': (form) => [{ what: 'resource group', id: ownGroup(form), basis: {} }],
  'prepare.account': (form) => {
    const isNew = form('prepare.account').mode === 'create'
    return isNew ? [{ what: 'Batch account', id: accountOf(form), basis: { region: regionOf(form) } }] : []
  },
  'prepare.storage': (form, state) => {
    if (isUnneeded('prepare.storage', state)) return []
    const { mode, container } = form('prepare.storage')
    const id = storageOf(form)
    if (mode === 'create') return [{ what: 'storage account', id, basis: { region: regionOf(form) } }]
    return [{ what: 'container', id: `${id}/blobServices/default/containers/${container}`, basis: {} }]
  },
  'disk.upload': uploadThings,
  'vm.create': buildThings,
  'vm.snapshot': (form) => {
    const { wanted = true, name = '' } = form('vm.snapshot')
    const own = vmOf(form)
    return wanted ? [{ what: 'snapshot', id: snapshotOf(own, name), basis: { vm: key(own.vm) } }] : []
  },
  'vm.restore': (form) => {
    const { times = 0 } = form('vm.restore')
    const own = vmOf(form)
    return times > 0 ? [{ what: 'managed disk', id: systemDisk(own, times), basis: { vm: key(own.vm) } }] : []
  },
  'image.gallery': (form) => {
    const isNew = form('image.gallery').mode === 'create'
    return isNew ? [{ what: 'gallery', id: galleryOf(form), basis: { region: regionOf(form) } }] : []
  },
  'image.definition': (form, state) => {
    const {
      osType = '',
      generation = '',
      architecture = 'x64',
      publisher = '',
      offer = '',
      sku = '',
    } = form('image.definition')
    const isTrusted = state.recipe === 'from-vm' && form('vm.plan').securityType === 'TrustedLaunch'
    const secured = isTrusted ? { securityType: 'TrustedLaunch' } : {}
    const basis = { osType, generation, architecture, publisher, offer, sku, ...secured }
    return [{ what: 'image definition', id: definitionOf(form), basis }]
  },
  'image.version': (form, state) => [
    {
      what: 'image version',
      id: versionOf(form),
      basis:
        state.recipe === 'from-vm' ? machineOf(form) : { disk: allDisksOf(form, state), ...placeOfUpload(form, state) },
    },
  ],
  'pool.create': (form) => {
    const { vmSize = '', nodeAgentSku = '', taskSlotsPerNode = 1, interNodeCommunication = false } = form('pool.create')
    const basis = {
      image: key(versionOf(form)),
      vmSize: key(vmSize),
      nodeAgentSku,
      taskSlotsPerNode: String(taskSlotsPerNode),
      interNodeCommunication: String(interNodeCommunication),
      startTask: form('pool.create').startTask ?? '',
    }
    return [{ what: 'pool', id: `${accountOf(form)}/pools/${form('pool.create').name}`, basis }]
  },
}

function ownGroup(form: FormOf): string {
  const { subscriptionId, resourceGroup } = form('connect.scope')
  return groupOf(form, resourceGroup, subscriptionId)
}

function groupOf(form: FormOf, group: string | undefined, subscriptionId = form('connect.scope').subscriptionId) {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}`
}

/** Where something chosen lies; what is made lies in the run's own group. */
function placeOf(form: FormOf, step: 'prepare.account' | 'prepare.storage' | 'image.gallery'): string {
  const { mode, resourceGroup } = form(step)
  return mode === 'choose' && resourceGroup ? groupOf(form, resourceGroup) : ownGroup(form)
}

function accountOf(form: FormOf): string {
  const place = placeOf(form, 'prepare.account')
  return `${place}/providers/Microsoft.Batch/batchAccounts/${form('prepare.account').name}`
}

function storageOf(form: FormOf): string {
  const place = placeOf(form, 'prepare.storage')
  return `${place}/providers/Microsoft.Storage/storageAccounts/${form('prepare.storage').name}`
}

function vmOf(form: FormOf): VmThings {
  return vmThings(form('connect.scope').subscriptionId ?? '', form('vm.create'))
}

/** The VM first: by its name the others are named. */
function buildThings(form: FormOf): Omit<Thing, 'step'>[] {
  const { image, vmSize = '', securityType = 'Standard', diskGb } = form('vm.plan')
  const { adminUser = '', auth = '' } = form('vm.create')
  const own = vmOf(form)
  const region = { region: regionOf(form) }
  const basis = {
    ...region,
    image: key([image?.publisher, image?.offer, image?.sku, image?.version ?? 'latest'].join(':')),
    vmSize: key(vmSize),
    securityType,
    diskGb: String(diskGb ?? ''),
    adminUser,
    auth,
  }
  return [
    { what: 'virtual machine', id: own.vm, basis },
    { what: 'managed disk', id: systemDisk(own, 0), basis },
    { what: 'resource group', id: own.group, basis: {} },
    { what: 'virtual network', id: own.network, basis: region },
    { what: 'network security group', id: own.securityGroup, basis: region },
    { what: 'public IP address', id: own.publicIp, basis: region },
    { what: 'network interface', id: own.nic, basis: region },
  ]
}

/** Which VM, and after how many ways back: in between somebody may have changed what is in it. */
function machineOf(form: FormOf): Basis {
  return { vm: key(vmOf(form).vm), times: String(form('vm.restore').times ?? 0) }
}

/** What takes each disk of the run: managed disks, or blobs and what they are staged in. */
function uploadThings(form: FormOf, state: RunState): Omit<Thing, 'step'>[] {
  const target = targetOf(state)
  const { dataDisks = [] } = form('disk.choose')
  return [null, ...dataDisks.map(({ lun }) => lun)].flatMap((lun): Omit<Thing, 'step'>[] => {
    const basis = { disk: diskOf(form, state, lun) }
    if (target === 'disk') return [{ what: 'managed disk', id: managedDiskOf(form, lun), basis }]
    const blob = { what: 'page blob', id: blobOf(form, lun), basis }
    const staging = { what: 'block blob', id: stagingName(blobOf(form, lun)), basis }
    return target === 'blockBlob' ? [blob, staging] : [blob]
  })
}

/** As older journals say it for a blob. */
function placeOfUpload(form: FormOf, state: RunState): Basis {
  return targetOf(state) === 'disk' ? { managedDisk: key(managedDiskOf(form, null)) } : { blob: blobOf(form, null) }
}

function managedDiskOf(form: FormOf, lun: number | null): string {
  const name = diskNameFor(form('disk.upload').diskName ?? '', lun)
  return `${ownGroup(form)}/providers/Microsoft.Compute/disks/${name}`
}

/** Account, container and name; the address of an account is known only once it exists. */
function blobOf(form: FormOf, lun: number | null): string {
  const name = blobNameFor(form('disk.upload').blobName ?? '', lun)
  return `${storageOf(form)}/${form('prepare.storage').container}/${name}`
}

function galleryOf(form: FormOf): string {
  return `${placeOf(form, 'image.gallery')}/providers/Microsoft.Compute/galleries/${form('image.gallery').name}`
}

function definitionOf(form: FormOf): string {
  return `${galleryOf(form)}/images/${form('image.definition').name}`
}

function versionOf(form: FormOf): string {
  return `${definitionOf(form)}/versions/${form('image.version').version}`
}

/** Azure compares region names without case and blanks. */
function regionOf(form: FormOf): string {
  return regionKey(form('connect.scope').region ?? '')
}

/** Which file, and as it was when it was chosen; a file that was not looked at yet is another one. */
function diskOf(form: FormOf, state: RunState, lun: number | null): string {
  const chosen = form('disk.choose')
  const { file = '' } = lun === null ? chosen : (chosen.dataDisks?.find((one) => one.lun === lun) ?? {})
  const output = state.steps['disk.choose'].output as OutputOf<'disk.choose'> | undefined
  const seen = lun === null ? output : output?.dataDisks?.find((one) => one.lun === lun)
  return seen && (seen.file === file || seen.file.endsWith(file))
    ? `${seen.file} ${seen.sizeBytes} ${seen.modifiedMs}`
    : file
}

function allDisksOf(form: FormOf, state: RunState): string {
  const { dataDisks = [] } = form('disk.choose')
  const data = dataDisks.map(({ lun }) => `LUN ${lun}: ${diskOf(form, state, lun)}`)
  return [diskOf(form, state, null), ...data].join('\n')
}

function key(text: string): string {
  return text.toLowerCase()
}

function isBlob(what: string): boolean {
  return what === 'page blob' || what === 'block blob'
}

/** `url` is the blob's address in either style, `id` the storage account's resource id with container and name. */
function isSameBlob(url: string, id: string): boolean {
  const [account = '', ...rest] = id.slice(id.toLowerCase().indexOf('/storageaccounts/') + 17).split('/')
  const path = rest.join('/')
  const address = decodeURI(url)
  return address.endsWith(`/${path}`) && (address.includes(`//${account}.`) || address.endsWith(`/${account}/${path}`))
}
