import type { RunDetail } from '../../shared/contract'
import type { OutputOf } from '../../shared/outputs'
import type { StepId } from '../../shared/terms'

/** What a step left behind, or undefined while it has not run. */
export function outputOf<Id extends StepId>(detail: RunDetail, step: Id): OutputOf<Id> | undefined {
  const state = detail.state.steps[step]
  return state.status === 'done' ? (state.output as OutputOf<Id>) : undefined
}
