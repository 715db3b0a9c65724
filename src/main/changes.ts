import type { ConsequencesView } from '../shared/contract'
import { consequencesOf, unusedAfter } from '../shared/consequences'
import { costOf } from '../shared/costs'
import { formsOf } from '../shared/proposals'
import type { RunState } from '../shared/run'
import type { StepId } from '../shared/terms'
import { dependents } from './engine/attempt'
import { usualMinutes } from './engine/detail'
import { stepIn } from './engine/work'
import { stepRecipes } from './steps/index'

type Form = Record<string, unknown>

/** What changing the form of a step would do to a run; pure. */
export function consequencesIn(state: RunState, step: StepId, input: Form): ConsequencesView {
  const { again, things } = consequencesOf(state, step, input, dependents(stepRecipes[state.recipe], step))
  return {
    again: again.map((id) => ({ step: id, minutes: minutesOf(state, id) })),
    things: things.map((thing) => ({ ...thing, isCosting: thing.fate === 'unused' && costOf(thing.what) !== null })),
  }
}

/** Whether the change that a finished step's form holds does anything to what was made or done after it. */
export function hasConsequences(state: RunState, step: StepId): boolean {
  const { again, things } = consequencesIn(state, step, state.steps[step].typed ?? {})
  return again.length > 0 || things.some(({ fate }) => fate !== 'reused')
}

/** What the run makes no use of after the change; `remove`: ids that a person wants gone. */
export function unusedIn(
  state: RunState,
  step: StepId,
  input: Form,
  remove: readonly string[],
): { id: string; remove: boolean }[] {
  const unused = unusedAfter(state, step, input, dependents(stepRecipes[state.recipe], step))
  return unused.map((resource) => ({
    id: resource.id,
    remove: remove.includes(resource.id) || resource.unused === 'remove',
  }))
}

function minutesOf(state: RunState, id: StepId): number {
  return usualMinutes(stepIn(stepRecipes[state.recipe], id), formsOf(state)(id))
}
