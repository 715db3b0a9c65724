import type { RunDetail } from '../../shared/contract'
import { percentOf, whenClosed } from '../../shared/progress'
import type { RunState, RunSummary } from '../../shared/run'
import { mayBeLeftOut, type StepId } from '../../shared/terms'
import { expectedTime, sizeOf, type Timing } from '../../shared/time-left'
import { dependents } from './attempt'
import type { AnyStep } from './step'
import { isUnseen, missing, type Busy } from './work'

export type DetailParts<Env> = {
  steps: readonly AnyStep<Env>[]
  /** The complete form of a step. */
  form(step: StepId): Record<string, unknown>
  work: Busy | undefined
  /** Where the run stopped for a person to see what a change does. */
  asks: NonNullable<RunDetail['asks']> | null
  /** How long steps took in other runs in this cloud. */
  history: readonly Timing[]
  /** How much faster than elsewhere the time of this cloud runs. */
  pace: number
}

/** Everything the window shows of one run. */
export function detailOf<Env>(state: RunState, parts: DetailParts<Env>): RunDetail {
  const { steps, work } = parts
  const forms = Object.fromEntries(steps.map(({ id }) => [id, parts.form(id)])) as RunDetail['forms']
  return {
    state,
    forms,
    open: steps.filter((step) => missing(step, state) === null).map(({ id }) => id),
    waiting: work?.tryNow ? work.step : null,
    running: work?.step && !work.tryNow ? running(work, work.step, steps) : null,
    removing: work?.isRemoving ? { progress: work.progress, startedAt: work.startedAt } : null,
    asks: parts.asks && isUnseen(state.steps[parts.asks.step]) ? parts.asks : null,
    leavesOut: leavesOut(state, steps),
    times: times(state, forms, parts),
  }
}

/** What the list says of a run that is being worked on. */
export function workSummary<Env>(
  work: Busy,
  steps: readonly AnyStep<Env>[],
): Pick<RunSummary, 'status' | 'step' | 'percent' | 'closing'> {
  const { step, progress } = work
  const percent = percentOf(progress)
  const closing = step ? running(work, step, steps).closing : work.isRemoving ? ('waits' as const) : undefined
  const status = work.tryNow ? 'waiting' : 'running'
  return { status, step, ...(percent === undefined ? {} : { percent }), ...(closing ? { closing } : {}) }
}

function running<Env>(work: Busy, step: StepId, steps: readonly AnyStep<Env>[]): NonNullable<RunDetail['running']> {
  const { progress, startedAt } = work
  return { step, progress, startedAt, closing: whenClosed(steps.find(({ id }) => id === step)?.closing, progress) }
}

/** For every step that may be left out: the later ones that then are left out as well, because they would need its result. */
function leavesOut<Env>(state: RunState, steps: readonly AnyStep<Env>[]): RunDetail['leavesOut'] {
  const leavable = steps.filter(({ id }) => mayBeLeftOut(state.recipe, id))
  return Object.fromEntries(
    leavable.map(({ id }) => [id, dependents(steps, id).filter((other) => state.steps[other].status !== 'done')]),
  )
}

function times<Env>(
  state: RunState,
  forms: RunDetail['forms'],
  { steps, history, pace }: DetailParts<Env>,
): RunDetail['times'] {
  const expected = (step: AnyStep<Env>) => {
    const form = forms[step.id]
    return expectedTime(step.id, sizeOf(step.id, state, form), history, (usualMinutes(step, form) * 60) / pace)
  }
  return Object.fromEntries(steps.map((step) => [step.id, expected(step)]))
}

/** What a step says of itself; a form that is not complete yet may leave it without an answer. */
export function usualMinutes<Env>(step: AnyStep<Env>, form: Record<string, unknown>): number {
  try {
    return step.describe(step.parse(form)).minutes
  } catch {
    return 1
  }
}
