import { AppError } from '../../shared/errors'
import type { Cloud } from '../azure/cloud'
import { listExtensions, markGeneralized } from '../azure/vms'
import { extensionsFound, removeExtensions } from './vm-extensions'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'
import { viewOf } from './vm-states'

/** Tells Azure that the system is generalized. The mark cannot be taken away: after it only the snapshot leads back. */
export const vmMark: RunStep<'vm.mark'> = {
  id: 'vm.mark',
  requires: ['vm.create', 'vm.deallocate'],
  parse: (input) => parseForm('vm.mark', input),
  describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
  async check(tools, input) {
    const cloud = await tools.cloud()
    const { id, name } = outputOf(tools, 'vm.create')
    const view = await viewOf(cloud, id, tools.signal)
    const isStopped = view.power === 'deallocated' || view.power === 'stopped'
    if (!isStopped) return { is: 'blocked', error: new AppError('vm.started', { name, state: view.power }).toData() }
    const error = input.removeExtensions ? null : await extensionsFound(tools, cloud, id)
    if (error) return { is: 'blocked', error }
    return view.isGeneralized ? { is: 'done', output: { id } } : { is: 'todo' }
  },
  async run(tools, input) {
    const cloud = await tools.cloud()
    const { id } = outputOf(tools, 'vm.create')
    if (input.removeExtensions) await removeStuck(tools, cloud, id)
    await markGeneralized(cloud, id, tools.signal)
    await assertMarked(tools, cloud, id)
    return { id }
  },
}

/** Azure removes them from a machine that runs; of one that does not it may at least forget them. */
async function removeStuck(tools: Tools, cloud: Cloud, id: string): Promise<void> {
  const names = (await listExtensions(cloud, id, tools.signal)).map(({ name }) => name).join(', ')
  await removeExtensions(tools, cloud, id).catch((error: unknown) => {
    const isStuck =
      error instanceof AppError && (error.code === 'cloud.conflict' || error.code === 'vm.extension-stuck')
    throw isStuck ? new AppError('vm.extension-stuck', { names }, error.details) : error
  })
}

/** Read back: what the call answers is no proof. Throws AppError `vm.not-generalized` {name}. */
export async function assertMarked(tools: Tools, cloud: Cloud, id: string): Promise<void> {
  const { isGeneralized } = await viewOf(cloud, id, tools.signal)
  if (!isGeneralized) throw new AppError('vm.not-generalized', { name: outputOf(tools, 'vm.create').name })
}
