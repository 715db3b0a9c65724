import type { RunDetail } from '../../shared/contract'
import type { Part, PartState } from '../../shared/parts'
import type { RecipeView } from '../../shared/recipe-calls'
import { call, open } from './api'
import { outputOf } from './outputs'
import { shell } from './shell.svelte'

/** Characters of live output that are kept of one part. */
const mostOutput = 200_000

export type PartStatus = 'todo' | 'running' | 'done' | 'failed' | 'skipped'

/** The install recipe of one run: its parts as the form holds them, and how they go. */
export class Recipe {
  readonly run: string
  view = $state.raw<RecipeView | null>(null)
  /** What parts and lines printed since this was opened, by their ids. */
  output = $state.raw<Readonly<Record<string, string>>>({})
  readonly #detail: () => RunDetail
  /** Parts on their way to main. */
  #sent = $state.raw<{ parts: Part[]; isDone: boolean } | null>(null)

  constructor(run: string, detail: () => RunDetail) {
    this.run = run
    this.#detail = detail
  }

  get parts(): Part[] {
    return this.#sent?.parts ?? (this.#detail().forms['vm.install']['parts'] as Part[] | undefined) ?? []
  }
  get isRunning(): boolean {
    return this.#detail().running?.step === 'vm.install'
  }
  /** Anything that works on the run or on its VM keeps the rest waiting. */
  get isBusy(): boolean {
    return this.#detail().running !== null || this.view?.running != null
  }
  get isOver(): boolean {
    const { 'vm.generalize': generalize } = this.#detail().state.steps
    return generalize.status === 'done' || generalize.status === 'running'
  }

  /** Listens while the parts are on screen. */
  watch(): () => void {
    return open('recipe', { run: this.run }, (message) => {
      if (message.kind === 'view') this.view = message.view
      else this.#print(message.id, message.text)
    })
  }

  stateOf(id: string): PartState | undefined {
    return this.view?.parts.find((state) => state.id === id)
  }

  statusOf(part: Part): PartStatus {
    const state = this.stateOf(part.id)
    if (this.view?.running?.id === part.id) return 'running'
    if (part.skip) return 'skipped'
    if (state) return state.status === 'running' ? 'failed' : state.status
    const made = outputOf(this.#detail(), 'vm.install')?.parts.find(({ id }) => id === part.id)
    return made?.status === 'done' ? 'done' : 'todo'
  }

  get unfinished(): Part[] {
    return this.parts.filter((part) => !['done', 'skipped'].includes(this.statusOf(part)))
  }

  /** Keeps the parts as they are to be. */
  async save(parts: Part[], done = false): Promise<void> {
    const sent = { parts, isDone: done }
    this.#sent = sent
    const typed = this.#detail().state.steps['vm.install'].typed ?? {}
    await shell.attempt(() =>
      call('step.input', { run: this.run, step: 'vm.install', input: { ...typed, parts, done } }),
    )
    if (this.#sent === sent) this.#sent = null
  }

  change(part: Part, change: Partial<Part>): Promise<void> {
    return this.save(this.parts.map((other) => (other.id === part.id ? { ...other, ...change } : other)))
  }

  remove(part: Part): Promise<void> {
    return this.save(this.parts.filter(({ id }) => id !== part.id))
  }

  /** Puts a part at another place of the list. */
  move(part: Part, to: number): Promise<void> {
    const rest = this.parts.filter(({ id }) => id !== part.id)
    return this.save(rest.toSpliced(Math.max(0, Math.min(rest.length, to)), 0, part))
  }

  /** Runs what has not run, or what follows a part; what stands before that one is left out. */
  async perform(from?: Part): Promise<void> {
    const at = from ? this.parts.findIndex(({ id }) => id === from.id) : 0
    const parts = this.parts.map((part, n) =>
      n < at && this.statusOf(part) !== 'done' ? { ...part, skip: true } : part,
    )
    await this.save(parts)
    this.output = {}
    await shell.attempt(() => call('step.perform', { run: this.run, step: 'vm.install' }))
  }

  async stop(): Promise<void> {
    await shell.attempt(() => call('recipe.stop', { run: this.run }))
  }

  async runLine(line: string, keep: boolean): Promise<boolean> {
    this.output = { ...this.output, line: '' }
    const begun = await shell.attempt(() => call('recipe.runLine', { run: this.run, line, keep }).then(() => true))
    return begun === true
  }

  /** A person says that all is installed. */
  async finish(): Promise<boolean> {
    const { status, edited } = this.#detail().state.steps['vm.install']
    if (status === 'done' && !edited && this.unfinished.length === 0) return true
    await this.save(this.parts, this.parts.length === 0 || this.unfinished.length > 0)
    const begun = await shell.attempt(() =>
      call('step.perform', { run: this.run, step: 'vm.install' }).then(() => true),
    )
    return begun === true
  }

  #print(id: string, text: string) {
    const before = this.output[id] ?? ''
    this.output = { ...this.output, [id]: (before + text).slice(-mostOutput) }
  }
}
