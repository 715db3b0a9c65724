import type { RunDetail, RunsView } from '../../shared/contract'
import { AppError, type ErrorData } from '../../shared/errors'
import type { StepId } from '../../shared/terms'
import type { Progress } from '../../shared/run'
import { withRate, type RatePoint } from '../../shared/rates'
import { open } from './api'

type Waiter = { isSettled: (detail: RunDetail) => boolean; resolve: (detail: RunDetail | null) => void }

/** The mirror of main's runs: every snapshot replaces the one before. */
class Runs {
  view = $state.raw<RunsView | null>(null)
  /** Measured rates of the upload that runs. */
  rates = $state.raw<readonly RatePoint[]>([])
  /** The figures of the upload of this run that were shown last, for while it rests. */
  lastUpload = $state.raw<Progress | null>(null)
  /** The step that ended last while the window looked on, for those who only hear it. */
  lastEnded = $state.raw<{ step: StepId; error: ErrorData | null } | null>(null)
  #close: (() => void) | null = null
  #run: string | null = null
  #waiters: Waiter[] = []

  get detail(): RunDetail | null {
    const detail = this.view?.run ?? null
    return detail && detail.state.id === this.#run ? detail : null
  }

  /** Another program works on the run that is shown: it is only looked at here. */
  get isElsewhere(): boolean {
    return this.view?.runs.find(({ id }) => id === this.#run)?.status === 'elsewhere'
  }

  /** Opens the stream for one run, or for the list alone. */
  watch(run: string | null) {
    if (this.#close && run === this.#run) return
    this.#close?.()
    if (run !== this.#run) {
      this.rates = []
      this.lastUpload = null
      this.lastEnded = null
    }
    this.#run = run
    this.#forgetWaiters()
    this.#close = open('runs', { run }, (view) => this.#take(view))
  }

  /** Resolves when the first snapshot of a run that was just opened is here. Throws why there is nothing to show. */
  async shown(run: string): Promise<void> {
    this.watch(run)
    if (this.detail || (await this.#until(() => true)) || run !== this.#run) return
    const listed = this.view?.runs.find(({ id }) => id === run)
    if (!listed) throw new AppError('run.not-found', { run })
    throw listed.status === 'newer'
      ? new AppError('run.newer')
      : new AppError('journal.damaged', { file: 'journal.jsonl' })
  }

  /** Call it before the step is started. Resolves when it has ended: true when it is done. */
  async ended(step: StepId): Promise<boolean> {
    const before = this.detail?.state.steps[step]
    const detail = await this.#until((detail) => {
      const now = detail.state.steps[step]
      const isNew = now.attempts !== before?.attempts || now.endedAt !== before?.endedAt
      return isNew && now.status !== 'running' && detail.running?.step !== step
    })
    return detail?.state.steps[step].status === 'done'
  }

  /** The next snapshot that fits, or null when another run is opened before or this one cannot be read. */
  #until(isSettled: Waiter['isSettled']): Promise<RunDetail | null> {
    return new Promise((resolve) => this.#waiters.push({ isSettled, resolve }))
  }

  #take(view: RunsView) {
    const before = this.detail?.running?.step
    this.view = view
    const after = this.detail
    if (before && after && after.running?.step !== before) {
      this.lastEnded = { step: before, error: after.state.steps[before].error ?? null }
    }
    const detail = this.detail
    const progress = detail?.running?.progress
    if (progress?.upload) this.#keepRate(progress, progress.upload)
    if (!detail) return this.#forgetWaiters()
    const settled = this.#waiters.filter((waiter) => waiter.isSettled(detail))
    this.#waiters = this.#waiters.filter((waiter) => !settled.includes(waiter))
    for (const waiter of settled) waiter.resolve(detail)
  }

  #keepRate(progress: Progress, { rate, limit }: NonNullable<Progress['upload']>) {
    this.lastUpload = progress
    const isAway = progress.wait?.key === 'offline'
    this.rates = withRate(this.rates, { at: Date.now() / 1000, rate, limit: limit ?? null, isAway })
  }

  #forgetWaiters() {
    for (const waiter of this.#waiters) waiter.resolve(null)
    this.#waiters = []
  }
}

export const runs = new Runs()
