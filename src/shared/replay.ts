import type { JournalEntry, RunState, RunSummary, StepState } from './run'
import { recipes, stepIds, type RecipeId, type StepId } from './terms'

/**
 * The state of a run: what its facts add up to, in the order they were written. A step whose last word is `started` was cut
 * off and shows as interrupted; the engine says `running` for the one it is working on. Facts about an unknown recipe or
 * without a first `run` fact give a state with empty names, never an exception.
 */
export function replay(entries: readonly JournalEntry[]): RunState {
  const state = emptyRun()
  for (const entry of entries) apply(state, entry)
  return state
}

/** Adds one fact to a state, in place. */
export function apply(state: RunState, entry: JournalEntry): void {
  state.updatedAt = entry.at
  if (entry.kind === 'run') {
    state.id = entry.id
    state.name = entry.name
    state.createdAt = entry.at
    if (Object.hasOwn(recipes, entry.recipe)) state.recipe = entry.recipe as RecipeId
  } else if (entry.kind === 'renamed') {
    state.name = entry.name
  } else {
    applyToStep(state, state.steps[entry.step], entry)
  }
}

/** The line of the home screen for a run that nothing is working on; `isRunning` is the engine's knowledge. */
export function summarize(state: RunState, isRunning: boolean): RunSummary {
  const steps = recipes[state.recipe]
  const isOver = (id: StepId) => ['done', 'skipped'].includes(state.steps[id].status)
  const open = steps.find((id) => !isOver(id)) ?? null
  const error = open ? state.steps[open].error : undefined
  const cloud = state.steps['connect.cloud'].input['cloud']
  return {
    id: state.id,
    name: state.name,
    recipe: state.recipe,
    cloud: typeof cloud === 'string' ? cloud : null,
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    step: open,
    status: statusOf(state, open, isRunning),
    done: steps.filter(isOver).length,
    total: steps.length,
    ...(error ? { error } : {}),
  }
}

function statusOf(state: RunState, open: StepId | null, isRunning: boolean): RunSummary['status'] {
  if (isRunning) return 'running'
  if (!open) return 'finished'
  const status = state.steps[open].status
  if (status === 'failed' || status === 'interrupted') return status
  return Object.values(state.steps).some((step) => step.attempts > 0) ? 'ready' : 'new'
}

type StepEntry = Exclude<JournalEntry, { kind: 'run' } | { kind: 'renamed' }>

function applyToStep(state: RunState, step: StepState, entry: StepEntry): void {
  switch (entry.kind) {
    case 'input':
      step.input = entry.input
      break
    case 'started':
      Object.assign(step, { status: 'interrupted', attempts: entry.attempt, startedAt: entry.at })
      clear(step, 'endedAt', 'error', 'reason')
      break
    case 'making':
      if (!state.resources.some((made) => made.id === entry.resource.id)) {
        state.resources.push({ ...entry.resource, step: entry.step, at: entry.at })
      }
      break
    case 'ticket':
      step.ticket = entry.value
      break
    case 'done':
      Object.assign(step, { status: 'done', output: entry.output, proof: entry.proof, endedAt: entry.at })
      clear(step, 'error', 'ticket')
      break
    case 'failed':
      Object.assign(step, { status: 'failed', error: entry.error, endedAt: entry.at })
      break
    case 'skipped':
      Object.assign(step, { status: 'skipped', reason: entry.reason, endedAt: entry.at })
      clear(step, 'error')
      break
    case 'reopened':
      step.status = 'todo'
      clear(step, 'output', 'endedAt', 'ticket', 'error')
      break
    case 'gone':
      state.resources = state.resources.filter((made) => made.id !== entry.id)
      break
  }
}

function clear(step: StepState, ...keys: ('output' | 'endedAt' | 'error' | 'reason' | 'ticket')[]) {
  for (const key of keys) delete step[key]
}

function emptyRun(): RunState {
  const steps = Object.fromEntries(
    stepIds.map((id): [StepId, StepState] => [id, { status: 'todo', input: {}, attempts: 0, proof: [] }]),
  ) as Record<StepId, StepState>
  return { id: '', recipe: 'from-disk', name: '', createdAt: '', updatedAt: '', steps, resources: [] }
}
