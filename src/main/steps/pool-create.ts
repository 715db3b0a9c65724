import { AppError } from '../../shared/errors'
import { forms, type Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import { isSameRegion, isSameResource } from '../../shared/terms'
import { accountQuota, listSizes, type VmSize } from '../azure/accounts'
import type { Cloud } from '../azure/cloud'
import { partsOf, poolId } from '../azure/ids'
import { listSupportedImages } from '../azure/nodes'
import { createPool, deletePool, getPool, isPoolMadeBy, listPools, type Pool } from '../azure/pools'
import { announce, assertSameBasis, foreign, isListed, untilGone } from './making'
import { outputOf, parseForm, unlessForbidden, type RunStep, type Tools } from './tools'

type Form = Inputs['pool.create']

/** Nodes leave within minutes; an hour later something stands in the way (Batch guide, "Check for pool and node errors"). */
const deletionMinutes = 60

/** The pool on the image version, with one node: what fails then fails cheaply. */
export const poolCreate: RunStep<'pool.create'> = {
  id: 'pool.create',
  requires: ['prepare.account', 'image.definition', 'image.version'],
  closing: 'goesOn',
  parse: (input) => parseForm('pool.create', input),
  describe: (input) => ({
    minutes: 1,
    cost: 'running',
    makes: [{ what: 'pool', name: input.name, keep: true }],
  }),
  async check(tools, input) {
    const cloud = await tools.cloud()
    const found = await getPool(cloud, ownId(tools, input), tools.signal)
    if (!found || isOwnLeaving(tools, found)) {
      await assertPossible(tools, cloud, input)
      return { is: 'todo' }
    }
    assertOurPool(tools, found)
    return isListed(tools, found.id) ? { is: 'done', output: outputFrom(found, input) } : { is: 'todo' }
  },
  async run(tools, input) {
    const cloud = await tools.cloud()
    const id = ownId(tools, input)
    const found = await present(tools, cloud, id)
    if (found) assertOurPool(tools, found)
    await announce(tools, id, 'pool', true)
    if (!found) {
      const { vmSize, nodeAgentSku, taskSlotsPerNode, interNodeCommunication, startTask } = input
      const spec = {
        vmSize,
        nodeAgentSku,
        taskSlotsPerNode,
        interNodeCommunication,
        ...(startTask ? { startTask } : {}),
        ...(outputOf(tools, 'image.definition').securityType ? { securityType: 'TrustedLaunch' as const } : {}),
        imageId: outputOf(tools, 'image.version').id,
        dedicated: 1,
        spot: 0,
        run: tools.run,
      }
      await createPool(cloud, id, spec, tools.signal).catch((error: unknown) => adopt(tools, cloud, id, error))
    }
    return { id, name: input.name, vmSize: input.vmSize, nodeAgentSku: input.nodeAgentSku }
  },
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const pool = await getPool(cloud, resource.id, tools.signal)
    if (!pool) return
    if (!isPoolMadeBy(tools.run, pool)) throw foreign('pool', pool.name)
    if (pool.state !== 'Deleting') await deletePool(cloud, resource.id, tools.signal)
    await untilDeleted(tools, cloud, pool)
  },
}

/** What stands under our name; an earlier one of this run that is being deleted is waited out. */
async function present(tools: Tools, cloud: Cloud, id: string): Promise<Pool | null> {
  const found = await getPool(cloud, id, tools.signal)
  if (!found || !isOwnLeaving(tools, found)) return found
  await untilDeleted(tools, cloud, found)
  return null
}

function isOwnLeaving(tools: Tools, pool: Pool): boolean {
  return pool.state === 'Deleting' && isPoolMadeBy(tools.run, pool)
}

/** Throws `pool.still-deleting` {name, minutes} once Batch itself says that the deletion began too long ago, or after such a wait. */
async function untilDeleted(tools: Tools, cloud: Cloud, { id, name }: Pool): Promise<void> {
  const stillThere = (minutes: number) => new AppError('pool.still-deleting', { name, minutes })
  const read = async (signal: AbortSignal) => {
    const pool = await getPool(cloud, id, signal)
    const minutes = pool?.state === 'Deleting' ? Math.floor((Date.now() - Date.parse(pool.stateSince)) / 60_000) : 0
    if (minutes >= deletionMinutes) throw stillThere(minutes)
    return pool
  }
  const limits = { kind: 'pool', name, limitMinutes: deletionMinutes } as const
  await untilGone(tools, cloud, read, limits).catch((error: unknown) => {
    throw error instanceof AppError && error.code === 'cloud.timeout' ? stillThere(deletionMinutes) : error
  })
}

/** The answer to our request may have been lost and the request repeated: then what stands there is ours, and wanted. */
async function adopt(tools: Tools, cloud: Cloud, id: string, error: unknown): Promise<void> {
  const isTaken = error instanceof AppError && error.code === 'cloud.name-taken'
  const found = isTaken ? await getPool(cloud, id, tools.signal) : null
  if (found && isPoolMadeBy(tools.run, found)) return
  // Announced, but made by somebody else.
  if (found) await tools.gone(id)
  throw error
}

function ownId(tools: Tools, input: Form): string {
  return poolId(outputOf(tools, 'prepare.account').id, input.name)
}

function assertOurPool(tools: Tools, pool: Pool): void {
  if (!isPoolMadeBy(tools.run, pool)) throw foreign('pool', pool.name)
  assertSameBasis(tools, pool.id, 'pool')
  const version = outputOf(tools, 'image.version').id
  if (pool.image.kind !== 'gallery' || !isSameResource(pool.image.id, version)) throw foreign('pool', pool.name)
}

/** Everything Batch would only say after minutes of trying, or never. */
async function assertPossible(tools: Tools, cloud: Cloud, input: Form): Promise<void> {
  const account = outputOf(tools, 'prepare.account')
  const version = outputOf(tools, 'image.version')
  if (!version.regions.some(({ region }) => isSameRegion(region, account.region))) {
    throw new AppError('image.no-replica', { version: version.version, region: account.region })
  }
  const { subscriptionId } = partsOf(account.id)
  const sizes = await unlessForbidden(listSizes(cloud, subscriptionId, account.region, tools.signal))
  const size = sizes?.find(({ name }) => name.toLowerCase() === input.vmSize.toLowerCase())
  if (sizes && !size) throw invalid('vmSize', `${input.vmSize} is not offered in ${account.region}`)
  const { generation } = outputOf(tools, 'image.definition')
  if (size && !size.generations.includes(generation)) {
    throw new AppError('image.generation-mismatch', { found: size.generations.join(', '), wanted: generation })
  }
  await assertNodeAgent(tools, cloud, input)
  if (size) await assertQuota(tools, cloud, size)
}

async function assertNodeAgent(tools: Tools, cloud: Cloud, input: Form): Promise<void> {
  const images = await listSupportedImages(cloud, outputOf(tools, 'prepare.account').endpoint, tools.signal)
  const { osType } = outputOf(tools, 'image.definition')
  const fits = images.some((image) => image.nodeAgentSku === input.nodeAgentSku && image.osType === osType)
  if (!fits) throw invalid('nodeAgentSku', `${input.nodeAgentSku} is not offered for ${osType}`)
}

/** In user subscription mode the account says nothing and the subscription's own quota counts. */
async function assertQuota(tools: Tools, cloud: Cloud, size: VmSize): Promise<void> {
  const account = outputOf(tools, 'prepare.account')
  const quota = await accountQuota(cloud, account.id, tools.signal)
  if (quota.pools !== null) {
    const used = (await listPools(cloud, account.id, tools.signal)).length
    if (used >= quota.pools) throw new AppError('quota.pools', { account: account.name, limit: quota.pools, used })
  }
  const limit = quota.isPerFamily ? (quota.families[size.family.toLowerCase()] ?? 0) : quota.dedicatedCores
  const { dedicated } = forms['pool.canary'].partial().safeParse(tools.input('pool.canary')).data ?? {}
  // What is wanted after the first node is asked for now: a quota takes days to grow.
  const needed = (size.cores ?? 1) * Math.max(1, dedicated ?? 1)
  if (limit !== null && limit < needed) {
    throw new AppError('quota.cores', { family: size.family, limit, needed, account: account.name })
  }
}

function invalid(field: string, message: string): AppError {
  return new AppError('input.invalid', { step: 'pool.create', fields: field }, { message })
}

function outputFrom(pool: Pool, input: Form): OutputOf<'pool.create'> {
  return { id: pool.id, name: pool.name, vmSize: pool.vmSize || input.vmSize, nodeAgentSku: pool.nodeAgentSku }
}
