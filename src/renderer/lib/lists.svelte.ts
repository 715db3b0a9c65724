import type { lists, ListSource, Option } from '../../shared/contract'
import { call } from './api'
import { dayText, fill, text, timeText } from './text.svelte'

export type ListName = (typeof lists)[number]

/**
 * A list for a picker, from the cloud, from its last answer or from the app's catalog. What was loaded stays while it is loaded
 * again.
 */
export class CloudList {
  options = $state.raw<readonly Option[]>([])
  source = $state.raw<ListSource | null>(null)
  state = $state<'ready' | 'loading' | 'failed'>('loading')
  readonly name: ListName
  readonly #run: string
  #latest = 0

  /** What a Combobox needs to know of this list. Only the cloud's own list is complete, so beside any other people may type. */
  picker = $derived.by(() => ({
    options: this.options,
    listState: this.state,
    isFree: this.source?.from !== 'cloud',
    source: sourceText(this.source, this.name),
    onreload: () => void this.load(true),
  }))

  constructor(run: string, list: ListName) {
    this.#run = run
    this.name = list
  }

  /** `fresh`: ask the cloud now, because a person wants it. */
  async load(fresh = false) {
    const turn = ++this.#latest
    this.state = 'loading'
    try {
      const { options, source } = await call('cloud.list', { run: this.#run, list: this.name, fresh })
      if (turn !== this.#latest) return
      this.options = options
      this.source = source
      this.state = source.from === 'none' ? 'failed' : 'ready'
    } catch {
      if (turn === this.#latest) this.state = 'failed'
    }
  }

  /** The line of a value, in any case. */
  find(value: string): Option | undefined {
    return this.options.find((option) => option.value.toLowerCase() === value.toLowerCase())
  }
}

/** Where a list comes from, said under its field. */
function sourceText(source: ListSource | null, list: ListName): string {
  const words = text.messages.offline.source
  if (!source) return ''
  if (source.from === 'cloud') return fill(words.cloud, { at: timeText(source.at ?? '') })
  if (source.from === 'kept') return fill(words.kept, { at: timeText(source.at ?? '') })
  if (source.from === 'catalog') return source.at ? fill(words.catalog, { at: dayText(source.at) }) : ''
  return Object.hasOwn(words.none, list) ? words.none[list as keyof typeof words.none] : words.none.other
}
