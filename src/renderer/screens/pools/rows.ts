import type { InventoryPool } from '../../../shared/inventory'

export type Column = 'pool' | 'image' | 'kind' | 'nodes' | 'state'
export type Sort = { column: Column; isDescending: boolean }
export type Filter = { text: string; kind: string; state: string; account: string }
export const noFilter: Filter = { text: '', kind: '', state: '', account: '' }

/** Whether a pool fits: every word of the text in its name, image, account or kind, and each choice that was made. */
export function fits(pool: InventoryPool, filter: Filter, words: { kind: string; state: string }): boolean {
  const all = [pool.name, pool.image.label, pool.accountName, words.kind, words.state, pool.vmSize]
    .join(' ')
    .toLowerCase()
  const isNamed = filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
  const isChosen = (choice: string, value: string) => choice === '' || choice === value
  return (
    isNamed &&
    isChosen(filter.kind, pool.kind) &&
    isChosen(filter.state, pool.state) &&
    isChosen(filter.account, pool.account)
  )
}

/** Compares by what the column shows; equal ones by account and name, so that the order never depends on chance. */
export function compare(
  a: InventoryPool,
  b: InventoryPool,
  { column, isDescending }: Sort,
  shown: (pool: InventoryPool) => string,
): number {
  const by = column === 'nodes' ? a.dedicated + a.spot - (b.dedicated + b.spot) : shown(a).localeCompare(shown(b))
  const rest = a.name.localeCompare(b.name) || a.key.localeCompare(b.key)
  return (isDescending ? -by : by) || rest
}
