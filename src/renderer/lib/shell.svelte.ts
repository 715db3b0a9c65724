import type { AppFacts } from '../../shared/contract'
import { toErrorData, type ErrorData } from '../../shared/errors'
import { call } from './api'
import { text } from './text.svelte'

export type Route = { screen: 'home' } | { screen: 'run'; run: string }

/** What belongs to the window as a whole: facts of the app, the screen shown, a failure that belongs to no step. */
class Shell {
  facts = $state.raw<AppFacts | null>(null)
  route = $state.raw<Route>({ screen: 'home' })
  problem = $state.raw<ErrorData | null>(null)
  /** The dialog that starts a run, while it is open. */
  newRun = $state<'from-disk' | 'practice' | null>(null)
  isExplainOpen = $state(true)

  async start() {
    // Beside the step while there is room; over it, and only when asked for, where there is not.
    const isNarrow = window.matchMedia('(max-width: 1099px)')
    this.isExplainOpen = !isNarrow.matches
    isNarrow.addEventListener('change', () => (this.isExplainOpen = !isNarrow.matches))
    await this.attempt(async () => this.#apply(await call('app.facts', {})))
  }

  /** What the application menu asks of the window. */
  command(command: 'home' | 'newRun') {
    this.goHome()
    if (command === 'newRun') this.newRun = 'from-disk'
  }

  async save(settings: { theme?: AppFacts['theme']; language?: AppFacts['language'] }) {
    await this.attempt(async () => this.#apply(await call('settings.save', settings)))
  }

  goHome() {
    this.problem = null
    this.route = { screen: 'home' }
  }

  goTo(run: string) {
    this.problem = null
    this.route = { screen: 'run', run }
  }

  /** Runs what a click asked for. A failure is shown on top of the screen and gives null. */
  async attempt<Result>(work: () => Promise<Result>): Promise<Result | null> {
    try {
      const result = await work()
      this.problem = null
      return result
    } catch (error) {
      this.problem = toErrorData(error)
      return null
    }
  }

  #apply(facts: AppFacts) {
    this.facts = facts
    text.language = facts.language
    document.documentElement.lang = facts.language
    // The system's choice is left to the media query, so that it follows the system at once.
    if (facts.theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = facts.theme
  }
}

export const shell = new Shell()
