import type { OutputOf } from '../../shared/outputs'
import type { Inputs } from '../../shared/forms/forms'
import type { Cloud } from '../azure/cloud'
import { deallocateVm } from '../azure/vms'
import { extensionsFound, removeExtensions } from './vm-extensions'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'
import { removeSnapshot } from './vm-snapshot'
import { untilPower, viewOf } from './vm-states'

type Form = Inputs['vm.deallocate']

/** The VM gives its hardware back: from here on it costs no more than its disk, and an image can be made of it. */
export const vmDeallocate: RunStep<'vm.deallocate'> = {
  id: 'vm.deallocate',
  requires: ['vm.create', 'vm.snapshot', 'vm.generalize'],
  closing: 'goesOn',
  parse: (input) => parseForm('vm.deallocate', input),
  describe: () => ({ minutes: 2, cost: 'none', makes: [] }),
  async check(tools, input) {
    const cloud = await tools.cloud()
    const { id } = outputOf(tools, 'vm.create')
    const { power } = await viewOf(cloud, id, tools.signal)
    // The last moment at which Azure can remove what a policy has installed since the checks of the step before.
    const isLastChance = power === 'running' || power === 'starting'
    const error = isLastChance && !input.removeExtensions ? await extensionsFound(tools, cloud, id) : null
    return error ? { is: 'blocked', error } : { is: 'todo' }
  },
  async run(tools, input) {
    const cloud = await tools.cloud()
    const { id } = outputOf(tools, 'vm.create')
    const { power } = await viewOf(cloud, id, tools.signal)
    if (power === 'running' && input.removeExtensions) await removeExtensions(tools, cloud, id)
    tools.sessions.end(tools.run)
    // Nobody works with it any more, whatever an earlier start of the app left open.
    await tools.access.shut(tools.run, tools.signal)
    if (power !== 'deallocated' && power !== 'deallocating') await deallocateVm(cloud, id, tools.signal)
    const view = await untilPower(tools, cloud, id, ['deallocated'])
    return { powerState: view.power, snapshotKept: await keepOrDrop(tools, cloud, input) }
  },
  passesOn: ({ powerState }) => powerState,
}

/** Returns whether there still is a way back. */
async function keepOrDrop(tools: Tools, cloud: Cloud, { keepSnapshot }: Form): Promise<boolean> {
  const { id }: OutputOf<'vm.snapshot'> = outputOf(tools, 'vm.snapshot')
  if (!id) return false
  if (keepSnapshot) return true
  await removeSnapshot(tools, cloud, id)
  await tools.gone(id)
  return false
}
