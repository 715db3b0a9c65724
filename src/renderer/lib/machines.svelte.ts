import type { MachinesView } from '../../shared/machine-calls'
import type { PoolPlace } from '../../shared/pool-place'
import { call, openBoth, type Opened } from './api'
import { shell } from './shell.svelte'

/** The machines of a cloud as a dialog shows them, as long as it is open. */
export class Machines {
  places = $state.raw<readonly PoolPlace[]>([])
  view = $state.raw<MachinesView | null>(null)
  #stream: Opened<'machines'> | null = null

  /** Begins with the account that was used last. */
  async start() {
    this.places = (await shell.attempt(() => call('machine.places', {}))) ?? []
    this.show(this.places[0] ?? { cloud: 'practice' })
  }

  show(place: PoolPlace) {
    this.#stream?.close()
    this.view = null
    this.#stream = openBoth('machines', { place }, (view) => {
      this.view = view
    })
  }

  signIn() {
    this.#stream?.send({ kind: 'signIn' })
  }
  read(subscription?: string) {
    this.#stream?.send({ kind: 'read', ...(subscription ? { subscription } : {}) })
  }
  choose(id: string) {
    this.#stream?.send({ kind: 'choose', id })
  }
  startChosen() {
    this.#stream?.send({ kind: 'start' })
  }

  close() {
    this.#stream?.close()
    this.#stream = null
  }
}

/** Lets a person sign in to a place; answers whether somebody did. What went wrong is shown on top of the screen. */
export function signInTo(place: PoolPlace): Promise<boolean> {
  return new Promise((resolve) => {
    let isAsked = false
    const stream = openBoth(
      'machines',
      { place },
      (view) => {
        isAsked ||= view.doing === 'signingIn'
        if (!isAsked || view.doing === 'signingIn') return
        shell.problem = view.doing === 'reading' ? null : view.error
        resolve(view.doing === 'reading')
        stream.close()
      },
      () => resolve(false),
    )
    stream.send({ kind: 'signIn' })
  })
}
