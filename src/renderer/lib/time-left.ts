import type { RunDetail } from '../../shared/contract'
import { leftOf, restOf, type Expected } from '../../shared/time-left'
import { recipes, type StepId } from '../../shared/terms'
import { clockText, fill, spanText, text } from './text.svelte'

/** Shorter waits are not worth a word. */
const worthSaying = 60

/** The short remark of a step that is still ahead: `~12 min`. */
export function timeNote(detail: RunDetail, step: StepId): string {
  const expected = detail.times[step]
  if (!expected || expected.seconds < worthSaying || detail.state.cancelled) return ''
  return fill(text.messages.runPage.time.note, { span: spanText(expected.seconds) })
}

/** What is known of the step that runs: how long is left, what is usual, and whether it is late. Empty while nobody can tell. */
export function runningTime(detail: RunDetail, now: number): string {
  const { running } = detail
  const words = text.messages.runPage.time
  // How long a person takes to sign in is nobody's to say.
  const found = running?.step === 'connect.signIn' ? null : left(detail, now)
  if (!found) return ''
  const { expected, seconds, isLate, comparedRuns } = found
  if (isLate) {
    const late = comparedRuns === 1 ? words.lateOne : fill(words.late, { n: comparedRuns })
    return `${late} · ${usual(expected)}`
  }
  // The form of an upload shows what its rate says.
  if (running?.progress?.upload) return expected.runs > 0 ? usual(expected) : ''
  const params = { left: spanText(Math.max(1, seconds)), ...range(expected) }
  if (seconds <= 0) return expected.runs > 0 ? usual(expected) : ''
  if (expected.runs === 0) return fill(words.unknown, { span: spanText(expected.seconds) })
  return isSpread(expected) ? fill(words.leftUsually, params) : fill(words.left, params)
}

/** How long everything takes that is still ahead: with the hour while the run works. */
export function restTime(detail: RunDetail, now: number): string {
  const words = text.messages.runPage.time
  const { state, times, running } = detail
  if (state.cancelled) return ''
  const step = running && { step: running.step, secondsLeft: left(detail, now)?.seconds ?? 0 }
  const seconds = restOf(recipes[state.recipe], state, times, step)
  if (seconds < worthSaying) return ''
  if (!running) return fill(words.restNotRunning, { left: spanText(seconds) })
  return fill(words.rest, { left: spanText(seconds), at: clockText(now + seconds * 1000) })
}

function left({ running, times }: RunDetail, now: number) {
  const expected = running && times[running.step]
  if (!running || !expected) return null
  const elapsed = (now - Date.parse(running.startedAt)) / 1000
  return { expected, ...leftOf(expected, elapsed, running.progress?.upload?.secondsLeft) }
}

function usual(expected: Expected): string {
  const words = text.messages.runPage.time
  return isSpread(expected)
    ? fill(words.usually, range(expected))
    : fill(words.usuallyAbout, { span: spanText(expected.seconds) })
}

function range({ low, high }: Expected): { low: string; high: string } {
  return { low: spanText(low), high: spanText(high) }
}

function isSpread(expected: Expected): boolean {
  const { low, high } = range(expected)
  return low !== high
}
