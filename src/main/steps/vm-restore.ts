import { AppError } from '../../shared/errors'
import type { OutputOf } from '../../shared/outputs'
import { isSameResource, resourceName } from '../../shared/terms'
import { systemDisk, type VmThings } from '../../shared/vm-things'
import type { Cloud } from '../azure/cloud'
import { getDisk } from '../azure/disks'
import { createDiskFromSnapshot, getSnapshot } from '../azure/snapshots'
import { createVm, getVm, getVmView, startVm, type Vm } from '../azure/vms'
import { announce, assertOurs, untilReady } from './making'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'
import { removeManagedDisk } from './upload-disk'
import { thingsOf } from './vm-create'
import { makeNetwork } from './vm-network'
import { diskGone, removeVm, untilRunning } from './vm-states'

const limitMinutes = 30

/**
 * The way back: the VM as it was when its snapshot was taken. A machine that is marked as generalized never starts again, so that
 * the VM is made anew, under its name, on its card and with its address, from a disk made of the snapshot. Everything that read the
 * VM since is done again. Zero times: the run does without it.
 */
export const vmRestore: RunStep<'vm.restore'> = {
  id: 'vm.restore',
  requires: ['connect.scope', 'vm.plan', 'vm.create', 'vm.snapshot'],
  closing: 'goesOn',
  parse: (input) => parseForm('vm.restore', input),
  describe: ({ times }) => ({
    minutes: times > 0 ? 5 : 0,
    cost: times > 0 ? 'running' : 'none',
    makes: [],
  }),
  async check(tools, { times }) {
    if (times === 0) return { is: 'done', output: { times, osDiskId: null } }
    const cloud = await tools.cloud()
    const own = ownThings(tools)
    const [vm, view] = await Promise.all([getVm(cloud, own.vm, tools.signal), getVmView(cloud, own.vm, tools.signal)])
    const isBack = hasDisk(vm, systemDisk(own, times)) && view?.isGeneralized === false && view.power === 'running'
    if (isBack && view.isAgentReady) return { is: 'done', output: outputFrom(vm!, times) }
    await assertSnapshot(tools, cloud, hasDisk(vm, systemDisk(own, times)))
    return { is: 'todo' }
  },
  async run(tools, { times }) {
    if (times === 0) return { times, osDiskId: null }
    const cloud = await tools.cloud()
    const own = ownThings(tools)
    await backTo(tools, cloud, own, systemDisk(own, times))
    return outputFrom(await untilRunning(tools, cloud, own.vm, 'vm.restore'), times)
  },
  without: { times: 0, osDiskId: null },
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const own = ownThings(tools)
    // A disk that a machine has goes with the machine.
    if (hasDisk(await getVm(cloud, own.vm, tools.signal), resource.id)) await removeVm(tools, cloud, own.vm)
    await removeManagedDisk(tools, cloud, resource.id)
  },
}

function ownThings(tools: Tools): VmThings {
  return thingsOf(tools, parseForm('vm.create', tools.input('vm.create')))
}

async function backTo(tools: Tools, cloud: Cloud, own: VmThings, disk: string): Promise<void> {
  const found = await getVm(cloud, own.vm, tools.signal)
  if (found) assertOurs(tools, found, 'virtual machine')
  if (found && found.state !== 'Failed' && hasDisk(found, disk)) return start(tools, cloud, own.vm)
  await makeDisk(tools, cloud, disk)
  if (found) {
    await removeVm(tools, cloud, own.vm)
    await diskGone(tools, found.osDiskId)
  }
  // Whoever removed the VM by hand may have taken these along.
  const { region } = outputOf(tools, 'connect.scope')
  await makeNetwork(tools, cloud, own, region)
  const { osType, vmSize, securityType } = outputOf(tools, 'vm.plan')
  const spec = { region, run: tools.run, vmSize, securityType, osType, nicId: own.nic }
  const attached = { ...spec, disk: { kind: 'attached' as const, id: disk } }
  const { operation } = await createVm(cloud, own.vm, attached, tools.signal)
  await tools.ticket({ operation })
}

async function start(tools: Tools, cloud: Cloud, vm: string): Promise<void> {
  const view = await getVmView(cloud, vm, tools.signal)
  if (view?.power === 'stopped' || view?.power === 'deallocated') await startVm(cloud, vm, tools.signal)
}

/** Before the VM goes: where this fails nothing is lost. */
async function makeDisk(tools: Tools, cloud: Cloud, id: string): Promise<void> {
  const found = await getDisk(cloud, id, tools.signal)
  if (found) assertOurs(tools, found, 'managed disk')
  if (!found) await assertSnapshot(tools, cloud, false)
  await announce(tools, id, 'managed disk', false)
  let operation: string | null = null
  if (!found || found.state === 'Failed') {
    const { osType, generation, securityType } = outputOf(tools, 'vm.plan')
    const { region } = outputOf(tools, 'connect.scope')
    const snapshot = outputOf(tools, 'vm.snapshot').id ?? ''
    const spec = { region, run: tools.run, snapshot, osType, generation, securityType }
    operation = (await createDiskFromSnapshot(cloud, id, spec, tools.signal)).operation
  }
  await untilReady(tools, cloud, (signal) => getDisk(cloud, id, signal), {
    kind: 'managed disk',
    name: resourceName(id),
    limitMinutes,
    operation,
    stateOf: ({ state }) => state,
  })
}

/** Throws AppError `vm.no-snapshot`, `vm.snapshot-gone` {name}; a disk that was made of it needs it no more. */
async function assertSnapshot(tools: Tools, cloud: Cloud, isMade: boolean): Promise<void> {
  if (isMade) return
  const { id, name } = outputOf(tools, 'vm.snapshot')
  if (!id) throw new AppError('vm.no-snapshot')
  const found = await getSnapshot(cloud, id, tools.signal)
  if (!found) throw new AppError('vm.snapshot-gone', { name: name ?? resourceName(id) })
}

function hasDisk(vm: Vm | null, disk: string): boolean {
  return vm !== null && isSameResource(vm.osDiskId, disk)
}

function outputFrom({ osDiskId }: Vm, times: number): OutputOf<'vm.restore'> {
  return { times, osDiskId }
}
