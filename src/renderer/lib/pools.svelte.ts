import type { PoolDetail, PoolsView } from '../../shared/contract'
import type { PoolPlace } from '../../shared/pool-place'
import { toErrorData, type ErrorData } from '../../shared/errors'
import type { InventoryPool } from '../../shared/inventory'
import { call, open } from './api'
import { shell } from './shell.svelte'

const refreshMs = 30_000

/** The mirror of main's pools, and what the person has chosen in them: it outlives the screen. */
class Pools {
  view = $state.raw<PoolsView | null>(null)
  /** Key of the pool whose details are shown. */
  selected = $state<string | null>(null)
  screen = $state<'pools' | 'images'>('pools')
  detail = $state.raw<{ pool: string; value: PoolDetail | null; error: ErrorData | null } | null>(null)
  /** Whether the dialog that chooses cloud and account is open. */
  isChoosing = $state(false)
  #asked = ''

  get pool(): InventoryPool | null {
    return this.view?.inventory?.pools.find(({ key }) => key === this.selected) ?? null
  }

  /** Opens the stream while the screen is shown, and reads again from time to time while somebody looks. Returns the way to stop. */
  watch(): () => void {
    let isFirst = true
    const close = open('pools', {}, (view) => {
      const before = this.view
      this.view = view
      if (isFirst && view.place) {
        isFirst = false
        this.#readIfOld()
      }
      // The same pool may have other troubles now.
      if (before?.inventory?.at !== view.inventory?.at) void this.#look()
    })
    const timer = setInterval(() => this.#readIfOld(), refreshMs)
    const back = () => this.#readIfOld()
    window.addEventListener('focus', back)
    return () => {
      close()
      clearInterval(timer)
      window.removeEventListener('focus', back)
    }
  }

  async refresh() {
    await shell.attempt(() => call('pools.refresh', { isAsked: true }))
  }

  async choose(place: PoolPlace) {
    this.selected = null
    await shell.attempt(async () => {
      await call('pools.choose', { place })
      await call('pools.refresh', { isAsked: true })
    })
  }

  async signIn(place: PoolPlace, method: 'browser' | 'deviceCode' = 'browser') {
    await shell.attempt(async () => {
      await call('pools.choose', { place })
      await call('pools.signIn', { method })
    })
  }

  select(key: string | null) {
    this.selected = key
    this.#asked = ''
    void this.#look()
  }

  /** Nobody looks: nothing is asked. Nor where only a person can help. */
  #readIfOld() {
    const view = this.view
    if (!view?.place || view.doing !== 'nothing' || document.visibilityState !== 'visible' || !document.hasFocus())
      return
    if (view.error?.code.startsWith('signIn.')) return
    const age = view.inventory ? Date.now() - Date.parse(view.inventory.at) : Infinity
    if (age < refreshMs - 1000) return
    call('pools.refresh', { isAsked: false }).catch(() => undefined)
  }

  /** Details of the selected pool, asked for once per state of its nodes. */
  async #look() {
    const pool = this.pool
    const wanted = pool ? [pool.key, JSON.stringify(pool.nodes), pool.dedicated, pool.spot].join(' ') : ''
    if (!pool || wanted === this.#asked || this.view?.error) return
    this.#asked = wanted
    const found = await call('pools.detail', { pool: pool.key }).then(
      (value) => ({ pool: pool.key, value, error: null }),
      (error: unknown) => ({ pool: pool.key, value: null, error: toErrorData(error) }),
    )
    if (this.#asked === wanted) this.detail = found
  }
}

export const pools = new Pools()

/** How a cloud is called on screen: the file of a profile by its name. */
export function placeName({ cloud }: PoolPlace, words: { clouds: Record<string, string>; file: string }): string {
  return Object.hasOwn(words.clouds, cloud)
    ? words.clouds[cloud]!
    : words.file.replace('{name}', cloud.split(/[\\/]/).at(-1) ?? '')
}
