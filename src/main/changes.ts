import type { ConsequencesView } from '../shared/contract'
import { consequencesOf, unusedAfter } from '../shared/consequences'
import { formsOf } from '../shared/proposals'
import type { RunState } from '../shared/run'
import type { StepId } from '../shared/terms'
import { dependents } from './engine/attempt'
import { stepRecipes } from './steps/index'

type Form = Record<string, unknown>
/** Kinds that are billed for as long as they are there. */
const costing = new Set(['pool', 'image version', 'page blob', 'storage account'])

/** What changing the form of a step would do to a run; pure. */
export function consequencesIn(state: RunState, step: StepId, input: Form): ConsequencesView {
  const { again, things } = consequencesOf(state, step, input, dependents(stepRecipes[state.recipe], step))
  return {
    again: again.map((id) => ({ step: id, minutes: minutesOf(state, id) })),
    things: things.map((thing) => ({ ...thing, isCosting: thing.fate === 'unused' && costing.has(thing.what) })),
  }
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
  const step = stepRecipes[state.recipe].find((one) => one.id === id)
  try {
    return step ? step.describe(step.parse(formsOf(state)(id))).minutes : 1
  } catch {
    // A form that is not complete yet says nothing about its time.
    return 1
  }
}
