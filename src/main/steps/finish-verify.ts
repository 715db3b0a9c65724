import { AppError } from '../../shared/errors'
import type { OutputOf } from '../../shared/outputs'
import { isSameResource } from '../../shared/terms'
import type { Cloud } from '../azure/cloud'
import { getVersion } from '../azure/image-versions'
import { listNodes } from '../azure/nodes'
import { getPool } from '../azure/pools'
import type { ImageSource, Look, Seen } from './image-source'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

type Check = OutputOf<'finish.verify'>['checks'][number]

/** Items S56 and S57 of the article: looks once more, in the cloud, whether everything hangs together. */
export const finishVerifyOf = (from: ImageSource): RunStep<'finish.verify'> => ({
  id: 'finish.verify',
  requires: ['prepare.account', ...from.toldBy, ...from.broughtBy, 'image.version', 'pool.create', 'pool.canary'],
  parse: (input) => parseForm('finish.verify', input),
  describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
  check: () => Promise.resolve({ is: 'todo' }),
  async run(tools) {
    const cloud = await tools.cloud()
    const checks: Check[] = []
    const looks = [...from.looks, ...commonLooks(from)]
    for (const [index, [id, look]] of looks.entries()) {
      tools.progress({ done: index, total: looks.length, unit: 'steps' })
      checks.push({ id, ...(await look(tools, cloud)) })
    }
    const failed = checks.filter(({ ok }) => !ok)
    if (failed.length) {
      const message = failed.map(({ id, detail }) => `${id}: ${detail}`).join('\n')
      throw new AppError('verify.failed', { checks: failed.map(({ id }) => id).join(', ') }, { message })
    }
    return { checks }
  },
})

function commonLooks(from: ImageSource): [string, Look][] {
  return [
    ['versionState', versionState],
    ['versionSource', (tools, cloud) => versionSource(tools, cloud, from)],
    ['poolImage', poolImage],
    ['nodeIdle', nodeIdle],
  ]
}

async function versionState(tools: Tools, cloud: Cloud): Promise<Seen> {
  const version = await getVersion(cloud, outputOf(tools, 'image.version').id, tools.signal)
  const ok = version?.state === 'Succeeded' && version.replication === 'Completed'
  return { ok, detail: version ? `${version.state}, ${version.replication}` : 'none' }
}

async function versionSource(tools: Tools, cloud: Cloud, from: ImageSource): Promise<Seen> {
  const version = await getVersion(cloud, outputOf(tools, 'image.version').id, tools.signal)
  return { ok: version !== null && from.isSourceOf(tools, version), detail: version?.source || 'none' }
}

async function poolImage(tools: Tools, cloud: Cloud): Promise<Seen> {
  const pool = await getPool(cloud, outputOf(tools, 'pool.create').id, tools.signal)
  const image = pool?.image.kind === 'gallery' ? pool.image.id : ''
  return {
    ok: isSameResource(image, outputOf(tools, 'image.version').id),
    detail: image || (pool?.image.kind ?? 'none'),
  }
}

async function nodeIdle(tools: Tools, cloud: Cloud): Promise<Seen> {
  const canary = outputOf(tools, 'pool.canary')
  const { endpoint } = outputOf(tools, 'prepare.account')
  const nodes = await listNodes(cloud, endpoint, outputOf(tools, 'pool.create').name, tools.signal)
  const working = nodes.find(({ state }) => state === 'idle' || state === 'running')
  // Scaled to zero there is nothing to look at: the first node was idle before.
  if (!working && canary.dedicated + canary.spot === 0) return { ok: true, detail: `${canary.node}: ${canary.state}` }
  const detail = nodes.map(({ id, state }) => `${id}: ${state}`).join(', ') || 'none'
  return { ok: working !== undefined, detail }
}
