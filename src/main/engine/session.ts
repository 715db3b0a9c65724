import { copyFile, mkdir, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import { AppError, type ErrorData } from '../../shared/errors'
import { applyEntry, interrupted, replay } from '../../shared/replay'
import type { Fact, JournalEntry, RunState } from '../../shared/run'
import type { StepId } from '../../shared/terms'
import { timingsOf } from '../../shared/time-left'
import { codeOf, moveFile, syncFolder } from './files'
import { createJournal, openJournal, readJournal, type Journal, type JournalEnd } from './journal'
import { acquireLock, type Lock } from './lock'
import { journalName, lockName, regionOf, summarize, writeSummary } from './summary'

/** One run as this program knows it: its state, and the way to write to its journal. */
export type Session = {
  id: string
  folder: string
  state(): RunState
  end(): JournalEnd
  /** Reads again when another program has written. */
  refresh(): Promise<void>
  /**
   * Holds lock and journal while `work` runs; several may hold at once. Throws AppError `run.locked`, `run.newer` or
   * `journal.damaged`.
   */
  hold<T>(work: () => Promise<T>): Promise<T>
  /** This program holds the run's lock. */
  isHeld(): boolean
  /** Only while held. */
  append(fact: Fact): Promise<void>
  /** Resolves when nobody holds it any more. */
  settled(): Promise<void>
  /** Shows a failure that could not be written down, until the journal is read again. */
  showFailed(step: StepId, error: ErrorData): void
  writeSummary(): Promise<void>
}

export type SessionOptions = {
  now(): Date
  order(state: RunState): readonly StepId[]
  onEntry(run: string, entry: JournalEntry): void
  onChange(run: string): void
}

/** Reads a run. Throws AppError `run.not-found` or, where not even the first line can be read, `journal.damaged`. */
export async function openSession(folder: string, options: SessionOptions): Promise<Session> {
  return session(folder, await loaded(folder), options)
}

/** Makes the folder of a new run and begins its journal. A crash leaves the whole run or none. */
export async function createSession(
  folder: string,
  [first, ...more]: readonly [Fact & { kind: 'run' }, ...Fact[]],
  options: SessionOptions,
): Promise<Session> {
  // No run's name begins with a dot, so nobody takes it for one.
  const making = path.join(path.dirname(folder), `.new-${path.basename(folder)}`)
  await mkdir(making, { recursive: true, mode: 0o700 })
  const journal = await createJournal(path.join(making, journalName), first, options.now)
  try {
    for (const fact of more) await journal.append(fact)
  } finally {
    await journal.close()
  }
  await moveFile(making, folder)
  await syncFolder(path.dirname(folder))
  const created = session(folder, await loaded(folder), options)
  for (const entry of (await readJournal(path.join(folder, journalName))).entries) options.onEntry(created.id, entry)
  await created.writeSummary()
  return created
}

type Loaded = { state: RunState; end: JournalEnd; bytes: number }

function session(folder: string, from: Loaded, options: SessionOptions): Session {
  const id = path.basename(folder)
  const journalFile = path.join(folder, journalName)
  let { state, end, bytes } = from
  let open: Promise<{ lock: Lock; journal: Journal }> | null = null
  let closed: Promise<void> = Promise.resolve()
  let holders = 0
  let isLeaving = false
  const holding = new Set<Promise<unknown>>()

  async function opened(): Promise<{ lock: Lock; journal: Journal }> {
    await closed
    // A newer app's run is not touched at all, not even by a lock.
    if ((await loaded(folder)).end === 'newer') throw new AppError('run.newer')
    const lock = await acquireLock(path.join(folder, lockName))
    try {
      const { journal, text } = await openJournal(journalFile, options.now)
      state = interrupted(replay(text.entries))
      end = text.end
      bytes = text.bytes
      return { lock, journal }
    } catch (error) {
      const shown = error instanceof AppError && error.code === 'journal.damaged' ? await setAside() : error
      await lock.release()
      throw shown
    }
  }

  /** Keeps the damaged file beside the journal and cuts the journal back to its good part, so that the next try can go on. */
  async function setAside(): Promise<AppError> {
    const kept = `journal.damaged-${options.now().toISOString().replaceAll(/[:.]/g, '-')}.jsonl`
    const { goodBytes } = await readJournal(journalFile)
    await copyFile(journalFile, path.join(folder, kept))
    await syncFolder(folder)
    if (goodBytes > 0) await truncate(journalFile, goodBytes)
    return new AppError('journal.damaged', { file: kept })
  }

  async function holdWhile<T>(work: () => Promise<T>): Promise<T> {
    holders += 1
    try {
      open ??= opened()
      await open
      return await work()
    } finally {
      await letGo()
    }
  }

  async function letGo(): Promise<void> {
    holders -= 1
    if (holders > 0 || !open) return
    const leaving = open
    open = null
    isLeaving = true
    state = interrupted(state)
    closed = leaving.then(
      async ({ lock, journal }) => {
        await journal.close()
        await writeSummary()
        await lock.release()
      },
      () => undefined,
    )
    await closed.finally(() => (isLeaving = false))
  }

  async function writeSummary(): Promise<void> {
    await writeSummaryFile(folder, bytes, state, end, options)
  }

  return {
    id,
    folder,
    state: () => state,
    end: () => end,
    isHeld: () => holders > 0 || isLeaving,
    async refresh() {
      if (holders > 0 || (await sizeOf(journalFile)) === bytes) return
      const now = await loaded(folder)
      if (holders > 0) return
      ;({ state, end, bytes } = now)
      options.onChange(id)
    },
    hold(work) {
      const held = holdWhile(work)
      holding.add(held)
      const forget = () => holding.delete(held)
      held.then(forget, forget)
      return held
    },
    async settled() {
      await Promise.allSettled(holding)
    },
    async append(fact) {
      if (!open) throw new Error('the journal is written to only while it is held')
      const { journal } = await open
      const entry = await journal.append(fact)
      state = applyEntry(state, entry)
      bytes = journal.bytes()
      options.onEntry(id, entry)
      options.onChange(id)
    },
    showFailed(step, error) {
      state = { ...state, steps: { ...state.steps, [step]: { ...state.steps[step], status: 'failed', error } } }
      options.onChange(id)
    },
    writeSummary,
  }
}

async function writeSummaryFile(
  folder: string,
  bytes: number,
  state: RunState,
  end: JournalEnd,
  options: SessionOptions,
): Promise<void> {
  if (end === 'newer') return
  const summary = summarize(interrupted(state), options.order(state), end)
  await writeSummary(folder, bytes, { summary, timings: timingsOf(state), region: regionOf(state) })
}

async function loaded(folder: string): Promise<Loaded> {
  const id = path.basename(folder)
  try {
    const { entries, end, bytes } = await readJournal(path.join(folder, journalName))
    if (entries[0]?.kind !== 'run') {
      throw end === 'newer' ? new AppError('run.newer') : new AppError('journal.damaged', { file: journalName })
    }
    return { state: interrupted(replay(entries)), end, bytes }
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? new AppError('run.not-found', { run: id }) : error
  }
}

function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => -1,
  )
}
