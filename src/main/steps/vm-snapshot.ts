import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import { isSameResource } from '../../shared/terms'
import { snapshotOf } from '../../shared/vm-things'
import { AppError } from '../../shared/errors'
import type { Cloud } from '../azure/cloud'
import { createSnapshot, deleteSnapshot, getSnapshot, type Snapshot } from '../azure/snapshots'
import { getVm } from '../azure/vms'
import { announce, assertOurs, isListed, untilGone, untilReady } from './making'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'
import { thingsOf } from './vm-create'
import { flush } from './vm-flush'
import { viewOf } from './vm-states'

type Form = Inputs['vm.snapshot']

const limitMinutes = 30
/** Says of which installing it is the copy: one of an earlier time is no way back any more. */
const ofTag = 'installed'
/** Whether the system had written all that it held in memory: `yes` or `no`. */
const flushedTag = 'flushed'

/** A copy of the system's disk as it is before anything irreversible. Not wanted: done at once. */
export const vmSnapshot: RunStep<'vm.snapshot'> = {
  id: 'vm.snapshot',
  requires: ['connect.scope', 'vm.create', 'vm.install'],
  closing: 'goesOn',
  parse: (input) => parseForm('vm.snapshot', input),
  describe: ({ wanted, name }) => ({
    minutes: wanted ? 2 : 0,
    cost: wanted ? 'low' : 'none',
    makes: wanted ? [{ what: 'snapshot', name, keep: false }] : [],
  }),
  async check(tools, input) {
    if (!input.wanted) return { is: 'done', output: nothing(tools) }
    const found = await getSnapshot(await tools.cloud(), idOf(tools, input), tools.signal)
    if (!found) return { is: 'todo' }
    assertOurs(tools, found, 'snapshot')
    const isWhole = found.state === 'Succeeded' && isOfNow(tools, found) && isListed(tools, found.id)
    return isWhole ? { is: 'done', output: outputFrom(tools, found) } : { is: 'todo' }
  },
  async run(tools, input) {
    if (!input.wanted) return nothing(tools)
    const cloud = await tools.cloud()
    const id = idOf(tools, input)
    const found = await getSnapshot(cloud, id, tools.signal)
    if (found) assertOurs(tools, found, 'snapshot')
    // Azure takes no new content for a snapshot: an older one goes and comes anew.
    const isUsable = found && found.state !== 'Failed' && isOfNow(tools, found)
    if (found && !isUsable) await removeSnapshot(tools, cloud, id)
    await announce(tools, id, 'snapshot', false)
    const operation = isUsable ? null : await take(tools, cloud, id)
    const snapshot = await untilReady(tools, cloud, (signal) => getSnapshot(cloud, id, signal), {
      kind: 'snapshot',
      name: input.name,
      limitMinutes,
      operation,
      stateOf: ({ state }) => state,
    })
    return outputFrom(tools, snapshot)
  },
  // When and how well it was taken is no matter to anybody.
  passesOn: ({ id, name }) => ({ id, name }),
  async undo(tools, resource) {
    await removeSnapshot(tools, await tools.cloud(), resource.id)
  },
}

/** Removes a snapshot of this run; one that is gone is no error. Throws AppError `cloud.foreign-resource`. */
export async function removeSnapshot(tools: Tools, cloud: Cloud, id: string): Promise<void> {
  const found = await getSnapshot(cloud, id, tools.signal)
  if (!found) return
  assertOurs(tools, found, 'snapshot')
  await deleteSnapshot(cloud, id, tools.signal)
  const settling = { kind: 'snapshot', name: found.name, limitMinutes } as const
  await untilGone(tools, cloud, (signal) => getSnapshot(cloud, id, signal), settling)
}

/** Of a machine that is marked already there would be nothing to go back to. */
async function take(tools: Tools, cloud: Cloud, id: string): Promise<string | null> {
  const { id: vmId, name } = outputOf(tools, 'vm.create')
  const vm = await getVm(cloud, vmId, tools.signal)
  if (!vm?.osDiskId) throw new AppError('vm.gone', { name })
  const { isGeneralized } = await viewOf(cloud, vmId, tools.signal)
  if (isGeneralized) throw new AppError('vm.generalized', { name })
  const { region } = outputOf(tools, 'connect.scope')
  const flushed = (await flush(tools)) ? 'yes' : 'no'
  const tags = { [ofTag]: installedAt(tools), [flushedTag]: flushed }
  const spec = { region, run: tools.run, disk: vm.osDiskId, tags }
  return (await createSnapshot(cloud, id, spec, tools.signal)).operation
}

function isOfNow(tools: Tools, { tags }: Snapshot): boolean {
  return tags[ofTag] === installedAt(tools)
}

function installedAt(tools: Tools): string {
  return tools.history().steps['vm.install'].endedAt ?? ''
}

function idOf(tools: Tools, { name }: Form): string {
  return snapshotOf(thingsOf(tools, parseForm('vm.create', tools.input('vm.create'))), name)
}

function nothing(tools: Tools): OutputOf<'vm.snapshot'> {
  return { id: null, name: null, at: tools.now().toISOString() }
}

function outputFrom(tools: Tools, { id, name, at, tags }: Snapshot): OutputOf<'vm.snapshot'> {
  const listed = tools.resources().find((resource) => isSameResource(resource.id, id))
  const told = tags[flushedTag]
  return {
    ...{ id: listed?.id ?? id, name, at: at || tools.now().toISOString() },
    ...(told === undefined ? {} : { flushed: told === 'yes' }),
  }
}
