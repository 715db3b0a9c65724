import type { ConsequencesView, RunDetail } from '../../shared/contract'
import { forms, type Inputs } from '../../shared/forms/forms'
import { proposals } from '../../shared/proposals'
import { isSameData } from '../../shared/replay'
import type { Progress, StepState } from '../../shared/run'
import type { StepId } from '../../shared/terms'
import { headingOf, verdictText } from '../../shared/xray-words'
import { call } from './api'
import type { Aside } from '../ui/Field.svelte'
import { problemText } from './form-problem'
import { CloudList, type ListName } from './lists.svelte'
import { NameLine } from './name-line.svelte'
import { outputOf } from './outputs'
import { runs } from './runs.svelte'
import { preflight } from './preflight.svelte'
import { inspectionOf, isRefused, openQuestions } from './xray.svelte'
import { shell } from './shell.svelte'
import { fill, spanText, text } from './text.svelte'

export { outputOf }

const draftDelayMs = 300
/** The field that holds a name in the cloud. */
const nameFields: Partial<Record<StepId, string>> = {
  'connect.scope': 'resourceGroup',
  'prepare.account': 'name',
  'prepare.storage': 'name',
  'vm.create': 'name',
  'image.gallery': 'name',
  'image.definition': 'name',
  'image.version': 'version',
  'pool.create': 'name',
}

/** What screens may be asked for by a step's form. */
export type StepActions = {
  /** Performs a step; answers true when it ended well. */
  perform(step: StepId): Promise<boolean>
  goTo(step: StepId): void
  /** The step that was asked for and has not ended yet. */
  asked(): StepId | null
}

/** The form of one step: values of main overlaid with what was typed here and is on its way there. */
export class StepForm {
  readonly run: string
  readonly step: StepId
  readonly #actions: StepActions
  readonly #detail: () => RunDetail
  #edits = $state.raw<Record<string, unknown>>({})
  #touched = $state.raw<readonly string[]>([])
  /** Fields that were put back to what is proposed. */
  #dropped = $state.raw<readonly string[]>([])
  #isChecked = $state(false)
  #isUnlocked = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #sending: Promise<unknown> = Promise.resolve()
  readonly #lists: Partial<Record<ListName, CloudList>> = {}

  readonly #name: NameLine
  #proposed = $derived.by(() => proposals(this.step, this.#detail().state))
  values = $derived.by<Record<string, unknown>>(() => {
    const back = Object.fromEntries(this.#dropped.map((field) => [field, this.#proposed[field]]))
    return { ...this.#detail().forms[this.step], ...back, ...this.#edits }
  })
  #parsed = $derived.by(() => forms[this.step].safeParse(this.values))

  constructor(run: string, step: StepId, detail: () => RunDetail, actions: StepActions) {
    this.run = run
    this.step = step
    this.#detail = detail
    this.#actions = actions
    this.#name = new NameLine(run, step)
  }

  get detail(): RunDetail {
    return this.#detail()
  }
  get state(): StepState {
    return this.detail.state.steps[this.step]
  }
  get isRunning(): boolean {
    return this.detail.running?.step === this.step
  }
  /** Waits for the cloud and goes on by itself. */
  get isWaiting(): boolean {
    return this.detail.waiting === this.step
  }
  /** Asked for, but main has not begun it yet. */
  get isStarting(): boolean {
    return this.#actions.asked() === this.step && !this.isRunning
  }
  get progress(): Progress | null {
    return this.isRunning ? (this.detail.running?.progress ?? null) : null
  }
  get isValid(): boolean {
    return this.#parsed.success
  }
  /** What was made stays as it was made, so its form is only shown. */
  get isLocked(): boolean {
    if (runs.isElsewhere) return true
    const { resources, steps } = this.detail.state
    if (this.isRunning || this.isWaiting || this.detail.state.cancelled) return true
    // The cloud cannot change under what stands there; what was only announced by a failed step does not count.
    const isBuiltOn = resources.some(({ step }) => steps[step].status === 'done')
    if (this.step === 'connect.cloud') return isBuiltOn
    return (this.step === 'connect.scope' ? isBuiltOn : this.isMade) && !this.#isUnlocked
  }
  /** Shown only, but a person may ask to change it. */
  get isReopenable(): boolean {
    const isResting = !this.isRunning && !this.isWaiting && !this.detail.state.cancelled
    return isResting && this.state.status === 'done' && this.isLocked && this.step !== 'connect.cloud'
  }
  /** Something else works on this run, so nothing finished may be changed now. */
  get isOtherWorking(): boolean {
    return Boolean(this.detail.running ?? this.detail.waiting) && !this.isRunning && !this.isWaiting
  }
  get isChanged(): boolean {
    return this.#touched.length > 0 || (this.state.edited ?? false)
  }
  /** Done, and something was made. */
  get isMade(): boolean {
    const { resources } = this.detail.state
    // The group that preflight makes is named by another form, so its own stays open.
    if (this.step === 'prepare.preflight') return false
    return this.state.status === 'done' && resources.some((resource) => resource.step === this.step)
  }
  /** False where the choice made here needs no run of this step, or nothing can be started with it. */
  get isStartable(): boolean {
    if (this.step === 'decide.image') return this.values['choice'] !== 'startTask'
    if (this.step === 'prepare.preflight') return preflight.openBlocks(this.run, this.values).length === 0
    if (this.step === 'disk.inspect') return !this.isBlocking
    return this.step !== 'disk.choose' || Boolean(this.values['file'])
  }
  /** What was found in the disk forbids to go on, or is not decided. */
  get isBlocking(): boolean {
    const found = this.step === 'disk.inspect' ? inspectionOf(this) : undefined
    return found !== undefined && (isRefused(found) || openQuestions(found, this.values).length > 0)
  }
  /** What was found in the disk cannot be talked away. */
  get isRefused(): boolean {
    const found = this.step === 'disk.inspect' ? inspectionOf(this) : undefined
    return found !== undefined && isRefused(found)
  }
  /** Steps that only look, or that are meant to be done again. */
  get isRepeatable(): boolean {
    return ['connect.signIn', 'prepare.preflight', 'finish.verify', 'finish.cleanup', 'finish.report'].includes(
      this.step,
    )
  }
  /** Title and reason where the result has better ones than the step itself. */
  get heading(): { title: string; why: string } | null {
    const found = this.step === 'disk.inspect' ? inspectionOf(this) : undefined
    if (!found) return null
    const read = fill(text.messages.xray.summary, { duration: spanText(found.ms / 1000, 1) })
    return { title: headingOf(found, text.language), why: `${read} ${verdictText(found, text.language)}` }
  }

  /** Changes fields and saves the draft shortly after. */
  set(change: Record<string, unknown>) {
    const fields = Object.keys(change)
    this.#edits = { ...this.#edits, ...change }
    this.#touched = [...this.#touched, ...fields]
    this.#dropped = this.#dropped.filter((field) => !fields.includes(field))
    this.#saveSoon()
    const named = nameFields[this.step]
    if (named && fields.some((field) => field === named || field === 'mode')) this.#askName(named)
  }

  /** Puts a field back to what is proposed. */
  reset(field: string) {
    const { [field]: _typed, ...edits } = this.#edits
    this.#edits = edits
    this.#dropped = [...this.#dropped, field]
    this.#touched = [...this.#touched, field]
    if (field === nameFields[this.step]) this.#name.forget()
    this.#saveSoon()
  }

  /** What stands beside a field: whether its value is a proposal, the way back to it, and what the cloud says about a name. */
  aside(field: string): Aside {
    const isName = nameFields[this.step] === field
    const check = isName && this.values['mode'] !== 'choose' ? this.#name.check() : undefined
    const own = { check, onfree: isName ? (name: string) => this.set({ [field]: name }) : undefined }
    const proposed = this.#proposed[field]
    if (proposed === undefined || this.isLocked || (this.state.status === 'done' && !this.isChanged)) return own
    const isTyped =
      !this.#dropped.includes(field) && (field in this.#edits || (this.state.typed?.[field] ?? undefined) !== undefined)
    if (!isTyped) return { ...own, isProposed: true }
    const isSame = isSameData(this.values[field], proposed)
    return { ...own, onreset: isSame ? undefined : () => this.reset(field) }
  }

  /** Puts a free name like the one that cannot be had into the form. Answers the field, or null where there is none. */
  async proposeFreeName(): Promise<string | null> {
    const field = nameFields[this.step]
    const free = field && (await this.#name.free(this.#input()))
    if (!field || !free) return null
    this.set({ [field]: free })
    return field
  }

  /** What the change of a finished step would do, or null where it does nothing to anything else. */
  async consequences(): Promise<ConsequencesView | null> {
    if (this.state.status !== 'done' || !this.isChanged) return null
    await this.flush()
    const { run, step } = this
    const seen = await shell.attempt(() => call('step.consequences', { run, step, input: this.#input() }))
    // Looking inside a disk changes nothing, so nobody needs to be asked about that alone.
    const isAgain = seen?.again.some(({ step: again }) => again !== 'disk.inspect')
    return seen && (isAgain || seen.things.some(({ fate }) => fate !== 'reused')) ? seen : null
  }

  /** Keeps the change and what it leaves unused; `remove`: ids that clean-up takes along. Answers whether it was kept. */
  async change(remove: readonly string[]): Promise<boolean> {
    await this.flush()
    const { run, step } = this
    const input = this.#input()
    const kept = await shell.attempt(async () => {
      await call('step.change', { run, step, input, remove: [...remove] })
      return true
    })
    return kept === true
  }

  /** Puts a finished step's form back to what it was performed with. */
  async discard() {
    clearTimeout(this.#timer)
    this.#name.forget()
    const { run, step } = this
    const input = { ...this.state.performed }
    await this.#sending
    await shell.attempt(() => call('step.input', { run, step, input }))
    this.#edits = {}
    this.#dropped = []
    this.#touched = []
    this.#isUnlocked = false
  }

  /** What is wrong with a field (`name`, or `regions.0.replicas` inside a list), once it was touched or Continue was tried. */
  problem(path: string): string | undefined {
    const field = path.split('.')[0]!
    if (this.#parsed.success || !(this.#isChecked || this.#touched.includes(field))) return undefined
    const issue = this.#parsed.error.issues.find(({ path: at }) => at.join('.') === path)
    if (!issue) return undefined
    const format = 'format' in issue ? issue.format : undefined
    return problemText(this.step, this.values, { message: issue.message, format }, path)
  }

  /** Marks every field that is wrong. Answers whether the form is complete. */
  check(): boolean {
    this.#isChecked = true
    return this.isValid
  }

  /** Saves what was typed and performs this step, or another one first. Answers true when it ended well. */
  async perform(step: StepId = this.step): Promise<boolean> {
    await this.flush()
    const isDone = await this.#actions.perform(step)
    if (isDone) {
      this.#touched = []
      this.#edits = {}
      this.#dropped = []
      this.#isUnlocked = false
      this.#name.forget()
    }
    return isDone
  }

  /** Lets the form of a step that made something be changed, to make another one. */
  unlock() {
    this.#isUnlocked = true
  }

  goTo(step: StepId) {
    this.#actions.goTo(step)
  }

  /** Sends what was typed and not yet saved. Throws nothing: a refusal is shown on top of the screen. */
  async flush() {
    clearTimeout(this.#timer)
    if (Object.keys(this.#edits).length > 0 || this.#dropped.length > 0) {
      const input = this.#input()
      this.#sending = this.#sending.then(() =>
        shell.attempt(() => call('step.input', { run: this.run, step: this.step, input })),
      )
    }
    await this.#sending
  }

  /** A list of the cloud, loaded when a form first asks for it. */
  list(name: ListName): CloudList {
    const known = this.#lists[name]
    if (known) return known
    const list = new CloudList(this.run, name)
    this.#lists[name] = list
    void list.load()
    return list
  }

  /** Loads a list again after what it depends on was changed in this form. */
  async reload(name: ListName) {
    await this.flush()
    await this.#lists[name]?.load()
  }

  close() {
    this.#name.forget()
    void this.flush()
  }

  #saveSoon() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), draftDelayMs)
  }

  /** What a person typed, here and before. */
  #input(): Record<string, unknown> {
    const kept = Object.entries(this.state.typed ?? {}).filter(([field]) => !this.#dropped.includes(field))
    const all = Object.entries({ ...Object.fromEntries(kept), ...this.#edits })
    return Object.fromEntries(all.filter(([, value]) => value !== undefined))
  }

  /** Nothing is sent for a name that breaks the rules, for one that was chosen, or before the sign-in. */
  #askName(field: string) {
    const isAskable = this.detail.state.steps['connect.signIn'].status === 'done' && this.values['mode'] !== 'choose'
    const isWrong = this.#parsed.error?.issues.some(({ path }) => path[0] === field) ?? false
    if (isAskable && !isWrong) this.#name.ask(String(this.values[field]), this.#input())
    else this.#name.forget()
  }
}

/** The values of a form as far as they are filled in. */
export function valuesOf<Id extends StepId>(form: StepForm, _step: Id): Partial<Inputs[Id]> {
  return form.values as Partial<Inputs[Id]>
}
