import { isSameRegion } from '../../shared/terms'
import { z } from 'zod'
import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import type { Progress } from '../../shared/run'
import type { Cloud } from '../azure/cloud'
import { createVersion, deleteVersion, getVersion, type Version } from '../azure/image-versions'
import { versionId } from '../azure/ids'
import { failureOfOperation } from '../azure/operations'
import { waitFor } from '../azure/wait'
import type { ImageSource } from './image-source'
import { announce, assertOurs, assertSameBasis, isListed, polling, presence, untilGone } from './making'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

type Form = Inputs['image.version']

const ticket = z.object({ operation: z.string().nullable() })
/** Copies of a large disk into far regions take this long at worst. */
const limitMs = 4 * 60 * 60_000

/** Makes the image version from what the recipe brings and waits until every region has its copies. */
export const imageVersionOf = (from: ImageSource): RunStep<'image.version'> => ({
  id: 'image.version',
  requires: ['prepare.account', ...from.broughtBy, 'image.definition'],
  closing: 'goesOn',
  parse: (input) => parseForm('image.version', input),
  describe: (input) => ({
    minutes: 10 * input.regions.length,
    cost: 'low',
    makes: [{ what: 'image version', name: input.version, keep: true }],
  }),
  async check(tools, input) {
    assertRegions(tools, input)
    const found = await getVersion(await tools.cloud(), ownId(tools, input), tools.signal)
    if (!found) return { is: 'todo' }
    assertOurs(tools, found, 'image version')
    if (!isImportFailed(found)) assertSameBasis(tools, found.id, 'image version')
    const isWhole = isComplete(found) && isListed(tools, found.id) && hasTargets(found, input)
    return isWhole ? { is: 'done', output: outputFrom(found) } : { is: 'todo' }
  },
  async run(tools, input) {
    assertRegions(tools, input)
    const cloud = await tools.cloud()
    const id = ownId(tools, input)
    const found = await getVersion(cloud, id, tools.signal)
    if (found) {
      assertOurs(tools, found, 'image version')
      if (!isImportFailed(found)) assertSameBasis(tools, found.id, 'image version')
    }
    // A failed import stays failed: Azure takes no new source for a version, it must go and come anew.
    if (found && isImportFailed(found)) await remove(tools, cloud, id, found.name)
    if (!found || isImportFailed(found)) await put(tools, cloud, from, id, input)
    else if (found.state === 'Failed' || !hasTargets(found, input)) await put(tools, cloud, from, id, input)
    else await announce(tools, id, 'image version', true)
    return outputFrom(await replicated(tools, cloud, id, input.version))
  },
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const version = await getVersion(cloud, resource.id, tools.signal)
    if (!version) return
    assertOurs(tools, version, 'image version')
    await remove(tools, cloud, resource.id, version.name)
  },
})

function ownId(tools: Tools, input: Form): string {
  return versionId(outputOf(tools, 'image.definition').id, input.version)
}

/** Nodes are made in the account's region from a copy there; without one Batch answers that the image does not exist. */
function assertRegions(tools: Tools, input: Form): void {
  const { region } = outputOf(tools, 'prepare.account')
  if (!input.regions.some(({ name }) => isSameRegion(name, region))) {
    throw new AppError('image.no-replica', { version: input.version, region })
  }
}

/** Where some region has its copy the import was good; then the same request makes Azure copy only what is missing. */
function isImportFailed(version: Version): boolean {
  return version.state === 'Failed' && !version.replicas.some(({ state }) => state === 'Completed')
}

/** Makes the version, or publishes one that is there to other regions. */
async function put(tools: Tools, cloud: Cloud, from: ImageSource, id: string, input: Form): Promise<void> {
  await from.assertReady(tools, cloud)
  await announce(tools, id, 'image version', true)
  const { operation } = await createVersion(
    cloud,
    id,
    {
      region: outputOf(tools, 'prepare.account').region,
      from: from.version(tools),
      targets: input.regions.map(({ name, replicas }) => ({ region: name, replicas })),
      excludeFromLatest: input.excludeFromLatest,
      run: tools.run,
    },
    tools.signal,
  )
  // Only to fetch the words of a failure: the version itself says no more than that it failed.
  await tools.ticket({ operation })
}

async function replicated(tools: Tools, cloud: Cloud, id: string, name: string): Promise<Version> {
  const there = presence({ kind: 'image version', name })
  const version = await waitFor(async (signal) => there(await getVersion(cloud, id, signal)), isSettled, {
    signal: tools.signal,
    limitMs,
    seam: cloud.seam,
    onRead: polling(tools, () => ({ key: 'version', params: { name } }), replication),
  })
  if (!version) throw new AppError('cloud.not-found', { kind: 'image version', name })
  const failed = version.replicas.find(({ state }) => state === 'Failed')
  if (version.state === 'Succeeded' && version.replication === 'Completed') return version
  // Where some region has its copy the image itself is good; only the copying failed.
  const isImageGood = version.replicas.some(({ state }) => state === 'Completed')
  if (failed && isImageGood) {
    const reason = failed.details || failed.state
    throw new AppError(
      'image.replication-failed',
      { version: name, region: failed.region, reason },
      { message: reason },
    )
  }
  throw await rejection(tools, cloud, name, failed?.details || `provisioningState ${version.state}`)
}

async function rejection(tools: Tools, cloud: Cloud, version: string, said: string): Promise<AppError> {
  const { operation } = ticket.safeParse(tools.history().steps['image.version'].ticket).data ?? { operation: null }
  const told = await failureOfOperation(cloud, operation, 'image.rejected', { version }, tools.signal)
  return told ?? new AppError('image.rejected', { version, reason: said }, { message: said })
}

function isSettled(version: Version | null): boolean {
  if (!version) return false
  if (version.state === 'Failed') return true
  return version.state === 'Succeeded' && (version.replication === 'Completed' || version.replication === 'Failed')
}

function isComplete(version: Version): boolean {
  return version.state === 'Succeeded' && version.replication === 'Completed'
}

/** Copies as many as wanted in every region wanted, and nowhere else. */
function hasTargets({ targets }: Version, { regions }: Form): boolean {
  const isWanted = ({ name, replicas }: Form['regions'][number]) =>
    targets.some((target) => isSameRegion(target.region, name) && target.replicas === replicas)
  return targets.length === regions.length && regions.every(isWanted)
}

function replication(version: Version | null): Partial<Progress> {
  const regions = (version?.replicas ?? []).map(({ region, percent, state }) => ({ region, percent, state }))
  const done = regions.length ? regions.reduce((sum, { percent }) => sum + percent, 0) / regions.length : 0
  return { done, total: 100, unit: 'percent', ...(regions.length ? { regions } : {}) }
}

async function remove(tools: Tools, cloud: Cloud, id: string, name: string): Promise<void> {
  await deleteVersion(cloud, id, tools.signal)
  await untilGone(tools, cloud, (signal) => getVersion(cloud, id, signal), {
    kind: 'image version',
    name,
    limitMinutes: 30,
  })
}

function outputFrom(version: Version): OutputOf<'image.version'> {
  const targets = version.targets.length
    ? version.targets
    : version.replicas.map(({ region }) => ({ region, replicas: 1 }))
  const dataDisks = version.luns.toSorted((a, b) => a - b)
  return { id: version.id, version: version.name, regions: targets, ...(dataDisks.length ? { dataDisks } : {}) }
}
