import type { Progress, WhenClosed } from './run'

/** How far the running step is, in whole percent; undefined while nobody can tell. */
export function percentOf(progress: Progress | null | undefined): number | undefined {
  if (!progress || progress.unit === 'polls' || progress.total <= 0) return undefined
  return Math.min(100, Math.floor((progress.done / progress.total) * 100))
}

/**
 * What closing the app means right now. A step that Azure carries on counts as such only while the app does nothing but ask how far
 * it is: before that the request may not have arrived.
 */
export function whenClosed(closing: WhenClosed | undefined, progress: Progress | null): WhenClosed {
  if (closing !== 'goesOn') return closing ?? 'again'
  return progress?.unit === 'polls' || progress?.unit === 'percent' ? 'goesOn' : 'waits'
}
