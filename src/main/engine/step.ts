import type { ErrorData } from '../../shared/errors'
import type { Progress, Resource, WhenClosed } from '../../shared/run'
import type { StepId } from '../../shared/terms'

/** What a step says it will do; pure, no network. */
export type Preview = {
  /** Typical duration in minutes. */
  minutes: number
  /** Cost class of what it makes: nothing, cents, or running costs until removed. */
  cost: 'none' | 'low' | 'running'
  /** What it will make: keys of `messages.kinds` with the name chosen for each. */
  makes: { what: string; name: string; keep: boolean }[]
}

/** What `check` found: there is work, it is already so, or it cannot be done yet. */
export type Verdict<Out> = { is: 'todo' } | { is: 'done'; output: Out } | { is: 'blocked'; error: ErrorData }

/** The engine's half of what a step may use; `Env` adds the cloud and whatever else the app wires in. */
export type EngineTools = {
  run: string
  runName: string
  signal: AbortSignal
  now(): Date
  /** Output of a step that is done, or undefined. */
  output(step: StepId): unknown
  input(step: StepId): Record<string, unknown>
  resources(): readonly (Resource & { step: StepId })[]
  /** Attempts, times, proofs and states of the whole run so far: for the report. */
  history(): import('../../shared/run').RunState
  /** Writes down what is about to be made, and returns once that is on disk. Call it before the request that makes it. */
  making(resource: Resource): Promise<void>
  /** Keeps what the cloud cannot tell: at most once a second, or `now`, on disk when this returns. */
  ticket(value: unknown, when?: 'soon' | 'now'): Promise<void>
  /** Writes down that a resource does not exist any more. */
  gone(id: string): Promise<void>
  /**
   * Removes what the run's steps made and need not keep, and the products named, newest first, each by its own step. What
   * is gone already counts as removed; a refusal is listed and the rest goes on.
   */
  cleanUp(alsoRemove: readonly string[]): Promise<CleanUp>
  progress(progress: Progress): void
}

export type CleanUp = {
  removed: string[]
  /** What could not be removed, and why. */
  left: { id: string; what: string; error: ErrorData }[]
}

export type Step<In, Out, Env> = {
  id: StepId
  /** Steps whose outputs it reads: gives the order and what is greyed out. */
  requires: readonly StepId[]
  /** Whether Azure goes on by itself once it was asked, or the work waits here; absent where the step is simply done again. */
  closing?: Exclude<WhenClosed, 'again'>
  /** May still be done in a run that was given up: it makes nothing. */
  isAfterCancel?: true
  /** Parses a complete input; throws AppError `input.invalid` naming the fields. */
  parse(input: Record<string, unknown>): In
  describe(input: In): Preview
  /** Looks, never changes anything. */
  check(tools: EngineTools & Env, input: In): Promise<Verdict<Out>>
  /** Does it; must be safe to repeat. */
  run(tools: EngineTools & Env, input: In): Promise<Out>
  /** Only where something can be picked up from a ticket. */
  resume?(tools: EngineTools & Env, input: In, ticket: unknown): Promise<Out>
  /** The part of the output that other steps read: only another one of that outdates them. Default: all of it. */
  passesOn?(output: Out): unknown
  /** What others read of it in a run that does without it: performed after all, it outdates them where its output says otherwise. */
  without?: Out
  /** Removes one thing this step made; a thing already gone is no error. */
  undo?(tools: EngineTools & Env, resource: Resource): Promise<void>
}

// The one place where steps of mixed types stand in a list.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyStep<Env> = Step<any, any, Env>
