import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { apply, replay, summarize } from '../../shared/replay'
import type { Fact, JournalEntry, RunState, RunSummary } from '../../shared/run'
import { writeAtomically } from './files'
import { openJournal, readJournal } from './journal'
import { holder, takeLock } from './lock'

/** A run that this process may write to. */
export type RunFile = {
  state: RunState
  append(fact: Fact): JournalEntry
  /** Keeps the line of the home screen up to date beside the journal. */
  saveSummary(): void
  close(): void
}

const journalName = 'journal.jsonl'

/** Takes the run's lock and replays its journal. Throws `run.locked`, `run.newer`, `disk-full`. */
export function openRun(folder: string, now: () => Date): RunFile {
  const lock = takeLock(join(folder, 'lock'))
  try {
    const { journal, text } = openJournal(join(folder, journalName), now)
    const state = replay(text.entries)
    return {
      state,
      append(fact) {
        const entry = journal.append(fact)
        apply(state, entry)
        return entry
      },
      saveSummary: () => saveSummary(folder, summarize(state, false)),
      close() {
        journal.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The state of a run that another process may be writing, or that a newer app wrote. */
export function readRun(folder: string): RunState {
  return replay(readJournal(join(folder, journalName)).entries)
}

/** The line of the home screen, from the summary file where that is as new as the journal, else by replay. Null: no run here. */
export function readSummary(folder: string, id: string): RunSummary | null {
  const journal = join(folder, journalName)
  if (!existsSync(journal)) return null
  const summary = freshSummary(folder, statSync(journal).size) ?? replayedSummary(folder, id)
  const isElsewhere = holder(join(folder, 'lock')) !== null
  return isElsewhere ? { ...summary, status: 'elsewhere' } : summary
}

function replayedSummary(folder: string, id: string): RunSummary {
  const { entries, condition } = readJournal(join(folder, journalName))
  const summary = { ...summarize(replay(entries), false), id }
  if (condition === 'newer' || condition === 'damaged') return { ...summary, status: condition }
  return summary
}

function freshSummary(folder: string, journalBytes: number): RunSummary | null {
  try {
    const saved = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as {
      journalBytes: number
      summary: RunSummary
    }
    return saved.journalBytes === journalBytes ? saved.summary : null
  } catch {
    return null
  }
}

function saveSummary(folder: string, summary: RunSummary) {
  try {
    const journalBytes = statSync(join(folder, journalName)).size
    writeAtomically(join(folder, 'summary.json'), JSON.stringify({ journalBytes, summary }))
  } catch {
    // Only a shortcut: without it the list replays the journal.
  }
}
