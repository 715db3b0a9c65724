import type { InventoryPool, PoolState } from '../../../shared/inventory'
import { fill, numberText, text } from '../../lib/text.svelte'

/** Numbers of nodes as one reads them: `40 + 120 Spot`, `0 of 50`, `12`. */
export function nodesText(pool: InventoryPool): string {
  const words = text.messages.pools
  const { dedicated, spot, targetDedicated, targetSpot } = pool
  const wanted = targetDedicated + targetSpot
  if (pool.state !== 'steady' && wanted !== dedicated + spot) {
    return fill(words.nodesOf, { now: numberText(dedicated + spot), wanted: numberText(wanted) })
  }
  if (spot > 0) return fill(words.nodesSpot, { dedicated: numberText(dedicated), spot: numberText(spot) })
  return fill(words.nodesNow, { n: numberText(dedicated) })
}

export function imageName(pool: InventoryPool): string {
  return pool.image.label || text.messages.pools.unnamedImage
}

export const stateLooks: Record<PoolState, 'ok' | 'plain' | 'bad'> = {
  steady: 'ok',
  resizing: 'plain',
  stopping: 'plain',
  autoscale: 'plain',
  resizeFailed: 'bad',
  cannotGrow: 'bad',
  dead: 'bad',
  deleting: 'plain',
}
