import type { RunSummary } from '../../shared/run'
import type { StepId } from '../../shared/terms'

/** What a copy of a run is for. */
export type CopyPurpose = 'duplicate' | 'real' | 'practise'
type RunRef = Pick<RunSummary, 'id' | 'name' | 'cloud'>

/** The dialogs about a run as a whole: opened from the list, the run itself, its result and the palette, shown once for all. */
class RunDialogs {
  copy = $state.raw<{ run: RunRef; purpose: CopyPurpose } | null>(null)
  cancelled = $state.raw<RunRef | null>(null)
  renamed = $state.raw<RunSummary | null>(null)
  /** A step that was asked for outside the run's own screen, until that shows it. */
  step = $state<StepId | null>(null)
  isHelpOpen = $state(false)
  isPaletteOpen = $state(false)

  get isAnyOpen(): boolean {
    return (
      this.copy !== null || this.cancelled !== null || this.renamed !== null || this.isHelpOpen || this.isPaletteOpen
    )
  }
}

export const runDialogs = new RunDialogs()
