import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { RunState, RunSummary } from '../../shared/run'
import type { StepId } from '../../shared/terms'
import { writeAtomic } from './files'
import { readJournal, type JournalEnd } from './journal'
import { interrupted, replay } from '../../shared/replay'

/** Files of a run's folder. */
export const journalName = 'journal.jsonl'
export const lockName = 'lock.json'
const summaryName = 'summary.json'

/** The summary file: good for a journal of exactly this length. */
const stored = z.object({ journalBytes: z.number(), summary: z.custom<RunSummary>((value) => isSummary(value)) })

/** One line of the list. `order` = the steps of the run's recipe; `end` = how its journal ends. */
export function summarize(state: RunState, order: readonly StepId[], end: JournalEnd = 'whole'): RunSummary {
  const isOver = (step: StepId) => ['done', 'skipped'].includes(state.steps[step].status) && !state.steps[step].edited
  const needy = order.find((step) => ['running', 'waiting', 'interrupted', 'failed'].includes(state.steps[step].status))
  const step = needy ?? order.find((id) => !isOver(id)) ?? null
  const queue = step && state.steps[step].status === 'waiting' ? state.steps[step].queue : undefined
  const error = step && state.steps[step].status === 'failed' ? state.steps[step].error : undefined
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
    scaffold: state.resources.filter(({ keep }) => !keep).length,
    ...(error ? { error } : {}),
    ...(queue ? { queue: { host: queue.host, since: queue.since } } : {}),
  }
}

/**
 * The summary of a run that nobody here works on, from its file, or from the journal where the file is missing or older. Returns
 * null for a folder without a run in it.
 */
export async function readSummary(
  folder: string,
  order: (state: RunState) => readonly StepId[],
): Promise<RunSummary | null> {
  const journal = path.join(folder, journalName)
  const bytes = await stat(journal).then(
    ({ size }) => size,
    () => 0,
  )
  if (bytes === 0) return null
  const file = await storedSummary(folder)
  if (file?.journalBytes === bytes) return file.summary
  const text = await readJournal(journal)
  if (text.entries[0]?.kind !== 'run') return text.end === 'torn' ? null : unreadable(folder, text.end)
  const state = interrupted(replay(text.entries))
  return summarize(state, order(state), text.end)
}

/** Writes the summary beside its journal. It only saves time, so a full disk is no reason to fail. */
export async function writeSummary(folder: string, journalBytes: number, summary: RunSummary): Promise<void> {
  await writeAtomic(path.join(folder, summaryName), JSON.stringify({ journalBytes, summary })).catch(() => undefined)
}

async function storedSummary(folder: string): Promise<z.infer<typeof stored> | null> {
  try {
    return stored.parse(JSON.parse(await readFile(path.join(folder, summaryName), 'utf8')))
  } catch {
    return null
  }
}

function statusOf(state: RunState, step: StepId | null): RunSummary['status'] {
  if (!step) return 'finished'
  const { status } = state.steps[step]
  if (status === 'running' || status === 'waiting' || status === 'interrupted' || status === 'failed') return status
  return Object.values(state.steps).some(({ attempts }) => attempts > 0) ? 'ready' : 'new'
}

function cloudOf(state: RunState): string | null {
  const { output, input } = state.steps['connect.cloud']
  const named = (output as { cloud?: unknown } | undefined)?.cloud ?? input['cloud']
  return typeof named === 'string' ? named : null
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
