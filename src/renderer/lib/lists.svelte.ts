import type { lists, Option } from '../../shared/contract'
import { call } from './api'

export type ListName = (typeof lists)[number]

/** A list from the cloud for a picker. What was loaded stays while it is loaded again; offline, people type. */
export class CloudList {
  options = $state.raw<readonly Option[]>([])
  state = $state<'ready' | 'loading' | 'failed'>('loading')
  readonly #run: string
  readonly #list: ListName
  #latest = 0

  constructor(run: string, list: ListName) {
    this.#run = run
    this.#list = list
  }

  async load() {
    const turn = ++this.#latest
    this.state = 'loading'
    try {
      const options = await call('cloud.list', { run: this.#run, list: this.#list })
      if (turn !== this.#latest) return
      this.options = options
      this.state = 'ready'
    } catch {
      if (turn === this.#latest) this.state = 'failed'
    }
  }
}
