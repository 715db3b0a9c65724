import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import type { Cloud } from '../azure/cloud'
import { failureOf } from '../azure/errors'
import { getVersion } from '../azure/image-versions'
import { listNodes, type Node } from '../azure/nodes'
import { getPool, resizePool, type Pool } from '../azure/pools'
import { waitFor } from '../azure/wait'
import { polling } from './making'
import type { ImageSource } from './image-source'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

type Form = Inputs['pool.canary']
type Look = { pool: Pool | null; node: Node | null }

/** Batch gives up an allocation after 15 minutes by itself; starting the system and the agent comes on top. */
const nodeLimitMs = 45 * 60_000
const good = new Set(['idle', 'running'])
const bad = new Set(['unusable', 'starttaskfailed', 'offline', 'unknown'])

/** The first node decides: idle means that the image works. Then the pool grows to what is wanted. */
export const poolCanaryOf = (from: ImageSource): RunStep<'pool.canary'> => ({
  id: 'pool.canary',
  requires: ['prepare.account', ...from.toldBy, 'pool.create'],
  closing: 'goesOn',
  parse: (input) => parseForm('pool.canary', input),
  describe: (input) => ({ minutes: 10, cost: input.dedicated + input.spot > 0 ? 'running' : 'low', makes: [] }),
  check: () => Promise.resolve({ is: 'todo' }),
  async run(tools, input) {
    const cloud = await tools.cloud()
    await askAgain(tools, cloud)
    const node = await firstNode(tools, cloud, from)
    const { dedicated, spot } = await grow(tools, cloud, input)
    return { ...outcome(tools, node), dedicated, spot }
  },
})

/** A resize that stopped with an error stays stopped: a second attempt has to ask for the node again. */
async function askAgain(tools: Tools, cloud: Cloud): Promise<void> {
  const { id } = outputOf(tools, 'pool.create')
  const { node, pool } = await look(tools, cloud, tools.signal)
  if (!pool) throw new AppError('cloud.not-found', { kind: 'pool', name: outputOf(tools, 'pool.create').name })
  if (pool.allocationState !== 'Steady' || node) return
  if (pool.resizeErrors.length || pool.targetDedicated === 0) {
    await resizePool(cloud, id, { dedicated: 1, spot: 0 }, tools.signal)
  }
}

async function firstNode(tools: Tools, cloud: Cloud, from: ImageSource): Promise<Node> {
  const { name } = outputOf(tools, 'pool.create')
  const found = await waitFor((signal) => look(tools, cloud, signal), isDecided, {
    signal: tools.signal,
    limitMs: nodeLimitMs,
    seam: cloud.seam,
    onRead: polling(tools, (seen: Look | null) => ({ key: waitedFor(seen), params: { name } })),
  }).catch((error: unknown) => {
    const isTimeout = error instanceof AppError && error.code === 'cloud.timeout'
    throw isTimeout ? new AppError('pool.node-timeout', { name, minutes: nodeLimitMs / 60_000 }) : error
  })
  await assertAllocated(tools, cloud, found.pool)
  return assertGood(tools, from, found.node)
}

async function look(tools: Tools, cloud: Cloud, signal: AbortSignal): Promise<Look> {
  const { id, name } = outputOf(tools, 'pool.create')
  const pool = await getPool(cloud, id, signal)
  if (!pool) return { pool, node: null }
  const nodes = await listNodes(cloud, outputOf(tools, 'prepare.account').endpoint, name, signal)
  return { pool, node: nodes.find(({ state }) => good.has(state)) ?? nodes[0] ?? null }
}

function waitedFor(seen: Look | null): 'allocation' | 'node' | 'startTask' {
  if (!seen?.node || seen.node.state === 'creating') return 'allocation'
  return seen.node.state === 'waitingforstarttask' ? 'startTask' : 'node'
}

function isDecided({ pool, node }: Look): boolean {
  if (!pool) return true
  if (node && (good.has(node.state) || bad.has(node.state))) return true
  return pool.allocationState === 'Steady' && pool.resizeErrors.length > 0
}

async function assertAllocated(tools: Tools, cloud: Cloud, pool: Pool | null): Promise<void> {
  const { name, vmSize } = outputOf(tools, 'pool.create')
  if (!pool) throw new AppError('cloud.gone', { kind: 'pool', name })
  const first = pool.resizeErrors[0]
  if (pool.allocationState !== 'Steady' || !first) return
  const { region } = outputOf(tools, 'prepare.account')
  const failure = failureOf({ error: first }, 'pool.resize-failed', { name, size: vmSize, region })
  // Compute says the same of an image that is not in the region and of one that is nowhere any more.
  const imageId = failure.code === 'image.no-replica' && pool.image.kind === 'gallery' ? pool.image.id : null
  const isGone = imageId !== null && (await getVersion(cloud, imageId, tools.signal)) === null
  throw isGone ? new AppError('image.gone', { image: failure.params['version'] ?? '' }, failure.details) : failure
}

function assertGood(tools: Tools, from: ImageSource, node: Node | null): Node {
  const { name, nodeAgentSku } = outputOf(tools, 'pool.create')
  if (!node) throw new AppError('pool.node-timeout', { name, minutes: nodeLimitMs / 60_000 })
  if (good.has(node.state)) return node
  const causes = node.errors.map(({ code, message }) => `${code}: ${message}`).join('\n')
  const details = { ...(node.errors[0] ? { serviceCode: node.errors[0].code } : {}), message: causes || node.state }
  if (node.state === 'starttaskfailed') {
    const exitCode = node.startTask?.exitCode ?? ''
    throw new AppError('pool.start-task-failed', { node: node.id, name, exitCode }, details)
  }
  const os = from.unfitFor(tools, nodeAgentSku)
  if (os !== null) throw new AppError('pool.wrong-agent', { node: node.id, agent: nodeAgentSku, os }, details)
  throw new AppError('pool.node-unusable', { node: node.id, name, state: node.state }, details)
}

/** Only the numbers: the first node is good, the others are made from the same copy. */
async function grow(tools: Tools, cloud: Cloud, input: Form): Promise<{ dedicated: number; spot: number }> {
  const { id, name } = outputOf(tools, 'pool.create')
  const now = await getPool(cloud, id, tools.signal)
  const isWanted = now?.targetDedicated === input.dedicated && now.targetSpot === input.spot
  if (!isWanted) await resizePool(cloud, id, input, tools.signal)
  const settled = await waitFor(
    (signal) => getPool(cloud, id, signal),
    (pool) => pool?.allocationState === 'Steady',
    {
      signal: tools.signal,
      limitMs: nodeLimitMs,
      seam: cloud.seam,
      onRead: polling(tools, () => ({ key: 'resize', params: { name } })),
    },
  )
  await assertAllocated(tools, cloud, settled)
  return { dedicated: input.dedicated, spot: input.spot }
}

function outcome(tools: Tools, node: Node): Omit<OutputOf<'pool.canary'>, 'dedicated' | 'spot'> {
  const made = tools.history().steps['pool.create'].endedAt ?? tools.now().toISOString()
  const seconds = Math.max(0, Math.round((tools.now().getTime() - Date.parse(made)) / 1000))
  return { node: node.id, state: node.state, secondsToIdle: seconds }
}
