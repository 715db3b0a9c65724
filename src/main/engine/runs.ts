import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../shared/errors'
import type { Fact, RunSummary } from '../../shared/run'
import { timingsOf, type Timing } from '../../shared/time-left'
import { codeOf, moveFile, writing } from './files'
import { isLocked } from './lock'
import { createSession, openSession, type Session, type SessionOptions } from './session'
import { lockName, readSummary, regionOf, summarize, type Summarized } from './summary'

/** The runs of a folder: their sessions, and the list of the home screen. */
export type Runs = {
  /** Throws AppError `run.not-found`, or `journal.damaged` where nothing can be read. */
  session(run: string): Promise<Session>
  /** All the facts or none are there afterwards, whatever happens in between. */
  create(first: Fact & { kind: 'run' }, more?: readonly Fact[]): Promise<void>
  /** Takes the run's folder away. */
  remove(run: string): Promise<void>
  /** Looks at every run of the folder; the last used comes first. */
  list(): Promise<RunSummary[]>
  /** The list as last looked at, with the runs that this program uses brought up to date. */
  latest(): Promise<RunSummary[]>
  /** How long steps took in the other runs of a cloud, as last looked at. */
  timings(cloud: string | null, except: string): Timing[]
  /** Where the other runs in a cloud are, as last looked at; each region once, the last used first. */
  regions(cloud: string, except: string): string[]
  /** Resolves when nothing is being written. */
  settled(): Promise<void>
  writeSummaries(): Promise<void>
}

/** `workOn` = what works on a run in this program; its step is null before the first has begun, and while a run is given up. */
export function createRuns(
  root: string,
  options: SessionOptions,
  workOn: (run: string) => Pick<RunSummary, 'status' | 'step' | 'percent' | 'closing'> | undefined,
): Runs {
  const sessions = new Map<string, Promise<Session>>()
  const known = new Map<string, Summarized>()

  function session(run: string): Promise<Session> {
    const found = sessions.get(run)
    if (found) return found
    if (!isRunId(run)) return Promise.reject(new AppError('run.not-found', { run }))
    const opening = openSession(path.join(root, run), options)
    sessions.set(run, opening)
    opening.catch(() => sessions.delete(run))
    return opening
  }

  async function opened(run: string): Promise<Session | null> {
    return (await sessions.get(run)?.catch(() => null)) ?? null
  }

  /** What is on the list for one run, or null when it is not a run. */
  async function summaryOf(run: string): Promise<Summarized | null> {
    const session = await opened(run)
    await session?.refresh().catch(() => undefined)
    const found = session ? summarized(session) : await readSummary(path.join(root, run), options.order)
    return found && { ...found, summary: await withWork(found.summary, session) }
  }

  function summarized(session: Session): Summarized {
    const state = session.state()
    return {
      summary: summarize(state, options.order(state), session.end()),
      timings: timingsOf(state),
      region: regionOf(state),
    }
  }

  async function withWork(summary: RunSummary, session: Session | null): Promise<RunSummary> {
    const work = workOn(summary.id)
    if (work) return { ...summary, ...work, step: work.step ?? summary.step }
    if (summary.status === 'newer' || summary.status === 'damaged') return summary
    // Our own writes hold the lock for a moment too; that is not elsewhere.
    const isOurs = session?.isHeld() ?? false
    const isLockedNow = !isOurs && (await isLocked(path.join(root, summary.id, lockName)))
    const isElsewhere = isLockedNow && !session?.isHeld()
    return isElsewhere ? { ...summary, status: 'elsewhere' } : summary
  }

  async function look(run: string): Promise<void> {
    const found = await summaryOf(run).catch(() => null)
    if (found) known.set(run, found)
    else known.delete(run)
  }

  function sorted(): Summarized[] {
    return [...known.values()].sort(
      ({ summary: a }, { summary: b }) => b.updatedAt.localeCompare(a.updatedAt) || a.id.localeCompare(b.id),
    )
  }

  function summaries(): RunSummary[] {
    return sorted().map(({ summary }) => summary)
  }

  return {
    session,
    async create(first, more = []) {
      const created = await writing(root, async () => {
        await mkdir(root, { recursive: true, mode: 0o700 })
        return createSession(path.join(root, first.id), [first, ...more], options)
      })
      sessions.set(first.id, Promise.resolve(created))
    },
    async remove(run) {
      sessions.delete(run)
      known.delete(run)
      const leaving = path.join(root, `.removed-${run}-${randomBytes(3).toString('hex')}`)
      await moveFile(path.join(root, run), leaving)
      await rm(leaving, { recursive: true, force: true, maxRetries: 5 })
    },
    async list() {
      const names = await folders(root)
      for (const run of known.keys()) if (!names.includes(run)) known.delete(run)
      await Promise.all(names.map(look))
      return summaries()
    },
    async latest() {
      await Promise.all([...sessions.keys()].map(look))
      return summaries()
    },
    timings(cloud, except) {
      const others = [...known.values()].filter(({ summary }) => summary.id !== except && summary.cloud === cloud)
      return others.flatMap(({ timings }) => timings)
    },
    regions(cloud, except) {
      const others = sorted().filter(({ summary }) => summary.id !== except && summary.cloud === cloud)
      return [...new Set(others.flatMap(({ region }) => region ?? []))]
    },
    async settled() {
      const all = await Promise.all([...sessions.keys()].map(opened))
      await Promise.all(all.map((session) => session?.settled()))
    },
    async writeSummaries() {
      const all = await Promise.all([...sessions.keys()].map(opened))
      await Promise.all(all.map((session) => session?.writeSummary()))
    },
  }
}

/** Day and a random part: short enough for names in Azure that are made from it. */
export function newRunId(now: Date): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
  const random = [...randomBytes(6)].map((byte) => letters[byte % letters.length]).join('')
  return `${now.toISOString().slice(0, 10).replaceAll('-', '')}-${random}`
}

/** A run's id is the name of its folder, so nothing else may be in it. */
function isRunId(text: string): boolean {
  return /^[a-z0-9-]{1,64}$/.test(text)
}

async function folders(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && isRunId(entry.name)).map(({ name }) => name)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}
