import type { Cancellation, JournalEntry, MadeResource, RunState, StepState } from './run'
import { isUnneeded } from './needs'
import { isSameResource, stepIds, type StepId } from './terms'

/**
 * The state of a run from its journal; pure. A step without an end was running when the app died: it is `interrupted`. Throws
 * when the first entry does not tell which run this is, so callers check that the list is not empty.
 */
export function replay(entries: readonly JournalEntry[]): RunState {
  const [first, ...rest] = entries
  if (first?.kind !== 'run') throw new Error('a journal begins with its run')
  return interrupted(rest.reduce(applyEntry, withoutUnneeded(emptyRun(first))))
}

/** The state after one more fact. Leaves a running step running: only a reader who knows that nobody works on it may doubt it. */
export function applyEntry(state: RunState, entry: JournalEntry): RunState {
  return withoutUnneeded(passedOver(applied(state, entry)))
}

function applied(state: RunState, entry: JournalEntry): RunState {
  const next = { ...state, updatedAt: entry.at }
  switch (entry.kind) {
    case 'run':
      return next
    case 'renamed':
      return { ...next, name: entry.name }
    case 'making':
      return withResource(next, entry)
    case 'changed':
      return agreedTo({ ...next, resources: state.resources.map((resource) => withUse(resource, entry)) }, entry.step)
    case 'gone':
      return withoutResource(next, entry.id)
    case 'cancelling':
      return cancelling(next, entry)
    case 'stuck':
      return withCancellation(next, ({ left }) => ({
        left: [...left.filter(({ id }) => !isSameThing(id, entry.id)), { id: entry.id, error: entry.error }],
      }))
    case 'cancelled':
      return withCancellation(next, () => ({ endedAt: entry.at }))
    case 'done':
      return withSteps(withStep(next, entry.step, changed(state.steps[entry.step], entry)), entry.outdates ?? [])
    case 'input':
    case 'started':
    case 'ticket':
    case 'failed':
    case 'queued':
    case 'paused':
    case 'skipped':
      return withStep(next, entry.step, changed(state.steps[entry.step], entry))
  }
}

/** Every step marked as running becomes interrupted: what a reader sees when nobody works on the run. */
export function interrupted(state: RunState): RunState {
  const running = stepIds.filter((step) => state.steps[step].status === 'running')
  return running.reduce((next, step) => withStep(next, step, { ...next.steps[step], status: 'interrupted' }), state)
}

/** Steps that came later than the journals of older versions, each with one that since then does not begin without it. */
const addedSteps = [['prepare.preflight', 'prepare.account']] as const

/**
 * A run that was past a step before there was that step is not unfinished: it counts as left out as long as what needs it now stays
 * done, and until a person performs it.
 */
function passedOver(state: RunState): RunState {
  return addedSteps.reduce((next, [added, needing]) => {
    const own = next.steps[added]
    // Whatever was begun, or left out by a person, has facts of its own.
    if (own.attempts > 0 || own.endedAt !== undefined) return next
    const { status: reached, edited } = next.steps[needing]
    const status = reached === 'done' && !edited ? 'skipped' : 'todo'
    return own.status === status ? next : withStep(next, added, { ...own, status })
  }, state)
}

/** Steps that forms can make needed again. */
const comingBack: ReadonlySet<StepId> = new Set(['prepare.storage', 'vm.restore'])

/** What the run does without counts as left out until its forms need it; only a person's own words say why a step was left out. */
function withoutUnneeded(state: RunState): RunState {
  return stepIds.reduce((next, step) => {
    const own = next.steps[step]
    if (isUnneeded(step, next)) {
      return own.status === 'todo' || own.status === 'failed'
        ? withStep(next, step, { ...own, status: 'skipped' })
        : next
    }
    const isBack = comingBack.has(step) && own.status === 'skipped' && own.reason === undefined
    return isBack ? withStep(next, step, { ...own, status: 'todo' }) : next
  }, state)
}

/** Equal as JSON: order of keys does not matter, a key that is undefined is not there. */
export function isSameData(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].every((key) => isSameData(left[key], right[key]))
}

function emptyRun(entry: JournalEntry & { kind: 'run' }): RunState {
  const steps = Object.fromEntries(
    stepIds.map((id): [StepId, StepState] => [id, { status: 'todo', input: {}, attempts: 0, proof: [] }]),
  ) as Record<StepId, StepState>
  const { id, recipe, name, at, copyOf } = entry
  return { id, recipe, name, createdAt: at, updatedAt: at, steps, resources: [], ...(copyOf ? { copyOf } : {}) }
}

type StepEntry = JournalEntry & {
  kind: 'input' | 'started' | 'ticket' | 'done' | 'failed' | 'queued' | 'paused' | 'skipped'
}

function changed(state: StepState, entry: StepEntry): StepState {
  switch (entry.kind) {
    case 'input':
      return entry.effective
        ? { ...without(state, 'agreed'), input: entry.input, performed: entry.input, edited: false }
        : {
            ...without(state, 'agreed'),
            input: entry.input,
            typed: entry.input,
            edited: isEdited(state, entry.input),
          }
    case 'started':
      return {
        ...without(state, 'error', 'endedAt', 'reason', 'percent'),
        status: 'running',
        attempts: entry.attempt,
        startedAt: entry.at,
        isWhole: beginsAnew.has(state.status),
      }
    case 'ticket':
      return { ...state, ticket: entry.value }
    case 'done':
      return { ...without(state, 'queue'), status: 'done', output: entry.output, proof: entry.proof, endedAt: entry.at }
    case 'failed':
      return { ...without(state, 'queue'), status: 'failed', error: entry.error, endedAt: entry.at, isWhole: false }
    case 'queued':
      return { ...state, status: 'waiting', error: entry.error, queue: queueOf(state, entry) }
    case 'paused':
      return {
        ...without(state, 'error', 'queue'),
        status: 'paused',
        endedAt: entry.at,
        isWhole: false,
        ...(entry.percent === undefined ? {} : { percent: entry.percent }),
      }
    case 'skipped':
      return {
        ...without(state, 'error', 'percent', 'queue'),
        status: 'skipped',
        reason: entry.reason,
        endedAt: entry.at,
      }
  }
}

/** A wait began when the cloud first did not answer, however often it was tried since. */
function queueOf(state: StepState, { host, rest, stopAfter, at }: JournalEntry & { kind: 'queued' }) {
  return { host, since: state.queue?.since ?? at, rest, ...(stopAfter ? { stopAfter } : {}) }
}

/** Whatever was interrupted, paused or has failed may have done a part already. */
const beginsAnew: ReadonlySet<StepState['status']> = new Set(['todo', 'done', 'skipped'])

function cancelling(state: RunState, entry: JournalEntry & { kind: 'cancelling' }): RunState {
  const before = state.cancelled
  const { alsoRemove } = entry
  const cancelled = { since: before?.since ?? entry.at, alsoRemove, removed: before?.removed ?? [], left: [] }
  return { ...state, cancelled }
}

function withCancellation(state: RunState, change: (before: Cancellation) => Partial<Cancellation>): RunState {
  return state.cancelled ? { ...state, cancelled: { ...state.cancelled, ...change(state.cancelled) } } : state
}

/** What is gone stays on the list of a run that was given up: people ask what became of it. */
function withoutResource(state: RunState, id: string): RunState {
  const isIt = (other: { id: string }) => isSameThing(other.id, id)
  const gone = state.resources.filter(isIt).map(({ id, what, keep }) => ({ id, what, keep }))
  const next = { ...state, resources: state.resources.filter((resource) => !isIt(resource)) }
  return withCancellation(next, ({ removed, left }) => ({
    removed: [...removed, ...gone],
    left: left.filter((one) => !isIt(one)),
  }))
}

/** Typing what the last attempt had anyway changes nothing. */
function isEdited({ performed }: StepState, typed: Record<string, unknown>): boolean {
  return performed !== undefined && Object.keys(typed).some((key) => !isSameData(typed[key], performed[key]))
}

function agreedTo(state: RunState, step: StepId): RunState {
  return withStep(state, step, { ...state.steps[step], agreed: true })
}

/** Back to what was typed: proposals are made anew from what the earlier step says now. The ticket stays, it describes the cloud. */
export function outdated(state: StepState): StepState {
  const rest = without(
    state,
    'output',
    'performed',
    'edited',
    'agreed',
    'error',
    'endedAt',
    'queue',
    'percent',
    'isWhole',
  )
  return { ...rest, status: 'todo', input: state.typed ?? {} }
}

function without<Key extends keyof StepState>(state: StepState, ...keys: Key[]): Omit<StepState, Key> {
  const rest = { ...state }
  for (const key of keys) delete rest[key]
  return rest
}

function withStep(state: RunState, step: StepId, changedStep: StepState): RunState {
  return { ...state, steps: { ...state.steps, [step]: changedStep } }
}

function withSteps(state: RunState, outdates: readonly StepId[]): RunState {
  return outdates.reduce((next, step) => withStep(next, step, outdated(next.steps[step])), state)
}

function withResource(state: RunState, entry: JournalEntry & { kind: 'making' }): RunState {
  const made = { ...entry.resource, step: entry.step, at: entry.at }
  const at = state.resources.findIndex(({ id }) => isSameThing(id, made.id))
  const known = state.resources[at]
  const resources = known ? state.resources.with(at, { ...made, at: known.at }) : [...state.resources, made]
  return { ...state, resources }
}

function withUse(resource: MadeResource, { unused }: JournalEntry & { kind: 'changed' }): MadeResource {
  const { unused: _before, ...rest } = resource
  const found = unused.find(({ id }) => isSameThing(id, resource.id))
  return found ? { ...rest, unused: found.remove ? 'remove' : 'stays' } : rest
}

/** Resource ids are equal in any case, URLs of blobs and paths of files are not. */
function isSameThing(a: string, b: string): boolean {
  return a === b || (/^\/?subscriptions\//i.test(a) && isSameResource(a, b))
}
