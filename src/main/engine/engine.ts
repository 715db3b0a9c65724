import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { RunDetail, RunsView } from '../../shared/contract'
import { AppError, toErrorData, type ErrorData } from '../../shared/errors'
import { isSameData } from '../../shared/replay'
import type { JournalEntry, Proof, Progress, RunState, RunSummary } from '../../shared/run'
import type { RecipeId, StepId } from '../../shared/terms'
import { beginAttempt, dependents, finishAttempt, type AttemptContext, type AttemptEnd } from './attempt'
import { cleanUp, type CleanUp } from './clean-up'
import { codeOf, moveFile } from './files'
import { isLocked } from './lock'
import { createSession, openSession, type Session, type SessionOptions } from './session'
import { createSnapshots, type Snapshots } from './snapshots'
import type { AnyStep } from './step'
import { lockName, readSummary, summarize } from './summary'

export type EngineOptions<Env> = {
  /** The state folder; runs live in `runs/` below it. */
  folder: string
  recipes: Record<RecipeId, readonly AnyStep<Env>[]>
  /** What the app adds to the engine's verbs for the steps of one run. */
  environment(run: string): Env | Promise<Env>
  /** Defaults of a form; what was typed lies over them. */
  proposals(step: StepId, state: RunState): Record<string, unknown>
  now(): Date
  appVersion: string
  /** The write requests answered since the last call. */
  takeProof(run: string): Proof[]
  /** Told of every fact once it is on disk. */
  onEntry?(run: string, entry: JournalEntry): void
}

/**
 * How work ended. `done`: the step, or the one to stop after. `finished`: nothing is left to do. `person`: the form of `step` is
 * not complete, or an earlier step was left out. `closed`: the program is leaving.
 */
export type Outcome = {
  is: 'done' | 'finished' | 'failed' | 'blocked' | 'cancelled' | 'person' | 'closed'
  step: StepId | null
  error?: ErrorData
}

/** Work that has begun; `ended` never rejects. */
export type Work = { ended: Promise<Outcome> }

export type EngineView = Pick<RunsView, 'runs' | 'run' | 'savedAt'>

export type Engine<Env> = {
  recipes: EngineOptions<Env>['recipes']
  /** All runs of the folder, the last used first. */
  list(): Promise<RunSummary[]>
  /** Begins a run and returns its id. */
  create(run: { recipe: RecipeId; name: string; cloud?: string }): Promise<string>
  open(run: string): Promise<RunDetail>
  rename(run: string, name: string): Promise<void>
  /** Deletes the run's folder. Throws `run.not-clean` while scaffold exists, `run.busy` while it works. */
  remove(run: string): Promise<void>
  /** Keeps what a form holds, complete or not. */
  setInput(run: string, step: StepId, input: Record<string, unknown>): Promise<void>
  /** Performs one step; resolves when it has begun. Throws `step.not-ready`, `input.invalid`, `run.busy`, `run.locked`. */
  perform(run: string, step: StepId): Promise<Work>
  /** Performs step by step what is not done, until one fails or needs a person. Resolves when the first has begun. */
  continue(run: string, options?: { stopAfter?: StepId }): Promise<Work>
  /** Asks the running step to stop; its journal then says so. */
  cancel(run: string): Promise<void>
  /** Leaves a step out, and those that would need its result. */
  skip(run: string, step: StepId, reason: string): Promise<void>
  /** Removes what the run made and need not keep, and the products in `alsoRemove`. */
  cleanUp(run: string, options?: { alsoRemove?: readonly string[] }): Promise<CleanUp>
  /** Snapshots at most ten a second, the first at once. Returns the way to stop them. */
  subscribe(listener: (view: EngineView) => void, run?: string | null): () => void
  /** Delivers what is pending to subscribers and to the summary files. */
  flush(): Promise<void>
  /** Stops everything; a running step is picked up at the next start. */
  close(): Promise<void>
}

/** What works on a run right now. */
type Busy = {
  controller: AbortController
  step: StepId | null
  startedAt: string
  progress: Progress | null
  ended: Promise<unknown>
}

const closeLimitMs = 5_000
/** How often other programs' runs are looked for while somebody watches. */
const lookMs = 3_000

/** The step engine: runs, their journals, and the one step of each that works. Knows neither Electron nor Azure. */
export function createEngine<Env>(options: EngineOptions<Env>): Engine<Env> {
  const { recipes, now } = options
  const root = path.join(options.folder, 'runs')
  const sessions = new Map<string, Promise<Session>>()
  const known = new Map<string, RunSummary>()
  const busy = new Map<string, Busy>()
  const watchers = new Set<Snapshots>()
  let savedAt: string | null = null
  let look: NodeJS.Timeout | null = null
  let isClosing = false

  const stepsOf = (state: RunState) => recipes[state.recipe]
  const order = (state: RunState) => stepsOf(state).map(({ id }) => id)
  const touch = () => watchers.forEach((watcher) => watcher.touch())
  const sessionOptions: SessionOptions = {
    now,
    order,
    onEntry(run, entry) {
      savedAt = entry.at
      options.onEntry?.(run, entry)
    },
    onChange: touch,
  }

  function sessionOf(run: string): Promise<Session> {
    const found = sessions.get(run)
    if (found) return found
    const opening = openSession(path.join(root, run), sessionOptions)
    sessions.set(run, opening)
    opening.catch(() => sessions.delete(run))
    return opening
  }

  /** What is on the list for one run, or null when it is not a run. */
  async function summaryOf(run: string): Promise<RunSummary | null> {
    const session = await sessions.get(run)?.catch(() => null)
    if (session) {
      await session.refresh().catch(() => undefined)
      return withWork(summarize(session.state(), order(session.state()), session.end()))
    }
    const summary = await readSummary(path.join(root, run), order)
    return summary && withWork(summary)
  }

  async function withWork(summary: RunSummary): Promise<RunSummary> {
    const work = busy.get(summary.id)
    if (work) return { ...summary, status: 'running', step: work.step ?? summary.step }
    if (summary.status === 'newer' || summary.status === 'damaged') return summary
    return (await isLockedElsewhere(summary.id)) ? { ...summary, status: 'elsewhere' } : summary
  }

  /** Our own writes hold the lock for a moment too; those sessions are not elsewhere. */
  async function isLockedElsewhere(run: string): Promise<boolean> {
    const session = await sessions.get(run)?.catch(() => null)
    return !session?.isHeld() && isLocked(path.join(root, run, lockName))
  }

  async function list(): Promise<RunSummary[]> {
    const names = await folders(root)
    const found = await Promise.all(names.map((name) => summaryOf(name).catch(() => null)))
    known.clear()
    for (const summary of found) if (summary) known.set(summary.id, summary)
    return sorted()
  }

  function sorted(): RunSummary[] {
    return [...known.values()].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt) || a.id.localeCompare(b.id))
  }

  function detailOf(session: Session): RunDetail {
    const state = session.state()
    const work = busy.get(session.id)
    const steps = stepsOf(state)
    const forms = Object.fromEntries(steps.map(({ id }) => [id, effective(id, state)])) as RunDetail['forms']
    return {
      state,
      forms,
      open: steps.filter((step) => missing(step, state) === null).map(({ id }) => id),
      running: work?.step ? { step: work.step, progress: work.progress, startedAt: work.startedAt } : null,
    }
  }

  function effective(step: StepId, state: RunState): Record<string, unknown> {
    return { ...options.proposals(step, state), ...state.steps[step].input }
  }

  function stepOf(session: Session, id: StepId): AnyStep<Env> {
    const step = stepsOf(session.state()).find((other) => other.id === id)
    if (!step) throw new AppError('step.not-ready', { step: id, missing: id })
    return step
  }

  /** Claims the run for one piece of work. Throws `run.busy`. */
  function claim(run: string): Busy {
    if (isClosing || busy.has(run)) throw new AppError('run.busy')
    const work: Busy = {
      controller: new AbortController(),
      step: null,
      startedAt: now().toISOString(),
      progress: null,
      ended: Promise.resolve(),
    }
    busy.set(run, work)
    return work
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
        touch()
      },
      isClosing: () => isClosing,
    }
  }

  /** Begins a step and returns the way to its end. Throws `step.not-ready` or `input.invalid`. */
  async function begin(session: Session, work: Busy, id: StepId): Promise<() => Promise<AttemptEnd>> {
    const step = stepOf(session, id)
    const state = session.state()
    const absent = missing(step, state)
    if (absent) throw new AppError('step.not-ready', { step: id, missing: absent })
    const form = parsed(step, effective(id, state))
    const context = contextOf(session, work)
    const before = state.steps[id]
    Object.assign(work, { step: id, startedAt: now().toISOString(), progress: null })
    await beginAttempt(context, step, form)
    return () => finishAttempt(context, step, before)
  }

  /**
   * Holds the run while `work` goes on. `begin` is awaited: what it throws is the caller's answer; what it returns goes on by
   * itself.
   */
  async function launch(
    run: string,
    start: (session: Session, work: Busy) => Promise<() => Promise<Outcome>>,
  ): Promise<Work> {
    const session = await sessionOf(run)
    const work = claim(run)
    let ended: Promise<Outcome> | undefined
    await new Promise<void>((begun, refused) => {
      ended = session
        .hold(async () => {
          const goOn = await start(session, work)
          begun()
          return goOn()
        })
        .catch((error: unknown): Outcome => {
          refused(error as Error)
          return { is: 'failed', step: work.step, error: toErrorData(error) }
        })
        .finally(() => {
          busy.delete(run)
          touch()
        })
      work.ended = ended
    })
    return { ended: ended! }
  }

  async function perform(run: string, id: StepId): Promise<Work> {
    return launch(run, async (session, work) => {
      const finish = await begin(session, work, id)
      return async () => ({ step: id, ...(await finish()) })
    })
  }

  async function goOn(run: string, { stopAfter }: { stopAfter?: StepId } = {}): Promise<Work> {
    return launch(run, async (session, work) => {
      let next = await beginNext(session, work, stopAfter)
      return async () => {
        while ('finish' in next) {
          const outcome: Outcome = { step: next.step, ...(await next.finish()) }
          if (outcome.is !== 'done') return outcome
          if (work.controller.signal.aborted) return { is: isClosing ? 'closed' : 'cancelled', step: next.step }
          next = await beginNext(session, work, stopAfter)
        }
        return next
      }
    })
  }

  type Begun = { step: StepId; finish: () => Promise<AttemptEnd> }

  async function beginNext(session: Session, work: Busy, stopAfter: StepId | undefined): Promise<Begun | Outcome> {
    const state = session.state()
    const ids = order(state)
    const step = ids.find((id) => !isOver(state.steps[id]))
    if (stopAfter && (!step || ids.indexOf(step) > ids.indexOf(stopAfter))) return { is: 'done', step: stopAfter }
    if (!step) return { is: 'finished', step: null }
    try {
      return { step, finish: await begin(session, work, step) }
    } catch (error) {
      const data = toErrorData(error)
      const needsPerson = data.code === 'input.invalid' || data.code === 'step.not-ready'
      return { is: needsPerson ? 'person' : 'failed', step, error: data }
    }
  }

  async function setInput(run: string, id: StepId, input: Record<string, unknown>): Promise<void> {
    const session = await sessionOf(run)
    stepOf(session, id)
    if (busy.get(run)?.step === id) throw new AppError('run.busy')
    if (isSameData(session.state().steps[id].typed ?? {}, input)) return
    await session.hold(() => session.append({ kind: 'input', step: id, input }))
  }

  async function skip(run: string, id: StepId, reason: string): Promise<void> {
    const session = await sessionOf(run)
    const steps = stepsOf(session.state())
    stepOf(session, id)
    if (busy.has(run)) throw new AppError('run.busy')
    await session.hold(async () => {
      for (const step of [id, ...dependents(steps, id)]) {
        const { status } = session.state().steps[step]
        if (step === id || status !== 'done') await session.append({ kind: 'skipped', step, reason })
      }
    })
  }

  async function clean(run: string, { alsoRemove = [] }: { alsoRemove?: readonly string[] } = {}): Promise<CleanUp> {
    let result: CleanUp = { removed: [], left: [] }
    const { ended } = await launch(run, (session, work) => {
      work.step = 'finish.cleanup'
      return Promise.resolve(async () => {
        result = await cleanUp(contextOf(session, work), alsoRemove)
        return { is: 'done', step: null }
      })
    })
    const { error } = await ended
    if (error) throw new AppError(error.code, error.params, error.details)
    return result
  }

  async function remove(run: string): Promise<void> {
    const session = await sessionOf(run)
    const work = claim(run)
    try {
      await session.hold(async () => {
        const count = session.state().resources.filter(({ keep }) => !keep).length
        if (count > 0) throw new AppError('run.not-clean', { count })
        await Promise.resolve()
      })
      sessions.delete(run)
      known.delete(run)
      const leaving = path.join(root, `.removed-${run}-${randomBytes(3).toString('hex')}`)
      await moveFile(session.folder, leaving)
      await rm(leaving, { recursive: true, force: true })
    } finally {
      work.controller.abort()
      busy.delete(run)
      touch()
    }
  }

  function subscribe(listener: (view: EngineView) => void, run: string | null = null): () => void {
    const snapshots = createSnapshots(async () => viewFor(run), listener)
    watchers.add(snapshots)
    look ??= setInterval(() => void list().then(touch, () => undefined), lookMs).unref()
    void list().then(
      () => snapshots.touch(),
      () => snapshots.touch(),
    )
    return () => {
      snapshots.close()
      watchers.delete(snapshots)
      if (watchers.size > 0 || !look) return
      clearInterval(look)
      look = null
    }
  }

  async function viewFor(run: string | null): Promise<EngineView> {
    for (const id of new Set([...busy.keys(), ...(run ? [run] : []), ...sessions.keys()])) {
      const summary = await summaryOf(id).catch(() => null)
      if (summary) known.set(id, summary)
      else known.delete(id)
    }
    const session = run ? await sessionOf(run).catch(() => null) : null
    return { runs: sorted(), run: session && detailOf(session), savedAt }
  }

  return {
    recipes,
    list,
    async create({ recipe, name, cloud }) {
      await mkdir(root, { recursive: true, mode: 0o700 })
      const id = runId(now())
      const first = { kind: 'run', id, recipe, name, app: options.appVersion } as const
      const session = await createSession(path.join(root, id), first, sessionOptions)
      sessions.set(id, Promise.resolve(session))
      if (cloud) await setInput(id, 'connect.cloud', { cloud })
      touch()
      return id
    },
    async open(run) {
      const session = await sessionOf(run)
      await session.refresh()
      return detailOf(session)
    },
    async rename(run, name) {
      const session = await sessionOf(run)
      await session.hold(() => session.append({ kind: 'renamed', name }))
    },
    remove,
    setInput,
    perform,
    continue: goOn,
    async cancel(run) {
      await sessionOf(run)
      busy.get(run)?.controller.abort()
    },
    skip,
    cleanUp: clean,
    subscribe,
    async flush() {
      for (const session of await Promise.all(sessions.values())) await session.writeSummary()
      await Promise.all([...watchers].map((watcher) => watcher.flush()))
    },
    async close() {
      isClosing = true
      const working = [...busy.values()]
      working.forEach(({ controller }) => controller.abort())
      await withLimit(Promise.allSettled(working.map(({ ended }) => ended)), closeLimitMs)
      await Promise.all([...watchers].map((watcher) => watcher.flush()))
      watchers.forEach((watcher) => watcher.close())
      watchers.clear()
      if (look) clearInterval(look)
    },
  }
}

/** The first step whose result this one reads and that has none. */
function missing(step: AnyStep<never>, state: RunState): StepId | null {
  return step.requires.find((id) => state.steps[id].status !== 'done') ?? null
}

function isOver({ status, edited }: RunState['steps'][StepId]): boolean {
  return status === 'skipped' || (status === 'done' && !edited)
}

/** The complete form, with the defaults its schema adds. */
function parsed(step: AnyStep<never>, form: Record<string, unknown>): Record<string, unknown> {
  const input: unknown = step.parse(form)
  const isForm = typeof input === 'object' && input !== null && !Array.isArray(input)
  return JSON.parse(JSON.stringify(isForm ? input : form)) as Record<string, unknown>
}

/** Day and a random part: short enough for names in Azure that are made from it. */
function runId(now: Date): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
  const random = [...randomBytes(6)].map((byte) => letters[byte % letters.length]).join('')
  return `${now.toISOString().slice(0, 10).replaceAll('-', '')}-${random}`
}

async function folders(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

async function withLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)))
  await Promise.race([work, limit])
  clearTimeout(timer)
}
