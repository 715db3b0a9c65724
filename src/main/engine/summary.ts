import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { isLeaving, type RunState, type RunSummary, type StepStatus } from '../../shared/run'
import { stepIds, type StepId } from '../../shared/terms'
import { timingsOf, type Timing } from '../../shared/time-left'
import { writeAtomic } from './files'
import { readJournal, type JournalEnd } from './journal'
import { interrupted, replay } from '../../shared/replay'

/** Files of a run's folder. */
export const journalName = 'journal.jsonl'
export const lockName = 'lock.json'
const summaryName = 'summary.json'

/** The summary file: good for a journal of exactly this length. */
const stored = z.object({
  journalBytes: z.number(),
  summary: z.custom<RunSummary>((value) => isSummary(value)),
  // Absent in files of older versions: these are read from the journal once more.
  timings: z.array(z.object({ step: z.enum(stepIds), seconds: z.number(), size: z.number(), at: z.string() })),
  region: z.string().nullable(),
})
/** A line of the list, and what the run teaches about how long steps take. */
export type Summarized = {
  summary: RunSummary
  timings: Timing[]
  /** Where the run's things are; null before that was settled. */
  region: string | null
}

/** One line of the list. `order` = the steps of the run's recipe; `end` = how its journal ends. */
export function summarize(state: RunState, order: readonly StepId[], end: JournalEnd = 'whole'): RunSummary {
  const isOver = (step: StepId) => ['done', 'skipped'].includes(state.steps[step].status) && !state.steps[step].edited
  const attention = order.find((id) => isNeedyStatus(state.steps[id].status)) ?? order.find((id) => !isOver(id)) ?? null
  const step = state.cancelled ? null : attention
  const queue = step && state.steps[step].status === 'waiting' ? state.steps[step].queue : undefined
  const error = step && state.steps[step].status === 'failed' ? state.steps[step].error : undefined
  const percent = step && state.steps[step].status === 'paused' ? state.steps[step].percent : undefined
  return {
    id: state.id,
    name: state.name,
    recipe: state.recipe,
    cloud: cloudOf(state),
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    step,
    status: end === 'newer' || end === 'damaged' ? end : statusOf(state, step),
    done: order.filter(isOver).length,
    total: order.length,
    scaffold: state.resources.filter(isLeaving).length,
    ...(error ? { error } : {}),
    ...(queue ? { queue: { host: queue.host, since: queue.since } } : {}),
    ...(percent === undefined ? {} : { percent }),
    ...(state.cancelled ? { left: state.cancelled.left.length } : {}),
  }
}

/**
 * The summary of a run that nobody here works on, from its file, or from the journal where the file is missing or older. Returns
 * null for a folder without a run in it.
 */
export async function readSummary(
  folder: string,
  order: (state: RunState) => readonly StepId[],
): Promise<Summarized | null> {
  const journal = path.join(folder, journalName)
  const bytes = await stat(journal).then(
    ({ size }) => size,
    () => 0,
  )
  if (bytes === 0) return null
  const file = await storedSummary(folder)
  if (file?.journalBytes === bytes) return file
  const text = await readJournal(journal)
  if (text.entries[0]?.kind !== 'run')
    return text.end === 'torn' ? null : { summary: unreadable(folder, text.end), timings: [], region: null }
  const state = interrupted(replay(text.entries))
  const summarized = {
    summary: summarize(state, order(state), text.end),
    timings: timingsOf(state),
    region: regionOf(state),
  }
  if (text.end === 'whole') await writeSummary(folder, text.bytes, summarized)
  return summarized
}

/** Writes the summary beside its journal. It only saves time, so a full disk is no reason to fail. */
export async function writeSummary(folder: string, journalBytes: number, summarized: Summarized): Promise<void> {
  const text = JSON.stringify({ journalBytes, ...summarized })
  await writeAtomic(path.join(folder, summaryName), text).catch(() => undefined)
}

async function storedSummary(folder: string): Promise<z.infer<typeof stored> | null> {
  try {
    return stored.parse(JSON.parse(await readFile(path.join(folder, summaryName), 'utf8')))
  } catch {
    return null
  }
}

type NeedyStatus = 'running' | 'waiting' | 'interrupted' | 'paused' | 'failed'

/** Where a run stands, however many steps before it are still to be done. */
function isNeedyStatus(status: StepStatus): status is NeedyStatus {
  return ['running', 'waiting', 'interrupted', 'paused', 'failed'].includes(status)
}

function statusOf(state: RunState, step: StepId | null): RunSummary['status'] {
  if (state.cancelled) return state.cancelled.endedAt ? 'cancelled' : 'cancelling'
  if (!step) return 'finished'
  const { status } = state.steps[step]
  if (isNeedyStatus(status)) return status
  return Object.values(state.steps).some(({ attempts }) => attempts > 0) ? 'ready' : 'new'
}

/** The cloud that a run works in, or is meant to. */
export function cloudOf(state: RunState): string | null {
  const { output, input } = state.steps['connect.cloud']
  const named = (output as { cloud?: unknown } | undefined)?.cloud ?? input['cloud']
  return typeof named === 'string' ? named : null
}

/** The region that a run works in, once it was settled. */
export function regionOf(state: RunState): string | null {
  const region = (state.steps['connect.scope'].output as { region?: unknown } | undefined)?.region
  return typeof region === 'string' ? region : null
}

/** Not even the name can be read: the folder still belongs on the list, so that nobody believes the run lost. */
function unreadable(folder: string, end: JournalEnd): RunSummary {
  const id = path.basename(folder)
  const at = new Date(0).toISOString()
  const status = end === 'newer' ? 'newer' : 'damaged'
  return {
    id,
    name: id,
    recipe: 'from-disk',
    cloud: null,
    createdAt: at,
    updatedAt: at,
    step: null,
    status,
    done: 0,
    total: 0,
    scaffold: 0,
  }
}

function isSummary(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'id' in value && 'status' in value && 'name' in value
}
