import { applyEntry, outdated } from './replay'
import { formsOf } from './proposals'
import type { MadeResource, RunState } from './run'
import { stepIds, type StepId } from './terms'
import { isThing, occupies, thingsOf, type Thing } from './things'

/**
 * What becomes of something that was made. `reused`: stays and is used again. `overwritten`: stays, with other content. `inTheWay`:
 * has the name that the new thing shall get, so another name is needed. `unused`: stays, but this run uses it no more.
 */
export type Fate = 'reused' | 'overwritten' | 'inTheWay' | 'unused'
export type Consequences = {
  /** Later finished steps that are done again. */
  again: StepId[]
  things: { id: string; what: string; step: StepId; fate: Fate; isLeaving: boolean }[]
}

/**
 * What changing the form of a step does to a run: pure, from the recipe's `dependents` of the step, the journal and the changed
 * form. Nobody was asked, so what the new answers of the cloud will be is not in it.
 */
export function consequencesOf(
  state: RunState,
  step: StepId,
  input: Record<string, unknown>,
  dependents: readonly StepId[],
): Consequences {
  const after = afterChange(state, step, input, dependents)
  const form = formsOf(after)
  const planned = stepIds.flatMap((id) => thingsOf(id, form, after))
  const touched = new Set<StepId>([step, ...dependents])
  return {
    again: dependents.filter((id) => isBegun(state, id)),
    things: state.resources
      .filter((resource) => touched.has(resource.step))
      .map((resource) => ({
        id: resource.id,
        what: resource.what,
        step: resource.step,
        fate: fateOf(resource, planned),
        isLeaving: !resource.keep || resource.unused === 'remove',
      })),
  }
}

/** Everything the run makes no use of once the change is made, also from changes before. */
export function unusedAfter(
  state: RunState,
  step: StepId,
  input: Record<string, unknown>,
  dependents: readonly StepId[],
): MadeResource[] {
  const after = afterChange(state, step, input, dependents)
  const form = formsOf(after)
  const planned = stepIds.flatMap((id) => thingsOf(id, form, after))
  return state.resources.filter((resource) => fateOf(resource, planned) === 'unused')
}

/** The state with the form changed and everything after it still to be done. */
function afterChange(
  state: RunState,
  step: StepId,
  input: Record<string, unknown>,
  dependents: readonly StepId[],
): RunState {
  const typed = applyEntry(state, { v: 1, seq: 0, at: state.updatedAt, kind: 'input', step, input })
  const { output: _stale, ...changed } = typed.steps[step]
  const steps = { ...typed.steps, [step]: changed }
  for (const id of dependents) {
    // What a step found before is the best guess at what it will find again.
    if (isBegun(state, id)) steps[id] = { ...outdated(typed.steps[id]), output: state.steps[id].output }
  }
  return { ...typed, steps }
}

function isBegun(state: RunState, step: StepId): boolean {
  return state.steps[step].status !== 'todo' && state.steps[step].status !== 'skipped'
}

function fateOf(resource: MadeResource, planned: readonly Thing[]): Fate {
  // What no step plans by itself is none of this run's forms' business: it is used as it was.
  if (!planned.some(({ what }) => what === resource.what)) return isPlannable(resource.what) ? 'unused' : 'reused'
  if (planned.some((thing) => isThing(resource, thing))) return 'reused'
  if (!planned.some((thing) => occupies(resource, thing))) return 'unused'
  return ['page blob', 'block blob', 'managed disk'].includes(resource.what) ? 'overwritten' : 'inTheWay'
}

/** Kinds that a step makes only in one of its modes. */
function isPlannable(what: string): boolean {
  return [
    'Batch account',
    'storage account',
    'container',
    'page blob',
    'block blob',
    'managed disk',
    'snapshot',
    'gallery',
  ].includes(what)
}
