import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { RunDetail } from '../../shared/contract'
import { AppError, toErrorData, type ErrorData } from '../../shared/errors'
import type { JournalEntry, Progress, Proof, RunState, RunSummary } from '../../shared/run'
import { summarize } from '../../shared/replay'
import type { RecipeId, StepId } from '../../shared/terms'
import { coalesce } from './coalesce'
import { openRun, readRun, readSummary, type RunFile } from './run-file'
import type { AnyStep } from './step'
import { createTools } from './tools'

export type EngineOptions<Env> = {
  /** Holds one folder per run. */
  folder: string
  recipes: Record<RecipeId, readonly AnyStep<Env>[]>
  /** What the app wires into the steps of a run besides the engine's verbs. */
  environment(run: string): Env
  /** Defaults of a form; what was typed lies over them. */
  proposals(step: StepId, state: RunState): Record<string, unknown>
  /** The write requests answered since the last call: the evidence of the step that ended. */
  takeProof(run: string): Proof[]
  now(): Date
  appVersion: string
  /** Told each fact as it is written: the command line prints them. */
  onFact?(run: string, entry: JournalEntry): void
}

export type Ended = { status: 'done' | 'failed' | 'cancelled'; error?: ErrorData }
export type Continued = {
  status: 'finished' | 'stopped' | 'failed' | 'cancelled'
  step: StepId | null
  error?: ErrorData
}
export type CleanedUp = { removed: string[]; left: { id: string; error: ErrorData }[] }

/** Drives runs through their recipes. Knows neither Azure nor Electron. Run ids are lower-case letters, digits and dashes. */
export type Engine<Env> = {
  list(): RunSummary[]
  create(input: { recipe: RecipeId; name: string; id?: string }): string
  /** Throws `run.not-found`. */
  state(run: string): RunState
  detail(run: string): Omit<RunDetail, 'deviceCode'>
  rename(run: string, name: string): void
  /** Takes a run off the list; its folder goes to `removed` and its products stay. Refused while it works or scaffold is left. */
  remove(run: string): void
  /** Keeps what a form holds, complete or not. */
  setInput(run: string, step: StepId, input: Record<string, unknown>): void
  /**
   * Starts a step and returns once that is written down; `ended` tells how it went and never rejects.
   * Throws `input.invalid`, `run.busy`, `run.locked`, `run.newer`, `disk-full`.
   */
  perform(run: string, step: StepId): { ended: Promise<Ended> }
  /** Performs every open step in order until one fails, needs a person, or `stopAfter` is done. */
  continue(run: string, options?: { stopAfter?: StepId }): Promise<Continued>
  cancel(run: string): void
  skip(run: string, step: StepId, reason: string): void
  /** Removes scaffold, newest first; a refusal is reported and the rest goes on. */
  cleanUp(run: string): Promise<CleanedUp>
  /** Called after changes, at most ten times a second; the last change is always told. Returns the way to stop that. */
  subscribe(listener: () => void): () => void
  /** Stops what works (it shows as interrupted next time) and lets go of every run. */
  close(): Promise<void>
  readonly environment: (run: string) => Env
}

type Work = {
  step: StepId
  startedAt: string
  progress: Progress | null
  abort: AbortController
  ended: Promise<Ended>
}
type Open = { file: RunFile; work: Work | null; isContinuing: boolean; continuation: AbortController | null }

const changesPerSecond = 10

export function createEngine<Env>(options: EngineOptions<Env>): Engine<Env> {
  const opened = new Map<string, Open>()
  let isClosing = false
  const changes = coalesce(1000 / changesPerSecond)

  function folderOf(run: string): string {
    if (!/^[a-z0-9-]{1,64}$/.test(run)) throw new AppError('run.not-found', { run })
    return join(options.folder, run)
  }

  function open(run: string): Open {
    const known = opened.get(run)
    if (known) return known
    if (!readSummary(folderOf(run), run)) throw new AppError('run.not-found', { run })
    const next: Open = {
      file: observed(run, openRun(folderOf(run), options.now)),
      work: null,
      isContinuing: false,
      continuation: null,
    }
    opened.set(run, next)
    return next
  }

  function observed(run: string, file: RunFile): RunFile {
    return {
      ...file,
      append(fact) {
        const entry = file.append(fact)
        if (entry.kind !== 'ticket') file.saveSummary()
        options.onFact?.(run, entry)
        changes.tell()
        return entry
      },
    }
  }

  function state(run: string): RunState {
    const known = opened.get(run)
    if (known) return shown(known)
    if (!readSummary(folderOf(run), run)) throw new AppError('run.not-found', { run })
    return readRun(folderOf(run))
  }

  /** What the journal says, with the one thing it cannot know: that this process is working on a step right now. */
  function shown({ file, work }: Open): RunState {
    if (!work) return file.state
    const step = { ...file.state.steps[work.step], status: 'running' as const }
    return { ...file.state, steps: { ...file.state.steps, [work.step]: step } }
  }

  function stepOf(state: RunState, id: StepId): AnyStep<Env> {
    const step = options.recipes[state.recipe].find((candidate) => candidate.id === id)
    if (!step) throw new AppError('contract.refused', { name: id })
    return step
  }

  function effectiveInput(state: RunState, step: StepId): Record<string, unknown> {
    return { ...options.proposals(step, state), ...state.steps[step].input }
  }

  function perform(run: string, id: StepId): { ended: Promise<Ended> } {
    const target = open(run)
    const { file } = target
    if (isClosing) throw new AppError('cancelled')
    if (target.work) throw new AppError('run.busy', { step: target.work.step })
    const step = stepOf(file.state, id)
    const missing = missingFor(file.state, step)
    if (missing.length > 0) throw new AppError('step.not-ready', { step: id, missing: missing[0]! })
    const input = effectiveInput(file.state, id)
    const parsed: unknown = step.parse(input)
    if (JSON.stringify(input) !== JSON.stringify(file.state.steps[id].input))
      file.append({ kind: 'input', step: id, input })
    const before = { ...file.state.steps[id] }
    options.takeProof(run)
    const started = file.append({ kind: 'started', step: id, attempt: before.attempts + 1 })
    const abort = new AbortController()
    const work: Work = {
      step: id,
      startedAt: started.at,
      progress: null,
      abort,
      ended: Promise.resolve({ status: 'done' }),
    }
    target.work = work
    const tools = createTools(run, file, work, options, changes.tell)
    work.ended = act(step, tools, parsed, before)
      .then((output) => finish(run, target, id, before.output, output))
      .catch((error: unknown) => fail(target, id, error))
      .finally(() => {
        target.work = null
        changes.tell()
      })
    changes.tell()
    return { ended: work.ended }
  }

  function finish(run: string, { file }: Open, id: StepId, before: unknown, output: unknown): Ended {
    file.append({ kind: 'done', step: id, output, proof: options.takeProof(run) })
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(output)) reopenDependents(file, id)
    return { status: 'done' }
  }

  /** A different result makes what was built on it doubtful: those steps look at the cloud again before they count as done. */
  function reopenDependents(file: RunFile, changed: StepId) {
    const affected = new Set<StepId>([changed])
    for (const step of options.recipes[file.state.recipe]) {
      if (!step.requires.some((id) => affected.has(id))) continue
      affected.add(step.id)
      if (file.state.steps[step.id].status === 'done') file.append({ kind: 'reopened', step: step.id })
    }
  }

  function fail({ file, work }: Open, id: StepId, error: unknown): Ended {
    const data = work?.abort.signal.aborted ? new AppError('cancelled').toData() : toErrorData(error)
    const ended: Ended = { status: data.code === 'cancelled' ? 'cancelled' : 'failed', error: data }
    // Stopped because the app closes: the journal then says what is true, a step that was cut off.
    if (isClosing && ended.status === 'cancelled') return ended
    try {
      file.append({ kind: 'failed', step: id, error: data })
    } catch (journalError) {
      // A full disk cannot take the line either; the window still has to show why everything stopped.
      Object.assign(file.state.steps[id], { status: 'failed', error: toErrorData(journalError) })
    }
    return ended
  }

  async function continueRun(run: string, { stopAfter }: { stopAfter?: StepId } = {}): Promise<Continued> {
    const target = open(run)
    if (target.isContinuing) throw new AppError('run.busy', { step: target.work?.step ?? '' })
    target.isContinuing = true
    target.continuation = new AbortController()
    try {
      if (target.work) await target.work.ended
      return await continueFrom(run, target, stopAfter)
    } finally {
      target.isContinuing = false
    }
  }

  async function continueFrom(run: string, target: Open, stopAfter: StepId | undefined): Promise<Continued> {
    for (const step of options.recipes[target.file.state.recipe]) {
      const status = target.file.state.steps[step.id].status
      if (status !== 'done' && status !== 'skipped') {
        if (target.continuation?.signal.aborted || isClosing) return { status: 'cancelled', step: step.id }
        const ended = await performOrError(run, step.id)
        if (ended.status !== 'done') return { ...ended, status: ended.status, step: step.id }
      }
      if (step.id === stopAfter) return { status: 'stopped', step: step.id }
    }
    return { status: 'finished', step: null }
  }

  async function performOrError(run: string, step: StepId): Promise<Ended> {
    try {
      return await perform(run, step).ended
    } catch (error) {
      return { status: 'failed', error: toErrorData(error) }
    }
  }

  async function cleanUp(run: string): Promise<CleanedUp> {
    const target = open(run)
    if (target.work) throw new AppError('run.busy', { step: target.work.step })
    const result: CleanedUp = { removed: [], left: [] }
    const scaffold = target.file.state.resources.filter((made) => !made.keep).reverse()
    for (const made of scaffold) {
      const step = stepOf(target.file.state, made.step)
      const work: Work = {
        step: made.step,
        startedAt: options.now().toISOString(),
        progress: null,
        abort: new AbortController(),
        ended: Promise.resolve({ status: 'done' }),
      }
      try {
        await step.undo?.(createTools(run, target.file, work, options, changes.tell), made)
        target.file.append({ kind: 'gone', step: made.step, id: made.id })
        result.removed.push(made.id)
      } catch (error) {
        result.left.push({ id: made.id, error: toErrorData(error) })
      }
    }
    return result
  }

  function list(): RunSummary[] {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    return readdirSync(options.folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^[a-z0-9-]{1,64}$/.test(entry.name))
      .map(({ name }) => {
        const known = opened.get(name)
        return known ? summarize(shown(known), known.work !== null) : readSummary(folderOf(name), name)
      })
      .filter((summary) => summary !== null)
      .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt))
  }

  return {
    list,
    state,
    perform,
    continue: continueRun,
    cleanUp,
    environment: options.environment,
    create({ recipe, name, id = newRunId(options.now()) }) {
      const file = observed(id, openRun(folderOf(id), options.now))
      if (file.state.id !== '') {
        file.close()
        throw new AppError('run.busy', { step: '' })
      }
      file.append({ kind: 'run', id, recipe, name, app: options.appVersion })
      opened.set(id, { file, work: null, isContinuing: false, continuation: null })
      return id
    },
    detail(run) {
      const now = state(run)
      const recipe = options.recipes[now.recipe]
      const work = opened.get(run)?.work ?? null
      return {
        state: now,
        forms: Object.fromEntries(recipe.map(({ id }) => [id, effectiveInput(now, id)])) as RunDetail['forms'],
        open: recipe.filter((step) => missingFor(now, step).length === 0).map(({ id }) => id),
        running: work && { step: work.step, progress: work.progress, startedAt: work.startedAt },
      }
    },
    rename: (run, name) => void open(run).file.append({ kind: 'renamed', name }),
    remove(run) {
      const target = open(run)
      const left = target.file.state.resources.filter((made) => !made.keep)
      if (target.work) throw new AppError('run.busy', { step: target.work.step })
      if (left.length > 0) throw new AppError('run.not-clean', { count: left.length })
      target.file.close()
      opened.delete(run)
      const removed = join(options.folder, '..', 'removed')
      mkdirSync(removed, { recursive: true, mode: 0o700 })
      rmSync(join(removed, run), { recursive: true, force: true })
      renameSync(folderOf(run), join(removed, run))
      changes.tell()
    },
    setInput(run, step, input) {
      const { file, work } = open(run)
      if (work?.step === step) throw new AppError('run.busy', { step })
      if (JSON.stringify(file.state.steps[step].input) !== JSON.stringify(input))
        file.append({ kind: 'input', step, input })
    },
    cancel(run) {
      const target = opened.get(run)
      target?.continuation?.abort()
      target?.work?.abort.abort()
    },
    skip(run, step, reason) {
      const { file, work } = open(run)
      if (work?.step === step) throw new AppError('run.busy', { step })
      file.append({ kind: 'skipped', step, reason })
    },
    subscribe: (listener) => changes.subscribe(listener),
    async close() {
      isClosing = true
      const working = [...opened.values()].flatMap(({ work }) => (work ? [work] : []))
      for (const { abort } of working) abort.abort()
      await Promise.all(working.map(({ ended }) => ended))
      for (const { file } of opened.values()) {
        file.saveSummary()
        file.close()
      }
      opened.clear()
      changes.close()
    },
  }
}

/** Looks first; does it only where there is something to do; picks up where a ticket says how. */
async function act<Env>(
  step: AnyStep<Env>,
  tools: Parameters<AnyStep<Env>['run']>[0],
  input: unknown,
  before: { status: string; ticket?: unknown },
): Promise<unknown> {
  const verdict = await step.check(tools, input)
  if (verdict.is === 'done') return verdict.output as unknown
  if (verdict.is === 'blocked') throw new AppError(verdict.error.code, verdict.error.params, verdict.error.details)
  if (tools.signal.aborted) throw new AppError('cancelled')
  if (step.resume && before.ticket !== undefined) return (await step.resume(tools, input, before.ticket)) as unknown
  return (await step.run(tools, input)) as unknown
}

function missingFor<Env>(state: RunState, step: AnyStep<Env>): StepId[] {
  return step.requires.filter((id) => !['done', 'skipped'].includes(state.steps[id].status))
}

/** Sorts by time and is unique: date, time, and four random characters. */
function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(2, 15)
  return `${stamp}-${randomBytes(2).toString('hex')}`
}
