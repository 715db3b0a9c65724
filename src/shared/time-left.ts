import type { OutputOf } from './outputs'
import type { RunState } from './run'
import { stepIds, type StepId } from './terms'

/** How long one step took from beginning to end in one run. */
export type Timing = {
  step: StepId
  seconds: number
  /** What the time grows with: GiB of the disk for an upload, regions of an image version, 1 for everything else. */
  size: number
  /** When it ended; ISO 8601. */
  at: string
}

/** How long a step takes, in seconds. */
export type Expected = {
  /** Median of what it took, or what the step itself says where nobody has done it yet. */
  seconds: number
  low: number
  high: number
  /** The longest of the runs counted last. */
  longest: number
  /** How many runs this is drawn from; 0 where it is only what the step says. */
  runs: number
}

/** A person's line, disks and region change over the months: what was long ago no longer counts. */
const remembered = 20
/** How many runs a person is told of when one takes longer. */
const compared = 5
const gibibyte = 1024 ** 3

/** What a run teaches about the next: its steps that were done in one go. Pure, so a journal that was replayed gives the same. */
export function timingsOf(state: RunState): Timing[] {
  return stepIds.flatMap((step): Timing[] => {
    const { status, isWhole, startedAt, endedAt } = state.steps[step]
    if (status !== 'done' || !isWhole || !startedAt || !endedAt) return []
    const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000
    // A clock that was set back teaches nothing.
    return seconds >= 0 ? [{ step, seconds, size: sizeOf(step, state), at: endedAt }] : []
  })
}

/** What the time of a step grows with, from its result or, before that, from what earlier steps found and the form says. */
export function sizeOf(step: StepId, state: RunState, form: Record<string, unknown> = state.steps[step].input): number {
  if (step === 'disk.upload') {
    const found = state.steps['disk.inspect'].output as Partial<OutputOf<'disk.inspect'>> | undefined
    return (found?.uploadBytes ?? 0) / gibibyte || 1
  }
  const { regions } = form
  return step === 'image.version' && Array.isArray(regions) ? Math.max(1, regions.length) : 1
}

/**
 * How long a step of this size will take, from what it took in earlier runs in the same cloud. `otherwiseSeconds`: what the step
 * itself says, for a step that nobody has finished there.
 */
export function expectedTime(
  step: StepId,
  size: number,
  history: readonly Timing[],
  otherwiseSeconds: number,
): Expected {
  const own = history.filter((timing) => timing.step === step).sort((a, b) => b.at.localeCompare(a.at))
  const alike = step === 'image.version' ? likeliest(own, size) : own
  const times = alike
    .slice(0, remembered)
    .map((one) => (step === 'disk.upload' ? (one.seconds / one.size) * size : one.seconds))
  if (times.length === 0) {
    const seconds = otherwiseSeconds
    return { seconds, low: seconds, high: seconds, longest: seconds, runs: 0 }
  }
  const sorted = times.toSorted((a, b) => a - b)
  return {
    seconds: quantile(sorted, 0.5),
    low: quantile(sorted, times.length < compared ? 0 : 0.2),
    high: quantile(sorted, times.length < compared ? 1 : 0.8),
    longest: Math.max(...times.slice(0, compared)),
    runs: times.length,
  }
}

/** What is known of a step that runs: how long is left, and whether it takes longer than it ever did lately. */
export function leftOf(
  expected: Expected,
  elapsedSeconds: number,
  measuredSeconds?: number | null,
): { seconds: number; isLate: boolean; comparedRuns: number } {
  const isLate = expected.runs > 0 && elapsedSeconds > expected.longest
  const seconds = measuredSeconds ?? Math.max(0, expected.seconds - elapsedSeconds)
  return { seconds, isLate, comparedRuns: Math.min(compared, expected.runs) }
}

/** Seconds until the last of `order` is done, when nothing has to wait for a person. */
export function restOf(
  order: readonly StepId[],
  state: RunState,
  times: Partial<Record<StepId, Expected>>,
  running: { step: StepId; secondsLeft: number } | null,
): number {
  const isAhead = (step: StepId) => !['done', 'skipped'].includes(state.steps[step].status) && step !== running?.step
  const ahead = order.filter(isAhead).reduce((sum, step) => sum + (times[step]?.seconds ?? 0), 0)
  return ahead + (running?.secondsLeft ?? 0)
}

/** Regions are copied side by side, so the same number of them is compared where there is such a run. */
function likeliest(timings: readonly Timing[], size: number): readonly Timing[] {
  const same = timings.filter((timing) => timing.size === size)
  return same.length > 0 ? same : timings
}

/** Between the two neighbours, as spreadsheets do it. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)]!
  const above = sorted[Math.ceil(at)]!
  return below + (above - below) * (at - Math.floor(at))
}
