import type { NameAnswer } from '../../shared/contract'
import type { StepId } from '../../shared/terms'
import type { Aside } from '../ui/Field.svelte'
import { call } from './api'
import { fill, text } from './text.svelte'

const restMs = 400

/** What the cloud says about the name in a form, asked a moment after the last letter. */
export class NameLine {
  readonly #run: string
  readonly #step: StepId
  #state = $state.raw<{ name: string; answer: NameAnswer | null } | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined
  #turn = 0

  constructor(run: string, step: StepId) {
    this.#run = run
    this.#step = step
  }

  /** Asks about a name once nobody types for a moment; `input` is what the whole form holds. */
  ask(name: string, input: Record<string, unknown>) {
    this.forget()
    this.#state = { name, answer: null }
    this.#timer = setTimeout(() => void this.#answer(name, input), restMs)
  }

  /** What was asked about is typed over, or need not be asked. */
  forget() {
    clearTimeout(this.#timer)
    this.#turn++
    this.#state = null
  }

  /** A free name like one that cannot be had; null where there is none or nobody can be asked. */
  async free(input: Record<string, unknown>): Promise<string | null> {
    const answer = await call('name.check', { run: this.#run, step: this.#step, input }).catch(() => null)
    return answer?.free ?? null
  }

  check(): Aside['check'] {
    if (!this.#state) return undefined
    const { name, answer } = this.#state
    const words = text.messages.picking.names
    if (!answer) return { look: 'quiet', text: fill(words.asking, { name }) }
    const looks = { free: 'ok', yours: 'ok', there: 'warn', taken: 'bad', refused: 'bad', unknown: 'quiet' } as const
    return { look: looks[answer.is], text: fill(words[answer.is], { name }), free: answer.free }
  }

  async #answer(name: string, input: Record<string, unknown>) {
    const turn = ++this.#turn
    const answer = await call('name.check', { run: this.#run, step: this.#step, input }).catch((): NameAnswer => ({
      is: 'unknown',
    }))
    if (turn === this.#turn) this.#state = { name, answer }
  }
}
