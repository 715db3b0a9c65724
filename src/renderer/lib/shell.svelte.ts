import type { AppFacts, CallInput, PlanView } from '../../shared/contract'
import type { DesktopTarget } from '../../shared/desktop-calls'
import { toErrorData, type ErrorData } from '../../shared/errors'
import type { SessionTarget } from '../../shared/session-calls'
import type { RecipeId } from '../../shared/terms'
import { tick } from 'svelte'
import { load } from '../screens/later'
import { call } from './api'
import { runs } from './runs.svelte'
import { text } from './text.svelte'

export type SettingsSection =
  'look' | 'notices' | 'clouds' | 'accounts' | 'network' | 'uploads' | 'folders' | 'log' | 'support'
export type Route =
  | { screen: 'home' }
  | { screen: 'run'; run: string }
  | { screen: 'settings'; section?: SettingsSection }
  | { screen: 'pools' }
  /** `desktop`: shown first, without a terminal. */
  | { screen: 'session'; target: SessionTarget; desktop?: DesktopTarget }

/** What belongs to the window as a whole: facts of the app, the screen shown, a failure that belongs to no step. */
class Shell {
  facts = $state.raw<AppFacts | null>(null)
  route = $state.raw<Route>({ screen: 'home' })
  problem = $state.raw<ErrorData | null>(null)
  /** The dialog that starts a run, while it is open. */
  newRun = $state<RecipeId | 'practice' | null>(null)
  /** Path of the disk image that was dropped to start that run with; null: it is chosen later. */
  newRunFile = $state<string | null>(null)
  /** The plan that is looked at before a run is made of it. */
  plan = $state.raw<PlanView | null>(null)
  /** The dialog that begins a session to any host. */
  isOpeningSession = $state(false)
  /** File of the plan that was saved last, until that has been read. */
  saved = $state.raw<string | null>(null)
  isExplainOpen = $state(true)
  /** Places of damage that were told and read. */
  readDamages = $state.raw<readonly string[]>([])
  #before: Route = { screen: 'home' }
  /** Where the last click leads, shown or still on its way. */
  #wanted: Route = this.route

  async start() {
    // Beside the step while there is room; over it, and only when asked for, where there is not.
    const isNarrow = window.matchMedia('(max-width: 1099px)')
    this.isExplainOpen = !isNarrow.matches
    isNarrow.addEventListener('change', () => (this.isExplainOpen = !isNarrow.matches))
    await this.attempt(async () => this.#apply(await call('app.facts', {})))
  }

  /** Opens the explanation where it says what happens when the app is closed. */
  async explainClosing() {
    this.isExplainOpen = true
    await tick()
    document.getElementById('closing-explained')?.focus()
  }

  /** What the application menu asks of the window. */
  command(command: 'home' | 'newRun' | 'openPlan' | 'settings' | 'pools') {
    if (command === 'settings') return this.openSettings()
    if (command === 'pools') return this.goToPools()
    this.goHome()
    if (command === 'newRun') this.newRun = 'from-disk'
    if (command === 'openPlan') void this.openPlan()
  }

  /** Offers to start a run with a disk image that was dropped. */
  startWith(path: string) {
    this.newRunFile = path
    this.newRun = 'from-disk'
  }

  closeNewRun() {
    this.newRun = null
    this.newRunFile = null
  }

  /** Lets a person choose a plan and shows what it would do. */
  async openPlan() {
    this.plan = await this.attempt(() => call('plan.open', {}))
  }

  /** Lets a person choose where what was typed in a run is written as a plan. */
  async savePlan(run: string) {
    const saved = await this.attempt(() => call('plan.save', { run }))
    if (saved?.file) this.saved = saved.file
  }

  async save(settings: CallInput<'settings.save'>) {
    await this.attempt(async () => this.#apply(await call('settings.save', settings)))
  }

  goHome() {
    void this.#show({ screen: 'home' })
  }

  goTo(run: string) {
    void this.#show({ screen: 'run', run }, load('run'), runs.shown(run))
  }

  /** Shows the session to a VM; one that is open already is found again. */
  goToSession(target: SessionTarget, desktop?: DesktopTarget) {
    const shown = target.kind === 'run' ? [runs.shown(target.run)] : []
    void this.#show({ screen: 'session', target, ...(desktop ? { desktop } : {}) }, load('session'), ...shown)
  }

  /** Shows the settings, at one of their sections where a failure named it. */
  openSettings(section?: SettingsSection) {
    if (this.route.screen !== 'settings') this.#before = this.route
    void this.#show({ screen: 'settings', ...(section ? { section } : {}) }, load('settings'))
  }

  /** From the settings to where they were opened. */
  goBack() {
    const before = this.#before
    if (before.screen === 'run') this.goTo(before.run)
    else if (before.screen === 'session') this.goToSession(before.target, before.desktop)
    else void this.#show(before)
  }

  goToPools() {
    void this.#show({ screen: 'pools' }, load('pools'))
  }

  /** The run that the screen is about. */
  get run(): string | null {
    if (this.route.screen === 'run') return this.route.run
    return this.route.screen === 'session' && this.route.target.kind === 'run' ? this.route.target.run : null
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

  /** The screen before stays until the next one can be painted whole; the last click counts. */
  async #show(route: Route, ...needs: Promise<unknown>[]) {
    this.problem = null
    this.#wanted = route
    try {
      if (needs.length > 0) await Promise.all(needs)
      if (this.#wanted === route) this.route = route
    } catch (error) {
      if (this.#wanted !== route) return
      this.problem = toErrorData(error)
      runs.watch(this.run)
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
