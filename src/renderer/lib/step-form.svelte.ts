import type { RunDetail } from '../../shared/contract'
import { forms, type Inputs } from '../../shared/forms/forms'
import type { Progress, StepState } from '../../shared/run'
import type { StepId } from '../../shared/terms'
import { z } from 'zod'
import { call } from './api'
import { CloudList, type ListName } from './lists.svelte'
import { outputOf } from './outputs'
import { runs } from './runs.svelte'
import { preflight } from './preflight.svelte'
import { shell } from './shell.svelte'
import { fill, spanText, text } from './text.svelte'

export { outputOf }

const draftDelayMs = 300

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
  #isChecked = $state(false)
  #isUnlocked = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #sending: Promise<unknown> = Promise.resolve()
  readonly #lists: Partial<Record<ListName, CloudList>> = {}

  values = $derived.by<Record<string, unknown>>(() => ({ ...this.#detail().forms[this.step], ...this.#edits }))
  #parsed = $derived.by(() => forms[this.step].safeParse(this.values))

  constructor(run: string, step: StepId, detail: () => RunDetail, actions: StepActions) {
    this.run = run
    this.step = step
    this.#detail = detail
    this.#actions = actions
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
    // Cloud and place cannot change under what stands there; what was only announced by a failed step does not count.
    if (this.step === 'connect.cloud' || this.step === 'connect.scope') {
      return resources.some(({ step }) => steps[step].status === 'done')
    }
    return this.isMade && !this.#isUnlocked
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
    return this.step !== 'disk.choose' || Boolean(this.values['file'])
  }
  /** The step is done, but what it found forbids to go on. */
  get isBlocking(): boolean {
    const found = this.step === 'disk.inspect' ? outputOf(this.detail, 'disk.inspect') : undefined
    if (!found) return false
    const isUndecided =
      (found.generation === null && !this.values['generation']) || (found.os === null && !this.values['osType'])
    return found.verdict === 'block' || found.verdict === 'unreadable' || isUndecided
  }
  /** Steps that only look, or that are meant to be done again. */
  get isRepeatable(): boolean {
    return ['connect.signIn', 'prepare.preflight', 'finish.verify', 'finish.cleanup', 'finish.report'].includes(
      this.step,
    )
  }
  /** Title and reason where the result has better ones than the step itself. */
  get heading(): { title: string; why: string } | null {
    const output = this.step === 'disk.inspect' && !this.isRunning ? outputOf(this.detail, 'disk.inspect') : undefined
    if (!output) return null
    const words = text.messages.forms['disk.inspect']
    const titles = {
      ok: words.titleOk,
      info: words.titleOk,
      warn: words.titleWarn,
      block: words.titleBlock,
      unreadable: words.titleUnreadable,
    }
    return { title: titles[output.verdict], why: fill(words.summary, { duration: spanText(output.ms / 1000, 1) }) }
  }

  /** Changes fields and saves the draft shortly after. */
  set(change: Record<string, unknown>) {
    this.#edits = { ...this.#edits, ...change }
    this.#touched = [...this.#touched, ...Object.keys(change)]
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), draftDelayMs)
  }

  /** What is wrong with a field (`name`, or `regions.0.replicas` inside a list), once it was touched or Continue was tried. */
  problem(path: string): string | undefined {
    const field = path.split('.')[0]!
    if (this.#parsed.success || !(this.#isChecked || this.#touched.includes(field))) return undefined
    const issue = this.#parsed.error.issues.find(({ path: at }) => at.join('.') === path)
    if (!issue) return undefined
    return this.#words({ message: issue.message, format: 'format' in issue ? issue.format : undefined }, path)
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
      this.#isUnlocked = false
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
    const edits = this.#edits
    if (Object.keys(edits).length > 0) {
      const input = Object.fromEntries(
        Object.entries({ ...this.state.typed, ...edits }).filter(([, value]) => value !== undefined),
      )
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
    void this.flush()
  }

  #words(issue: { message: string; format?: string | undefined }, path: string): string {
    const { names, ui } = text.messages
    const value = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], this.values)
    if (value === undefined || value === '') return ui.common.required
    if (Object.hasOwn(names, issue.message)) return names[issue.message as keyof typeof names]
    if (issue.format === 'guid') return ui.common.guid
    const range = rangeOf(this.step, path)
    return range ? fill(ui.common.numberRange, range) : ui.common.invalid
  }
}

/** The limits that a schema sets to a whole number, or null where the field is none. */
function rangeOf(step: StepId, path: string): { from: number; to: number } | null {
  let schema: JsonSchema | undefined = z.toJSONSchema(forms[step], {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema
  for (const key of path.split('.')) schema = schema?.items ?? schema?.properties?.[key]
  return schema?.minimum === undefined || schema.maximum === undefined
    ? null
    : { from: schema.minimum, to: schema.maximum }
}
type JsonSchema = { properties?: Record<string, JsonSchema>; items?: JsonSchema; minimum?: number; maximum?: number }

/** The values of a form as far as they are filled in. */
export function valuesOf<Id extends StepId>(form: StepForm, _step: Id): Partial<Inputs[Id]> {
  return form.values as Partial<Inputs[Id]>
}
