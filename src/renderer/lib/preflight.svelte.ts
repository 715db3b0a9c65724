import type { PreflightView } from '../../shared/contract'
import { openBlocks, type PreflightLook, type PreflightRow } from '../../shared/preflight'
import { open } from './api'

/** The mirror of main's looks: one run at a time, fed while the preflight is on screen. */
class Preflight {
  view = $state.raw<PreflightView | null>(null)
  #run = $state.raw<string | null>(null)

  /** Main looks on its own only while this is on. Returns the way to stop it; what was seen last stays for the checklist. */
  watch(run: string): () => void {
    if (this.#run !== run) this.view = null
    this.#run = run
    return open('preflight', { run }, (view) => {
      if (this.#run === run) this.view = view
    })
  }

  /** The latest look at a run since the window opened, or null. */
  lookOf(run: string): PreflightLook | null {
    return this.#run === run ? (this.view?.look ?? null) : null
  }

  /** Checks that forbid to go on and whose risk the form does not take. */
  openBlocks(run: string, values: Record<string, unknown>): PreflightRow[] {
    return openBlocks(this.lookOf(run)?.rows ?? [], acceptedIn(values))
  }
}

export function acceptedIn(values: Record<string, unknown>): string[] {
  const ids: unknown = values['acceptedRisks']
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : []
}

export const preflight = new Preflight()
