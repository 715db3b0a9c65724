import path from 'node:path'
import type { RunDetail, RunsView } from '../../shared/contract'
import { copyName, copyOf, type Copy, type CopyInto } from '../../shared/copy-run'
import { AppError } from '../../shared/errors'
import { isSameData } from '../../shared/replay'
import { isLeaving, type Fact, type JournalEntry, type Proof, type RunState, type RunSummary } from '../../shared/run'
import { mayBeLeftOut, type RecipeId, type StepId } from '../../shared/terms'
import { dependents } from './attempt'
import { detailOf, workSummary } from './detail'
import { createRuns, newRunId } from './runs'
import type { Session } from './session'
import { createSnapshots, type Snapshots } from './snapshots'
import type { AnyStep, CleanUp } from './step'
import { cloudOf } from './summary'
import { createWorkPlace, stepIn, type Busy, type WaitForHost, type Work } from './work'

export type EngineOptions<Env> = {
  /** The state folder; runs live in `runs/` below it. */
  folder: string
  /** Of a recipe that is not here a run is only shown. */
  recipes: Partial<Record<RecipeId, readonly AnyStep<Env>[]>>
  /** What the app adds to the engine's verbs for the steps of one run. */
  environment(run: string): Env | Promise<Env>
  /** Defaults of a form; what was typed lies over them. */
  proposals(step: StepId, state: RunState): Record<string, unknown>
  /** Whether what was typed into a finished step undoes anything; such a step is not done again before a person has seen that. */
  hasConsequences?(state: RunState, step: StepId): boolean
  now(): Date
  /** How much faster than elsewhere the time of a cloud runs: shortens what steps say of themselves. */
  pace?(cloud: string | null): number
  appVersion: string
  /** The write requests answered since the last call. */
  takeProof(run: string): Proof[]
  /** Absent: a step fails when the cloud does not answer, instead of waiting for it. */
  waitForHost?: WaitForHost
  /** Told of every fact once it is on disk. */
  onEntry?(run: string, entry: JournalEntry): void
}

export type EngineView = Pick<RunsView, 'runs' | 'run' | 'savedAt'>

export type Engine<Env> = {
  recipes: EngineOptions<Env>['recipes']
  /** All runs of the folder, the last used first. */
  list(): Promise<RunSummary[]>
  /** Regions that the other runs in a cloud chose, each once, the last used first. */
  recentRegions(cloud: string, except: string): Promise<string[]>
  /** Begins a run and returns its id. */
  create(run: { recipe: RecipeId; name: string; cloud?: string }): Promise<string>
  /** What a copy of a run would be called and would have to choose anew, in the same cloud or another one. */
  previewCopy(run: string, cloud?: string): Promise<Pick<Copy, 'anew' | 'typedNames'> & { name: string }>
  /** Begins a run with the inputs of another one and returns its id. The first run stays as it is. */
  duplicate(run: string, copy: Omit<CopyInto, 'id'>): Promise<string>
  open(run: string): Promise<RunDetail>
  rename(run: string, name: string): Promise<void>
  /** Deletes the run's folder. Throws `run.not-clean` while scaffold exists, `run.busy` while it works. */
  remove(run: string): Promise<void>
  /** Keeps what a form holds, complete or not. */
  setInput(run: string, step: StepId, input: Record<string, unknown>): Promise<void>
  /**
   * Keeps what the form of a finished step holds now, and what that leaves unused. Nothing is done again yet. Throws `run.busy`
   * while anything works on the run, `run.cancelled`.
   */
  change(
    run: string,
    step: StepId,
    input: Record<string, unknown>,
    unused: readonly { id: string; remove: boolean }[],
  ): Promise<void>
  /** Performs one step; resolves when it has begun. Throws `step.not-ready`, `input.invalid`, `run.busy`, `run.locked`. */
  perform(run: string, step: StepId): Promise<Work>
  /**
   * Performs step by step what is not done, until one fails or needs a person, as one does whose change has consequences that
   * nobody agreed to with `change`. Resolves when the first has begun.
   */
  continue(run: string, options?: { stopAfter?: StepId }): Promise<Work>
  /** Lets the runs that waited for the cloud when the program ended wait again; resolves when all do. */
  requeue(): Promise<void>
  /** Tries the step that waits for the cloud at once. */
  tryNow(run: string): Promise<void>
  /** Asks the running step to stop, or to wait no longer; its journal then says so. */
  cancel(run: string): Promise<void>
  /** Stops for now: a step that can go on from where it is becomes paused, another one is as if cancelled. */
  pause(run: string): Promise<void>
  /**
   * Gives the run up: stops what works on it, then removes what it made and need not stay, and the products named. Resolves when
   * that has begun; asked again it goes on with what is left.
   */
  giveUp(run: string, alsoRemove: readonly string[]): Promise<Work>
  /** Leaves a step out, and those that would need its result. Throws `step.needed` where the recipe cannot do without it. */
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

/** The cloud of a copy where it is not that of the first run. */
function elsewhere(state: RunState, cloud: string | undefined): { cloud?: string } {
  return cloud === undefined || cloud === cloudOf(state) ? {} : { cloud }
}

function assertNotCancelled(state: RunState): void {
  if (state.cancelled) throw new AppError('run.cancelled')
}

function pause(work: Busy | undefined): void {
  if (!work) return
  work.isPausing = true
  work.controller.abort()
}

/** How often other programs' runs are looked for while somebody watches. */
const lookMs = 3_000

/** The step engine: runs, their journals, and the one step of each that works. Knows neither Electron nor Azure. */
export function createEngine<Env>(options: EngineOptions<Env>): Engine<Env> {
  const { recipes, now } = options
  const watchers = new Set<Snapshots>()
  let savedAt: string | null = null
  let look: NodeJS.Timeout | null = null

  const stepsOf = (state: RunState) => recipes[state.recipe] ?? []
  const touch = () => watchers.forEach((watcher) => watcher.touch())
  const place = createWorkPlace<Env>({
    now,
    environment: (run) => options.environment(run),
    takeProof: (run) => options.takeProof(run),
    stepsOf,
    effective,
    onChange: touch,
    hasConsequences: (state, step) => options.hasConsequences?.(state, step) ?? false,
    ...(options.waitForHost ? { waitForHost: options.waitForHost } : {}),
  })
  const sessionOptions = {
    now,
    order: (state: RunState) => stepsOf(state).map(({ id }) => id),
    onEntry(run: string, entry: JournalEntry) {
      savedAt = entry.at
      options.onEntry?.(run, entry)
    },
    onChange: touch,
  }
  const runs = createRuns(path.join(options.folder, 'runs'), sessionOptions, workOn)

  function workOn(run: string) {
    const work = place.on(run)
    return work && workSummary(work, Object.values(recipes).flat())
  }

  function effective(step: StepId, state: RunState): Record<string, unknown> {
    return { ...options.proposals(step, state), ...state.steps[step].input }
  }

  function detail(session: Session): RunDetail {
    const state = session.state()
    const cloud = cloudOf(state)
    return detailOf(state, {
      steps: stepsOf(state),
      form: (step) => effective(step, state),
      work: place.on(session.id),
      asks: place.asks(session.id),
      history: runs.timings(cloud, state.id),
      pace: options.pace?.(cloud) ?? 1,
    })
  }

  async function viewFor(run: string | null): Promise<EngineView> {
    const session = run ? await runs.session(run).catch(() => null) : null
    return { runs: await runs.latest(), run: session && detail(session), savedAt }
  }

  async function setInput(run: string, id: StepId, input: Record<string, unknown>): Promise<void> {
    const session = await runs.session(run)
    stepIn(stepsOf(session.state()), id)
    if (place.on(run)?.step === id) throw new AppError('run.busy')
    if (isSameData(session.state().steps[id].typed ?? {}, input)) return
    assertNotCancelled(session.state())
    await session.hold(() => session.append({ kind: 'input', step: id, input }))
  }

  return {
    recipes,
    list: () => runs.list(),
    async recentRegions(cloud, except) {
      await runs.list()
      return runs.regions(cloud, except)
    },
    async create({ recipe, name, cloud }) {
      const id = newRunId(now())
      await runs.create({ kind: 'run', id, recipe, name, app: options.appVersion })
      if (cloud) await setInput(id, 'connect.cloud', { cloud })
      touch()
      return id
    },
    async previewCopy(run, cloud) {
      const state = (await runs.session(run)).state()
      const name = copyName(state.name, new Set((await runs.list()).map((other) => other.name)))
      const { anew, typedNames } = copyOf(state, {
        id: newRunId(now()),
        name,
        ...elsewhere(state, cloud),
        keepNames: false,
      })
      return { name, anew, typedNames }
    },
    async duplicate(run, { name, cloud, keepNames }) {
      const state = (await runs.session(run)).state()
      const id = newRunId(now())
      const { inputs } = copyOf(state, { id, name, keepNames, ...elsewhere(state, cloud) })
      const from = { run, name: state.name }
      const facts = stepsOf(state).flatMap(({ id: step }): Fact[] => {
        const input = inputs[step]
        return input ? [{ kind: 'input', step, input }] : []
      })
      await runs.create({ kind: 'run', id, recipe: state.recipe, name, app: options.appVersion, copyOf: from }, facts)
      touch()
      return id
    },
    async open(run) {
      const session = await runs.session(run)
      await session.refresh()
      return detail(session)
    },
    async rename(run, name) {
      const session = await runs.session(run)
      await session.hold(() => session.append({ kind: 'renamed', name }))
    },
    async remove(run) {
      const session = await runs.session(run)
      const { free } = place.claim(run)
      try {
        const count = await session.hold(() => Promise.resolve(session.state().resources.filter(isLeaving).length))
        if (count > 0) throw new AppError('run.not-clean', { count })
        await runs.remove(run)
      } finally {
        free()
      }
    },
    setInput,
    async change(run, step, input, unused) {
      const session = await runs.session(run)
      const { free } = place.claim(run)
      try {
        stepIn(stepsOf(session.state()), step)
        assertNotCancelled(session.state())
        await session.hold(async () => {
          if (!isSameData(session.state().steps[step].typed ?? {}, input)) {
            await session.append({ kind: 'input', step, input })
          }
          await session.append({ kind: 'changed', step, unused: [...unused] })
        })
      } finally {
        free()
      }
    },
    perform: async (run, step) => place.perform(await runs.session(run), step),
    async continue(run, { stopAfter } = {}) {
      const session = await runs.session(run)
      const { cancelled } = session.state()
      if (!cancelled) return place.continue(session, stopAfter)
      if (cancelled.endedAt && cancelled.left.length === 0) throw new AppError('run.cancelled')
      return place.giveUp(session, cancelled.alsoRemove)
    },
    async requeue() {
      const waiting = (await runs.list()).filter(({ status }) => status === 'waiting')
      // One that another program took meanwhile is left to it.
      await Promise.allSettled(waiting.map(async ({ id }) => place.requeue(await runs.session(id))))
    },
    async tryNow(run) {
      await runs.session(run)
      place.on(run)?.tryNow?.()
    },
    async cancel(run) {
      await runs.session(run)
      place.on(run)?.controller.abort()
    },
    async pause(run) {
      await runs.session(run)
      pause(place.on(run))
    },
    async giveUp(run, alsoRemove) {
      const session = await runs.session(run)
      const working = place.on(run)
      pause(working)
      await working?.ended
      return place.giveUp(session, [...alsoRemove])
    },
    async skip(run, id, reason) {
      const session = await runs.session(run)
      const steps = stepsOf(session.state())
      stepIn(steps, id)
      assertNotCancelled(session.state())
      if (!mayBeLeftOut(session.state().recipe, id)) throw new AppError('step.needed', { step: id })
      if (place.on(run)) throw new AppError('run.busy')
      await session.hold(async () => {
        for (const step of [id, ...dependents(steps, id)]) {
          const { status } = session.state().steps[step]
          if (step === id || status !== 'done') await session.append({ kind: 'skipped', step, reason })
        }
      })
    },
    cleanUp: async (run, { alsoRemove = [] } = {}) => place.cleanUp(await runs.session(run), alsoRemove),
    subscribe(listener, run = null) {
      const snapshots = createSnapshots(() => viewFor(run), listener)
      watchers.add(snapshots)
      look ??= setInterval(() => void runs.list().then(touch, () => undefined), lookMs).unref()
      const first = () => snapshots.touch()
      runs.list().then(first, first)
      return () => {
        snapshots.close()
        watchers.delete(snapshots)
        if (watchers.size > 0 || !look) return
        clearInterval(look)
        look = null
      }
    },
    async flush() {
      await runs.writeSummaries()
      await Promise.all([...watchers].map((watcher) => watcher.flush()))
    },
    async close() {
      await place.close()
      await runs.settled()
      await Promise.all([...watchers].map((watcher) => watcher.flush()))
      watchers.forEach((watcher) => watcher.close())
      watchers.clear()
      if (look) clearInterval(look)
    },
  }
}
