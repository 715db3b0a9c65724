import type { PreflightView, RunDetail } from '../shared/contract'
import { toErrorData } from '../shared/errors'
import { mayChangeByItself, type PreflightLook } from '../shared/preflight'
import { planOf } from '../shared/preflight-plan'
import type { OutputOf } from '../shared/outputs'
import { isSameData } from '../shared/replay'
import type { Cloud } from './azure/cloud'
import type { EngineView } from './engine/engine'
import type { Env } from './steps/tools'
import { lookAt } from './steps/prepare-preflight'

export type PreflightWatchOptions = {
  subscribe(listener: (view: EngineView) => void, run: string): () => void
  cloudOf(run: string): Promise<Cloud>
  /** The run has already talked with its cloud since the program started, so that somebody is signed in. */
  isOnline(run: string): boolean
  now(): Date
  catalog: Env['catalog']
  /** How long to wait before looking again by itself. */
  everyMs?: number
}

export type PreflightWatch = {
  /** Looks on behalf of one screen until the function returned is called; nothing is asked after that. */
  watch(run: string, listener: (view: PreflightView) => void): () => void
  /** One look now, for every screen that watches the run. */
  lookNow(run: string): void
}

/** Admins answer in minutes to days; the permissions list is cheap to ask. */
const defaultEveryMs = 20_000
/** Typing goes on for a while after the first letter. */
const settleMs = 800

/** Fresh looks beside the journal: what the screen shows while the step itself waits for its button. */
export function createPreflightWatch(options: PreflightWatchOptions): PreflightWatch {
  const watchers = new Map<string, Set<{ look(): void }>>()

  return {
    watch(run, listener) {
      const watcher = createWatcher(run, options, listener)
      const ofRun = watchers.get(run) ?? new Set()
      watchers.set(run, ofRun.add(watcher))
      return () => {
        ofRun.delete(watcher)
        watcher.close()
      }
    },
    lookNow(run) {
      for (const watcher of watchers.get(run) ?? []) watcher.look()
    },
  }
}

/** What a look depends on besides the cloud. */
type Basis = { plan: ReturnType<typeof planOf>; mayRegister: boolean }

function createWatcher(run: string, options: PreflightWatchOptions, listener: (view: PreflightView) => void) {
  const { everyMs = defaultEveryMs, now, catalog } = options
  let detail: RunDetail | null = null
  /** What the latest look was made for; null: none was tried since this screen is open. */
  let looked: Basis | null = null
  let view: PreflightView = { look: null, isOlder: false, isLooking: false, error: null, nextLookAt: null }
  let timer: NodeJS.Timeout | undefined
  let asking: AbortController | null = null
  let isClosed = false

  function show(change: Partial<PreflightView>): void {
    if (isClosed) return
    view = { ...view, ...change }
    listener(view)
  }

  function take({ run: next }: EngineView): void {
    if (!next || isClosed) return
    const before = detail
    detail = next
    const { status, output } = next.state.steps['prepare.preflight']
    const known = (output as OutputOf<'prepare.preflight'> | undefined)?.look ?? null
    const isFinished = known !== null && status === 'done' && known.at !== view.look?.at
    if (isFinished && (view.look === null || before?.running?.step === 'prepare.preflight')) adopt(known)
    const isOlder = view.look !== null && !isSameData(view.look.plan, planOf(next.state))
    if (isOlder !== view.isOlder || before === null) show({ isOlder })
    if (isDue()) later(looked ? settleMs : 0)
  }

  /** The step itself has looked. */
  function adopt(look: PreflightLook): void {
    if (detail) looked = { ...basisOf(detail), plan: look.plan }
    clearTimeout(timer)
    show({ look, error: null, nextLookAt: null, isOlder: view.isOlder })
  }

  /** By itself only where somebody is signed in, nothing runs, and the last look was made for something else. */
  function isDue(): boolean {
    if (!detail || detail.running || !isPossible(detail) || !options.isOnline(run)) return false
    return looked === null ? view.look === null || view.isOlder : !isSameData(looked, basisOf(detail))
  }

  function later(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(look, ms)
  }

  function look(): void {
    clearTimeout(timer)
    if (isClosed || !detail) return
    // Later then: a run that works meanwhile must not end the looking for good.
    if (detail.running && view.nextLookAt !== null) return wait()
    if (detail.running || !isPossible(detail)) return
    asking?.abort()
    asking = new AbortController()
    looked = basisOf(detail)
    show({ isLooking: true, nextLookAt: null })
    void answer(detail, looked, asking)
  }

  async function answer({ state }: RunDetail, { mayRegister }: Basis, { signal }: AbortController): Promise<void> {
    try {
      const seen = await lookAt(await options.cloudOf(run), state, mayRegister, { signal, now, catalog })
      if (!signal.aborted) ended({ look: seen, error: null })
    } catch (error) {
      if (!signal.aborted) ended({ error: toErrorData(error) })
    }
  }

  function ended(change: Partial<PreflightView>): void {
    const seen = change.look ?? null
    const isSignedOut = change.error?.code === 'signIn.needed'
    const repeats = !isSignedOut && ((seen ?? view.look)?.rows.some(mayChangeByItself) ?? false)
    const isOlder = seen && detail ? !isSameData(seen.plan, planOf(detail.state)) : view.isOlder
    show({ ...change, isLooking: false, isOlder, nextLookAt: null })
    if (isDue()) later(settleMs)
    else if (repeats) wait()
  }

  function wait(): void {
    show({ nextLookAt: new Date(now().getTime() + everyMs).toISOString() })
    later(everyMs)
  }

  const stop = options.subscribe(take, run)
  return {
    look,
    close() {
      isClosed = true
      stop()
      clearTimeout(timer)
      asking?.abort()
    },
  }
}

/** The place is chosen, so that there is something to ask about. */
function isPossible({ state }: RunDetail): boolean {
  return state.steps['connect.scope'].status === 'done' && state.steps['connect.signIn'].status === 'done'
}

function basisOf({ state, forms }: RunDetail): Basis {
  return { plan: planOf(state), mayRegister: forms['prepare.preflight']['register'] !== false }
}
