import { AppError, toErrorData, type ErrorData } from '../../shared/errors'
import { isUnneeded } from '../../shared/needs'
import { percentOf } from '../../shared/progress'
import type { Progress, RunState } from '../../shared/run'
import type { StepId } from '../../shared/terms'
import {
  beginAttempt,
  ended,
  finishAttempt,
  paused,
  type AttemptContext,
  type AttemptEnd,
  type Goal,
  type Queued,
} from './attempt'
import { cleanUp } from './clean-up'
import type { Session } from './session'
import type { AnyStep, CleanUp } from './step'

/**
 * How work ended. `done`: the step, or the one to stop after. `finished`: nothing is left to do. `person`: the form of `step` is
 * not complete, or an earlier step was left out. `paused`: it goes on when asked to. `closed`: the program is leaving.
 */
export type Outcome = {
  is: 'done' | 'finished' | 'failed' | 'blocked' | 'cancelled' | 'paused' | 'person' | 'closed'
  step: StepId | null
  error?: ErrorData
}

/** Work that has begun; `ended` never rejects. */
export type Work = { ended: Promise<Outcome> }

/** What works on a run right now; `step` is null until the first has begun. */
export type Busy = {
  controller: AbortController
  step: StepId | null
  startedAt: string
  progress: Progress | null
  goal: Goal
  /** While the step waits for the cloud: ends that wait at once. */
  tryNow: (() => void) | null
  /** What it does is given up, step by step: the clean-up of a cancelled run. */
  isRemoving: boolean
  isPausing: boolean
  ended: Promise<unknown>
}

/**
 * Resolves when it is worth asking `host` again. `failures`: how often in a row this was in vain, 0 after a restart. Throws
 * AppError `offline` when nobody wants to wait any longer.
 */
export type WaitForHost = (wait: { run: string; host: string; failures: number; signal: AbortSignal }) => Promise<void>

export type WorkPlaceOptions<Env> = Pick<AttemptContext<Env>, 'now' | 'environment' | 'takeProof'> & {
  stepsOf(state: RunState): readonly AnyStep<Env>[]
  /** The complete form of a step. */
  effective(step: StepId, state: RunState): Record<string, unknown>
  onChange(): void
  /** Whether what was typed into a finished step undoes anything. */
  hasConsequences(state: RunState, step: StepId): boolean
  /** Absent: a step fails when the cloud does not answer. */
  waitForHost?: WaitForHost
}

/** Lets at most one piece of work at a time go on per run. */
export type WorkPlace = {
  on(run: string): Busy | undefined
  /** The finished step before which the last work stopped, for a person to see what its change does; null where it did not. */
  asks(run: string): Asks | null
  /** Claims the run without doing anything yet; `free` ends that. Throws `run.busy`. */
  claim(run: string): { work: Busy; free(): void }
  perform(session: Session, step: StepId): Promise<Work>
  continue(session: Session, stopAfter: StepId | undefined): Promise<Work>
  /** Takes up what waited for the cloud when the program ended. Throws `run.busy`, or `step.not-ready` where nothing waits. */
  requeue(session: Session): Promise<Work>
  cleanUp(session: Session, alsoRemove: readonly string[]): Promise<CleanUp>
  /** Gives the run up: removes what it made and need not stay, and writes down what could not be removed. */
  giveUp(session: Session, alsoRemove: string[]): Promise<Work>
  /** Stops everything and resolves when it has stopped, or after a while all the same. */
  close(): Promise<void>
}

export type Asks = { step: StepId; at: string }

const closeLimitMs = 5_000

export function createWorkPlace<Env>(options: WorkPlaceOptions<Env>): WorkPlace {
  const { now, stepsOf } = options
  const busy = new Map<string, Busy>()
  const asked = new Map<string, Asks>()
  let isClosing = false

  function claim(run: string): { work: Busy; free(): void } {
    if (isClosing || busy.has(run)) throw new AppError('run.busy')
    const controller = new AbortController()
    const startedAt = now().toISOString()
    const idle = { step: null, progress: null, tryNow: null, isRemoving: false, isPausing: false }
    const goal = { rest: false }
    const work: Busy = { ...idle, goal, controller, startedAt, ended: Promise.resolve() }
    busy.set(run, work)
    asked.delete(run)
    return {
      work,
      free() {
        busy.delete(run)
        options.onChange()
      },
    }
  }

  function contextOf(session: Session, work: Busy): AttemptContext<Env> {
    return {
      session,
      steps: stepsOf(session.state()),
      signal: work.controller.signal,
      now,
      environment: (run) => options.environment(run),
      takeProof: (run) => options.takeProof(run),
      onProgress(progress) {
        work.progress = progress
        options.onChange()
      },
      queue: options.waitForHost ? work.goal : null,
      isClosing: () => isClosing,
      isPausing: () => work.isPausing,
      percent: () => percentOf(work.progress),
    }
  }

  /** Begins a step and returns the way to its end. Throws `step.not-ready` or `input.invalid`. */
  async function begin(session: Session, work: Busy, id: StepId): Promise<() => Promise<AttemptEnd | Queued>> {
    const state = session.state()
    const step = stepIn(stepsOf(state), id)
    if (state.cancelled && !step.isAfterCancel) throw new AppError('run.cancelled')
    const absent = missing(step, state)
    if (absent) throw new AppError('step.not-ready', { step: id, missing: absent })
    const form = parsed(step, options.effective(id, state))
    const context = contextOf(session, work)
    Object.assign(work, { step: id, startedAt: now().toISOString(), progress: null })
    await beginAttempt(context, step, form)
    return () => finishAttempt(context, step, state.steps[id])
  }

  /** Holds the run. What `start` throws is the caller's answer; what it returns goes on by itself. */
  async function launch(session: Session, start: (work: Busy) => Promise<() => Promise<Outcome>>): Promise<Work> {
    const { work, free } = claim(session.id)
    return new Promise<Work>((begun, refused) => {
      const ended: Promise<Outcome> = session
        .hold(async () => {
          const goOn = await start(work)
          begun({ ended })
          return goOn()
        })
        .catch((error: unknown): Outcome => {
          refused(error as Error)
          return { is: 'failed', step: work.step, error: toErrorData(error) }
        })
        .finally(free)
      work.ended = ended
    })
  }

  /** Ends what was begun; as long as the cloud does not answer, waits for it and begins the step anew. */
  async function throughOutages(session: Session, work: Busy, { step, finish }: Begun): Promise<AttemptEnd> {
    let end = await finish()
    for (let failures = 1; end.is === 'waiting'; failures++) end = await afterOutage(session, work, step, failures)
    return end
  }

  async function afterOutage(
    session: Session,
    work: Busy,
    step: StepId,
    failures: number,
  ): Promise<AttemptEnd | Queued> {
    const gaveUp = await waited(session, work, step, failures)
    if (gaveUp) return gaveUp
    try {
      return await (
        await begin(session, work, step)
      )()
    } catch (error) {
      return ended(contextOf(session, work), step, 'failed', toErrorData(error))
    }
  }

  /** Null when the step may be tried again. */
  async function waited(session: Session, work: Busy, step: StepId, failures: number): Promise<AttemptEnd | null> {
    const { queue, error } = session.state().steps[step]
    const over = new AbortController()
    const signal = AbortSignal.any([work.controller.signal, over.signal])
    const pressed = new Promise<void>((resolve) => Object.assign(work, { tryNow: resolve, progress: null }))
    options.onChange()
    try {
      signal.throwIfAborted()
      await Promise.race([
        options.waitForHost!({ run: session.id, host: queue?.host ?? '', failures, signal }),
        pressed,
      ])
      return null
    } catch {
      if (isClosing) return { is: 'closed' }
      if (work.isPausing && stepIn(stepsOf(session.state()), step).closing)
        return paused(contextOf(session, work), step)
      // Whoever does not want to wait learns the same as without a queue.
      const { error: why } = await ended(
        contextOf(session, work),
        step,
        'failed',
        error ?? new AppError('offline').toData(),
      )
      return { is: work.controller.signal.aborted ? 'cancelled' : 'failed', error: why }
    } finally {
      over.abort()
      work.tryNow = null
    }
  }

  /** Goes from step to step until one does not end well or needs a person. */
  async function goOn(session: Session, work: Busy, first: Begun | Outcome): Promise<Outcome> {
    let next = first
    while ('finish' in next) {
      const outcome: Outcome = { step: next.step, ...(await throughOutages(session, work, next)) }
      if (outcome.is !== 'done' || !work.goal.rest) return outcome
      if (work.controller.signal.aborted) return { is: stopped(work), step: next.step }
      next = await beginNext(session, work, work.goal.stopAfter)
    }
    return next
  }

  function stopped(work: Busy): 'closed' | 'paused' | 'cancelled' {
    if (isClosing) return 'closed'
    return work.isPausing ? 'paused' : 'cancelled'
  }

  type Begun = { step: StepId; finish: () => Promise<AttemptEnd | Queued> }

  async function beginNext(session: Session, work: Busy, stopAfter: StepId | undefined): Promise<Begun | Outcome> {
    const state = session.state()
    const order = stepsOf(state).map(({ id }) => id)
    const step = order.find((id) => !isOver(state.steps[id]))
    if (stopAfter && (!step || order.indexOf(step) > order.indexOf(stopAfter))) return { is: 'done', step: stopAfter }
    if (!step) return { is: 'finished', step: null }
    if (isUnseen(state.steps[step]) && options.hasConsequences(state, step)) {
      asked.set(session.id, { step, at: now().toISOString() })
      return { is: 'person', step, error: new AppError('step.changed', { step }).toData() }
    }
    try {
      return { step, finish: await begin(session, work, step) }
    } catch (error) {
      const data = toErrorData(error)
      const needsPerson = data.code === 'input.invalid' || data.code === 'step.not-ready'
      return { is: needsPerson ? 'person' : 'failed', step, error: data }
    }
  }

  return {
    on: (run) => busy.get(run),
    asks: (run) => asked.get(run) ?? null,
    claim,
    perform(session, id) {
      return launch(session, async (work) => {
        const begun = { step: id, finish: await begin(session, work, id) }
        return () => goOn(session, work, begun)
      })
    },
    continue(session, stopAfter) {
      return launch(session, async (work) => {
        work.goal = { rest: true, ...(stopAfter ? { stopAfter } : {}) }
        const first = await beginNext(session, work, stopAfter)
        return () => goOn(session, work, first)
      })
    },
    requeue(session) {
      return launch(session, (work) => {
        const { steps } = session.state()
        const step = stepsOf(session.state()).find(({ id }) => steps[id].status === 'waiting')?.id
        const queue = step && steps[step].queue
        if (!step || !queue) throw new AppError('step.not-ready', { step: '', missing: '' })
        const { since, rest, stopAfter } = queue
        Object.assign(work, { step, startedAt: since, goal: { rest, ...(stopAfter ? { stopAfter } : {}) } })
        return Promise.resolve(() => goOn(session, work, { step, finish: () => afterOutage(session, work, step, 0) }))
      })
    },
    async cleanUp(session, alsoRemove) {
      let result: CleanUp = { removed: [], left: [] }
      const { ended } = await launch(session, (work) => {
        work.step = 'finish.cleanup'
        return Promise.resolve(async () => {
          result = await cleanUp(contextOf(session, work), alsoRemove)
          return { is: 'done', step: null }
        })
      })
      const { error } = await ended
      if (error) throw new AppError(error.code, error.params, error.details)
      return result
    },
    giveUp(session, alsoRemove) {
      return launch(session, async (work) => {
        work.isRemoving = true
        await session.append({ kind: 'cancelling', alsoRemove })
        return async () => {
          const onLeft = ({ id, error }: CleanUp['left'][number]) => session.append({ kind: 'stuck', id, error })
          await cleanUp(contextOf(session, work), alsoRemove, onLeft)
          if (work.controller.signal.aborted) return { is: stopped(work), step: null }
          await session.append({ kind: 'cancelled' })
          return { is: 'done', step: null }
        }
      })
    },
    async close() {
      isClosing = true
      const working = [...busy.values()]
      for (const { controller } of working) controller.abort()
      await withLimit(Promise.allSettled(working.map(({ ended }) => ended)), closeLimitMs)
    },
  }
}

/** Throws AppError `step.not-ready` for a step that the recipe does not have. */
export function stepIn<Env>(steps: readonly AnyStep<Env>[], id: StepId): AnyStep<Env> {
  const step = steps.find((other) => other.id === id)
  if (!step) throw new AppError('step.not-ready', { step: id, missing: id })
  return step
}

/** The first step whose result this one reads and that has none, although the run cannot do without it. */
export function missing({ requires }: Pick<AnyStep<never>, 'requires'>, state: RunState): StepId | null {
  return requires.find((id) => state.steps[id].status !== 'done' && !isUnneeded(id, state)) ?? null
}

function isOver({ status, edited }: RunState['steps'][StepId]): boolean {
  return status === 'skipped' || (status === 'done' && !edited)
}

/** Finished, and typed anew without a look at what that undoes. */
export function isUnseen({ status, edited, agreed }: RunState['steps'][StepId]): boolean {
  return status === 'done' && edited === true && agreed !== true
}

/** The complete form, with the defaults its schema adds. */
function parsed<Env>(step: AnyStep<Env>, form: Record<string, unknown>): Record<string, unknown> {
  const input: unknown = step.parse(form)
  const isForm = typeof input === 'object' && input !== null && !Array.isArray(input)
  return JSON.parse(JSON.stringify(isForm ? input : form)) as Record<string, unknown>
}

async function withLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)))
  await Promise.race([work, limit])
  clearTimeout(timer)
}
