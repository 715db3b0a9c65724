import type { RunSummary } from '../../shared/run'
import type { MenuEntry } from '../ui/Menu.svelte'
import { shell } from './shell.svelte'
import { runDialogs, type CopyPurpose } from './run-dialogs.svelte'
import { text } from './text.svelte'

/** The ways to do a run again: the same, for real what was practised or the other way round, and as a plan in a file. */
export function copyEntries(run: RunSummary): MenuEntry[] {
  const words = text.messages.runPage.menu
  const entry = (label: string, purpose: CopyPurpose) => ({
    label,
    run: () => (runDialogs.copy = { run, purpose }),
  })
  const isPractised = run.cloud === 'practice'
  return [
    entry(words.duplicate, 'duplicate'),
    isPractised ? entry(words.useForReal, 'real') : entry(words.practise, 'practise'),
    { label: text.messages.plans.menu.save, run: () => void shell.savePlan(run.id) },
  ]
}
