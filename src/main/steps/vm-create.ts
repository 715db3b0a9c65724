import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import { isSameResource, resourceName, type OsType } from '../../shared/terms'
import { isWide, systemDisk, vmThings, type VmThings } from '../../shared/vm-things'
import type { Cloud } from '../azure/cloud'
import { getPublicIp } from '../azure/network'
import type { VmSpec } from '../azure/vm-body'
import { createVm, getVm, getVmView, startVm, type Vm } from '../azure/vms'
import { announce, assertOurs, assertSameBasis } from './making'
import { listenOn443 } from './port-443'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'
import { makeNetwork, removePart } from './vm-network'
import { firstHostKeys, reachOf } from './vm-first-contact'
import { removeVm, untilRunning } from './vm-states'
import { openChannel } from './vm-channel'

type Form = Inputs['vm.create']

/** Names of a Windows computer are as short as NetBIOS wants them. */
const longestWindowsName = 15

/** A build VM of its own, in a resource group of its own, which only this computer can reach and only while it is worked with. */
export const vmCreate: RunStep<'vm.create'> = {
  id: 'vm.create',
  requires: ['connect.scope', 'prepare.preflight', 'vm.plan'],
  closing: 'goesOn',
  parse: (input) => parseForm('vm.create', input),
  describe: ({ name, resourceGroup }) => ({
    minutes: 4,
    cost: 'running',
    makes: [
      { what: 'resource group', name: resourceGroup, keep: false },
      { what: 'virtual machine', name, keep: false },
    ],
  }),
  async check(tools, input) {
    assertPossible(tools, input)
    const found = await getVm(await tools.cloud(), thingsOf(tools, input).vm, tools.signal)
    if (found) assertOurVm(tools, found)
    return { is: 'todo' }
  },
  async run(tools, input) {
    assertPossible(tools, input)
    const cloud = await tools.cloud()
    const own = thingsOf(tools, input)
    await ensureVm(tools, cloud, own, input)
    const vm = await untilRunning(tools, cloud, own.vm)
    return outputFrom(tools, cloud, own, input, vm)
  },
  // Where the VM listens counts for those who come after; who was let in and whether that went well does not.
  passesOn: ({ reach: _reach, source: _source, hostKeys: _keys, ...rest }) => rest,
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    if (resource.what !== 'virtual machine') return removePart(tools, cloud, resource)
    await removeVm(tools, cloud, resource.id)
    await tools.vmKeys.remove(tools.run)
  },
}

/** The names and ids of everything that belongs to the build VM of a form. */
export function thingsOf(tools: Tools, input: Form): VmThings {
  return vmThings(outputOf(tools, 'connect.scope').subscriptionId, input)
}

function assertPossible(tools: Tools, input: Form): void {
  const { sourceCidr, acceptAnyone, auth, publicKey } = input
  if (sourceCidr && isWide(sourceCidr) && !acceptAnyone) throw new AppError('vm.open-to-all', { range: sourceCidr })
  const { osType } = outputOf(tools, 'vm.plan')
  const isOwnKeyMissing = auth === 'ownKey' && !publicKey?.trim()
  if (isOwnKeyMissing) throw new AppError('input.invalid', { step: 'vm.create', fields: 'publicKey' })
  if (osType === 'Windows' && auth !== 'password') {
    throw new AppError('input.invalid', { step: 'vm.create', fields: 'auth' }, { message: 'Windows takes a password' })
  }
}

function assertOurVm(tools: Tools, found: Vm): void {
  assertOurs(tools, found, 'virtual machine')
  assertSameBasis(tools, found.id, 'virtual machine')
}

/** Makes what is missing. A machine that failed goes first: Azure brings none of these up by asking again. */
async function ensureVm(tools: Tools, cloud: Cloud, own: VmThings, input: Form): Promise<void> {
  let found = await getVm(cloud, own.vm, tools.signal)
  if (found) assertOurVm(tools, found)
  if (found?.state === 'Failed' || found?.state === 'Deleting') {
    await removeVm(tools, cloud, own.vm)
    found = null
  }
  await makeNetwork(tools, cloud, own, outputOf(tools, 'connect.scope').region)
  const disk = systemDisk(own, 0)
  // After a way back the VM has another one, which that step has written down.
  if (!found || isSameResource(found.osDiskId, disk)) await announce(tools, disk, 'managed disk', false)
  await announce(tools, own.vm, 'virtual machine', false)
  if (!found) return make(tools, cloud, own, input)
  const view = await getVmView(cloud, own.vm, tools.signal)
  if (view?.isGeneralized) throw new AppError('vm.generalized', { name: found.name })
  if (view?.power === 'stopped' || view?.power === 'deallocated') await startVm(cloud, own.vm, tools.signal)
}

async function make(tools: Tools, cloud: Cloud, own: VmThings, input: Form): Promise<void> {
  const { operation } = await createVm(cloud, own.vm, await specOf(tools, own, input), tools.signal)
  // Only to fetch the words of a failure: the machine itself says no more than that it failed.
  await tools.ticket({ operation })
}

async function specOf(tools: Tools, own: VmThings, input: Form): Promise<VmSpec> {
  const { region } = outputOf(tools, 'connect.scope')
  const { image, osType, vmSize, securityType } = outputOf(tools, 'vm.plan')
  const { diskGb } = parseForm('vm.plan', tools.input('vm.plan'))
  return {
    region,
    run: tools.run,
    vmSize,
    securityType,
    osType,
    nicId: own.nic,
    disk: {
      kind: 'fromImage',
      name: resourceName(systemDisk(own, 0)),
      image,
      ...(diskGb ? { sizeGb: diskGb } : {}),
      computerName: osType === 'Windows' ? input.name.slice(0, longestWindowsName).replace(/-+$/, '') : input.name,
      user: input.adminUser,
      access: await accessOf(tools, input),
      ...(osType === 'Linux' && input.port === 443 ? { customData: listenOn443 } : {}),
    },
  }
}

async function accessOf(tools: Tools, input: Form): Promise<{ publicKey: string } | { password: string }> {
  if (input.auth === 'password') return { password: await tools.vmKeys.password(tools.run) }
  if (input.auth === 'ownKey') return { publicKey: (input.publicKey ?? '').trim() }
  return { publicKey: await tools.vmKeys.publicKey(tools.run) }
}

async function outputFrom(
  tools: Tools,
  cloud: Cloud,
  own: VmThings,
  input: Form,
  vm: Vm,
): Promise<OutputOf<'vm.create'>> {
  const { osType, vmSize } = outputOf(tools, 'vm.plan')
  const ip = await getPublicIp(cloud, own.publicIp, tools.signal)
  const address = ip?.address ?? ''
  const hostKeys = await hostKeysOf(tools, cloud, own, input)
  const port = firstPort(cloud, osType, input)
  const tried = port === null ? {} : await reachOf(tools, address, port)
  return {
    id: own.vm,
    name: input.name,
    osType,
    address,
    port: input.port,
    user: input.adminUser,
    resourceGroup: input.resourceGroup,
    nsgId: own.securityGroup,
    nicId: own.nic,
    publicIpId: own.publicIp,
    osDiskId: vm.osDiskId,
    vmSize,
    hostKeys,
    ...tried,
  }
}

/** Where a person gets in first, or null where nothing listens yet: Windows has its desktop, and SSH once the channel is open. */
function firstPort({ profile }: Cloud, osType: OsType, { port, channel }: Form): number | null {
  if (osType === 'Linux') return port
  if (!profile.hasNoDesktops) return 3389
  return channel === 'byAzure' ? port : null
}

/** As the VM tells them through the control plane, before anybody connects. */
async function hostKeysOf(tools: Tools, cloud: Cloud, own: VmThings, input: Form): Promise<string[]> {
  if (outputOf(tools, 'vm.plan').osType === 'Linux') return firstHostKeys(tools, cloud, own.vm)
  return input.channel === 'byAzure' ? openChannel(tools, cloud, own.vm, input) : []
}
