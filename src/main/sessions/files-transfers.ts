import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { AppError, toErrorData } from '../../shared/errors'
import type { Transfer } from '../../shared/files-calls'
import { nameOf, shownPath } from '../../shared/remote-paths'
import type { FileHost } from './files-hash'
import { ownRules } from './files-names'
import { planDownload, planUpload, type Existing, type Plan, type Planned } from './files-plan'
import { createRate } from './files-rate'
import { removeParts, runPlan, type Direction } from './files-run'
import { openSftp, type Sftp } from './files-sftp'

/** The transfers of all sessions, two of each at a time. */
export type Transfers = {
  /** `to`: a folder of the VM for `up`, of this computer for `down`. Answers the id. */
  add(session: string, direction: Direction, paths: readonly string[], to: string): string
  answer(transfer: string, choice: Exclude<Existing, 'ask'>): void
  cancel(transfer: string): void
  /** Goes on with one that failed or was cancelled. */
  resume(transfer: string): void
  /** Takes what is over off the list; the halves that failed ones left are removed where the VM can still be reached. */
  clear(session: string): void
  list(session: string): Transfer[]
  /** Of all sessions, what has not come to an end. */
  unfinished(): Transfer[]
  /** Called whenever something of a session's list has changed. */
  subscribe(session: string, listener: () => void): () => void
}
export type TransfersOptions = {
  /** The connection that a session has, once it is ready. Throws AppError `session.*` where it will not be. */
  host(session: string, signal: AbortSignal): Promise<FileHost>
  now(): number
}

type Job = {
  session: string
  direction: Direction
  paths: readonly string[]
  target: string
  view: Transfer
  existing: Existing
  plan: Plan | null
  abort: AbortController | null
  proofs: { byHash: number; bySize: number }
}

const atOnce = 2
const notesShown = 50
const over: ReadonlySet<Transfer['status']> = new Set(['done', 'failed', 'cancelled'])
const tidyLimitMs = 15_000

export function createTransfers({ host, now }: TransfersOptions): Transfers {
  const jobs = new Map<string, Job>()
  const listeners = new Map<string, Set<() => void>>()

  const ofSession = (session: string) => [...jobs.values()].filter((job) => job.session === session)
  const tell = (session: string) => listeners.get(session)?.forEach((listener) => listener())

  function jobOf(transfer: string): Job {
    const job = jobs.get(transfer)
    if (!job) throw new AppError('contract.refused', { name: 'transfer' })
    return job
  }

  function set(job: Job, change: Partial<Transfer>) {
    Object.assign(job.view, change)
    tell(job.session)
  }

  function wait(job: Job) {
    set(job, { status: 'waiting', error: null, exists: [] })
    pump(job.session)
  }

  function pump(session: string) {
    const own = ofSession(session)
    const free = atOnce - own.filter(({ abort }) => abort !== null).length
    for (const job of own.filter(({ view }) => view.status === 'waiting').slice(0, Math.max(0, free))) {
      void run(job).finally(() => pump(session))
    }
  }

  async function run(job: Job) {
    const abort = (job.abort = new AbortController())
    let sftp: Sftp | null = null
    set(job, { status: 'running', doneBytes: doneBytes(job), rate: 0 })
    try {
      const connected = await host(job.session, abort.signal)
      sftp = await openSftp(connected, abort.signal)
      const exists = await prepare(job, connected, sftp)
      if (exists) return set(job, { status: 'asking', exists })
      await copy(job, connected, sftp, abort.signal)
      const { byHash, bySize } = job.proofs
      set(job, { status: 'done', isVerified: bySize === 0 && byHash > 0, rate: 0 })
    } catch (error) {
      const data = abort.signal.aborted ? new AppError('cancelled').toData() : toErrorData(error)
      const isCancelled = data.code === 'cancelled'
      // A full disk of this computer should not stay full of halves.
      if (isCancelled || data.code === 'no-space') await tidy(job)
      set(job, { status: isCancelled ? 'cancelled' : 'failed', error: data, rate: 0 })
    } finally {
      sftp?.end()
      job.abort = null
    }
  }

  /** Looks what there is to do, once. Answers names that somebody has to decide about. */
  async function prepare(job: Job, { system }: FileHost, sftp: Sftp): Promise<string[] | null> {
    if (job.plan) return null
    const { direction, paths, target, existing } = job
    const rules = system === 'windows' ? 'windows' : 'posix'
    const planned: Planned =
      direction === 'up'
        ? await planUpload(sftp, paths, target, { existing, rules })
        : await planDownload(sftp, paths, target, { existing, rules: ownRules })
    if ('exists' in planned) return planned.exists
    const { files, notes } = planned.plan
    job.plan = planned.plan
    set(job, {
      totalBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      files: { done: 0, total: files.length },
      notes: notes.slice(0, notesShown),
      noteCount: notes.length,
    })
    return null
  }

  function copy(job: Job, connected: FileHost, sftp: Sftp, signal: AbortSignal): Promise<void> {
    const rate = createRate(now)
    const onBytes = (count: number) => set(job, { doneBytes: job.view.doneBytes + count, rate: rate.add(count) })
    return runPlan({ host: connected, sftp, signal, onBytes }, job.plan!, job.direction, {
      onFile: () => set(job, { files: { ...job.view.files, done: job.view.files.done + 1 } }),
      onProof: (byHash) => job.proofs[byHash ? 'byHash' : 'bySize']++,
      onVerifying: () => set(job, { status: 'verifying' }),
    })
  }

  /** Takes away the halves, on a channel of its own: the other one was closed to stop at once. */
  async function tidy(job: Job) {
    if (!job.plan) return
    const plan = job.plan
    const limit = AbortSignal.timeout(tidyLimitMs)
    try {
      const sftp = await openSftp(await host(job.session, limit), limit)
      await removeParts({ sftp }, plan, job.direction).finally(() => sftp.end())
    } catch {
      // Out of reach; the name of what stays says what it is.
    }
  }

  return {
    add(session, direction, paths, to) {
      const id = randomUUID()
      const first = paths[0] ?? ''
      const view: Transfer = {
        id,
        direction,
        name: direction === 'up' ? basename(first) : nameOf(first),
        items: paths.length,
        to: direction === 'up' ? shownPath(to) : to,
        status: 'waiting',
        exists: [],
        doneBytes: 0,
        totalBytes: 0,
        files: { done: 0, total: 0 },
        rate: 0,
        isVerified: false,
        notes: [],
        noteCount: 0,
        error: null,
      }
      const proofs = { byHash: 0, bySize: 0 }
      const job: Job = { session, direction, paths, target: to, view, existing: 'ask', plan: null, abort: null, proofs }
      jobs.set(id, job)
      wait(job)
      return id
    },
    answer(transfer, choice) {
      const job = jobOf(transfer)
      if (job.view.status !== 'asking') return
      job.existing = choice
      wait(job)
    },
    cancel(transfer) {
      const job = jobOf(transfer)
      if (job.abort) job.abort.abort()
      else if (job.view.status === 'waiting' || job.view.status === 'asking') {
        set(job, { status: 'cancelled', error: new AppError('cancelled').toData(), exists: [] })
      }
    },
    resume(transfer) {
      const job = jobOf(transfer)
      if (job.view.status === 'failed' || job.view.status === 'cancelled') wait(job)
    },
    clear(session) {
      for (const job of ofSession(session).filter(({ view }) => over.has(view.status))) {
        jobs.delete(job.view.id)
        if (job.view.status === 'failed') void tidy(job)
      }
      tell(session)
    },
    list: (session) => ofSession(session).map(({ view }) => ({ ...view })),
    unfinished: () => [...jobs.values()].map(({ view }) => view).filter(({ status }) => !over.has(status)),
    subscribe(session, listener) {
      const own = listeners.get(session) ?? new Set()
      listeners.set(session, own.add(listener))
      return () => own.delete(listener)
    },
  }
}

function doneBytes({ plan }: Job): number {
  return (plan?.files ?? []).filter(({ isDone }) => isDone).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}
