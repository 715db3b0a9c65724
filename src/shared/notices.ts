import type { RunSummary } from './run'
import type { StepId } from './terms'

/** What a person is told of a run while the window is not in front. */
export type Notice = {
  kind: 'finished' | 'failed' | 'person' | 'cancelled' | 'cancelledLeft'
  step: StepId | null
  left: number
}

/** What the task bar shows: `share` from 0 to 1, or -1 for nothing. */
export type TaskBar = { share: number; mode: 'none' | 'normal' | 'indeterminate' | 'paused' | 'error' }

/** What to tell when a run changed from one line of the list to the next; null while it works, or when a person stopped it. */
export function noticeOf(before: RunSummary | undefined, now: RunSummary): Notice | null {
  if (!before || !isAtWork(before) || isAtWork(now)) return null
  const left = now.left ?? 0
  const notice = (kind: Notice['kind']): Notice => ({ kind, step: now.step, left })
  switch (now.status) {
    case 'finished':
      return notice('finished')
    case 'failed':
      return now.error?.code === 'cancelled' ? null : notice('failed')
    case 'ready':
      return notice('person')
    case 'cancelled':
      return notice(left > 0 ? 'cancelledLeft' : 'cancelled')
    default:
      return null
  }
}

export function isAtWork({ status }: Pick<RunSummary, 'status'>): boolean {
  return status === 'running' || status === 'waiting'
}

/** How many runs do not go on without a person. */
export function needingPerson(runs: readonly RunSummary[]): number {
  return runs.filter(waitsForPerson).length
}

/** It does not go on by itself, or something that a person wanted gone is still there. */
export function waitsForPerson({ status, left }: Pick<RunSummary, 'status' | 'left'>): boolean {
  return ['ready', 'failed', 'interrupted', 'cancelling'].includes(status) || (status === 'cancelled' && left !== 0)
}

/** Work first; then what stopped of the runs named in `worked`, until somebody has looked. */
export function taskBarOf(runs: readonly RunSummary[], worked: ReadonlySet<string>): TaskBar {
  const working = runs.filter(isAtWork)
  const shares = working.flatMap(({ percent }) => (percent === undefined ? [] : [percent / 100]))
  const mean = shares.reduce((sum, share) => sum + share, 0) / (shares.length || 1)
  if (working.length > 0) {
    if (working.every(({ status }) => status === 'waiting')) return { share: 1, mode: 'paused' }
    return shares.length > 0 ? { share: mean, mode: 'normal' } : { share: 1, mode: 'indeterminate' }
  }
  const stopped = runs.filter(({ id }) => worked.has(id))
  const failed = stopped.find(({ status, error }) => status === 'failed' && error?.code !== 'cancelled')
  if (failed) return { share: 1, mode: 'error' }
  const paused = stopped.find(({ status }) => status === 'paused')
  return paused ? { share: (paused.percent ?? 100) / 100, mode: 'paused' } : { share: -1, mode: 'none' }
}
