import { AppError, outages, toErrorData, type ErrorData } from '../../shared/errors'
import { isSameData } from '../../shared/replay'
import type { Fact, Progress, Proof, RunState } from '../../shared/run'
import type { StepId } from '../../shared/terms'
import { cleanUp } from './clean-up'
import type { Session } from './session'
import type { AnyStep, EngineTools } from './step'

/** How an attempt ended. `closed`: the program is leaving; the step stays interrupted and is picked up at the next start. */
export type AttemptEnd =
  { is: 'done' | 'closed' | 'paused' } | { is: 'failed' | 'blocked' | 'cancelled'; error: ErrorData }
/** The cloud did not answer, and the step is queued. */
export type Queued = { is: 'waiting'; error: ErrorData }
/** What goes on once a step is done: nothing, or what follows it up to `stopAfter`. */
export type Goal = { rest: boolean; stopAfter?: StepId }

export type AttemptContext<Env> = {
  session: Session
  steps: readonly AnyStep<Env>[]
  signal: AbortSignal
  now(): Date
  environment(run: string): Env | Promise<Env>
  takeProof(run: string): Proof[]
  onProgress(progress: Progress): void
  /** What goes on when the cloud answers again; null where a step fails instead of waiting for that. */
  queue: Goal | null
  /** true once the program is leaving. */
  isClosing(): boolean
  /** true once a person asked to stop for now. */
  isPausing(): boolean
  /** How far the running step is, percent; undefined while nobody can tell. */
  percent(): number | undefined
}

const ticketMs = 1000

/** Writes that a step begins, with the form it is performed with. What follows is `finishAttempt`. */
export async function beginAttempt<Env>(
  { session }: AttemptContext<Env>,
  step: AnyStep<Env>,
  effective: Record<string, unknown>,
): Promise<void> {
  const { performed, edited, attempts } = session.state().steps[step.id]
  if (edited || !isSameData(performed, effective)) {
    await session.append({ kind: 'input', step: step.id, input: effective, effective: true })
  }
  await session.append({ kind: 'started', step: step.id, attempt: attempts + 1 })
}

/**
 * Checks, runs or resumes a step that was begun, and writes down how it ended. `before` = the step's state before it began.
 * Never throws.
 */
export async function finishAttempt<Env>(
  context: AttemptContext<Env>,
  step: AnyStep<Env>,
  before: RunState['steps'][StepId],
): Promise<AttemptEnd | Queued> {
  const { session, signal } = context
  const tickets = ticketBox((value) => session.append({ kind: 'ticket', step: step.id, value }))
  try {
    context.takeProof(session.id)
    const tools = await toolsFor(context, step.id, tickets.put)
    const input: unknown = step.parse(session.state().steps[step.id].input)
    const result = await carriedOut(step, tools, input, before)
    if ('blocked' in result) return await ended(context, step.id, 'blocked', result.blocked)
    await session.append(doneFact(context, step.id, result.output))
    return { is: 'done' }
  } catch (error) {
    await tickets.flush().catch(() => undefined)
    if (signal.aborted && context.isClosing()) return { is: 'closed' }
    if (signal.aborted && context.isPausing() && step.closing) return paused(context, step.id)
    if (signal.aborted) return ended(context, step.id, 'cancelled', new AppError('cancelled').toData())
    const data = toErrorData(error)
    return outages.has(data.code) && context.queue
      ? queued(context, step.id, data, context.queue)
      : ended(context, step.id, 'failed', data)
  } finally {
    tickets.close()
  }
}

/** The tools of one step; also used to undo what it made. */
export async function toolsFor<Env>(
  context: AttemptContext<Env>,
  step: StepId,
  ticket: EngineTools['ticket'],
): Promise<EngineTools & Env> {
  const { session, signal, now, onProgress } = context
  const verbs: EngineTools = {
    run: session.id,
    runName: session.state().name,
    signal,
    now,
    output: (id) => {
      const { status, output } = session.state().steps[id]
      return status === 'done' ? output : undefined
    },
    input: (id) => session.state().steps[id].input,
    resources: () => session.state().resources,
    history: () => session.state(),
    making: (resource) => session.append({ kind: 'making', step, resource }),
    ticket,
    gone: (id) => session.append({ kind: 'gone', step, id }),
    cleanUp: (alsoRemove) => cleanUp(context, alsoRemove),
    progress: onProgress,
  }
  return { ...(await context.environment(session.id)), ...verbs }
}

async function carriedOut<Env>(
  step: AnyStep<Env>,
  tools: EngineTools & Env,
  input: unknown,
  before: RunState['steps'][StepId],
): Promise<{ output: unknown } | { blocked: ErrorData }> {
  tools.signal.throwIfAborted()
  const isHalf = before.status === 'interrupted' || before.status === 'paused'
  if (isHalf && !before.edited && before.ticket !== undefined && step.resume) {
    return { output: await step.resume(tools, input, before.ticket) }
  }
  const verdict = await step.check(tools, input)
  tools.signal.throwIfAborted()
  if (verdict.is === 'blocked') return { blocked: verdict.error }
  return { output: verdict.is === 'done' ? (verdict.output as unknown) : await step.run(tools, input) }
}

function doneFact<Env>(context: AttemptContext<Env>, step: StepId, output: unknown): Fact {
  const { session, steps, takeProof } = context
  const { passesOn = (whole: unknown) => whole, without } = steps.find(({ id }) => id === step) ?? {}
  const state = session.state()
  const plain: unknown = output === undefined ? null : JSON.parse(JSON.stringify(output))
  const before = state.steps[step].output ?? (without as unknown)
  const isOther = before !== undefined && !isSameData(passesOn(before), passesOn(plain))
  const outdates = isOther ? dependents(steps, step).filter((id) => isBegun(state.steps[id].status)) : []
  return { kind: 'done', step, output: plain, proof: takeProof(session.id), ...(outdates.length ? { outdates } : {}) }
}

/** All steps that read this one's output, or the output of one that does. */
export function dependents<Env>(steps: readonly AnyStep<Env>[], step: StepId): StepId[] {
  const found = new Set<StepId>([step])
  for (let before = 0; before !== found.size;) {
    before = found.size
    for (const { id, requires } of steps) if (requires.some((required) => found.has(required))) found.add(id)
  }
  return [...found].filter((id) => id !== step)
}

function isBegun(status: RunState['steps'][StepId]['status']): boolean {
  return status !== 'todo' && status !== 'skipped'
}

/** Where even this cannot be written, the step fails as it would have without a queue. */
async function queued<Env>(
  context: AttemptContext<Env>,
  step: StepId,
  error: ErrorData,
  queue: Goal,
): Promise<AttemptEnd | Queued> {
  const host = String(error.params['host'] ?? '')
  try {
    await context.session.append({ kind: 'queued', step, host, error, ...queue })
    return { is: 'waiting', error }
  } catch {
    return ended(context, step, 'failed', error)
  }
}

/** Writes down that a step ended without its result. */
export async function ended<Env>(
  { session }: AttemptContext<Env>,
  step: StepId,
  is: 'failed' | 'blocked' | 'cancelled',
  error: ErrorData,
): Promise<AttemptEnd & { error: ErrorData }> {
  // On a full disk even this cannot be written: it is shown now, and the next start finds the step interrupted.
  await session.append({ kind: 'failed', step, error }).catch(() => session.showFailed(step, error))
  return { is, error }
}

/** Writes down that a person stopped the step for now. */
export async function paused<Env>({ session, percent }: AttemptContext<Env>, step: StepId): Promise<AttemptEnd> {
  const far = percent()
  // On a full disk the next start finds the step interrupted, which goes on just as well.
  await session
    .append({ kind: 'paused', step, ...(far === undefined ? {} : { percent: far }) })
    .catch((error: unknown) => session.showFailed(step, toErrorData(error)))
  return { is: 'paused' }
}

type TicketBox = { put: EngineTools['ticket']; flush(): Promise<void>; close(): void }

/** The first ticket is on disk when `put` resolves; of more within a second only the last is written, at its end, unless told. */
function ticketBox(write: (value: unknown) => Promise<void>): TicketBox {
  let timer: NodeJS.Timeout | null = null
  let waiting: { value: unknown } | null = null

  async function flush(): Promise<void> {
    if (!waiting) return
    const { value } = waiting
    waiting = null
    await write(value)
  }

  function rest(): void {
    timer = setTimeout(() => {
      timer = null
      if (!waiting) return
      rest()
      // A ticket that cannot be written fails the next verb of the step; here nobody would hear of it.
      flush().catch(() => undefined)
    }, ticketMs)
  }

  return {
    async put(value, when = 'soon') {
      waiting = { value }
      if (timer && when === 'soon') return
      if (!timer) rest()
      await flush()
    },
    flush,
    close() {
      if (timer) clearTimeout(timer)
    },
  }
}
