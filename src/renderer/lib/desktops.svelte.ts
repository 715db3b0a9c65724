import type { DesktopTarget, DesktopView } from '../../shared/desktop-calls'
import { toErrorData, type ErrorData } from '../../shared/errors'
import { call, open } from './api'
import { shell } from './shell.svelte'

type Bounds = { x: number; y: number; width: number; height: number }
/** Where a person went instead, from a tab whose own VM shows no desktop; kept while other screens are shown. */
const instead: Record<string, DesktopTarget> = {}

/** A remote desktop as a tab of the window has it: main draws it over the place that the tab keeps free. */
export class DesktopPlace {
  view = $state.raw<DesktopView | null>(null)
  /** Why it could not be opened. */
  problem = $state.raw<ErrorData | null>(null)
  readonly #tab: string
  #target: DesktopTarget
  #id: string | null = null
  #stop: (() => void) | null = null
  #bounds: Bounds | null = null
  #isLeft = false

  constructor(target: DesktopTarget) {
    this.#tab = JSON.stringify(target)
    this.#target = instead[this.#tab] ?? target
  }

  /** Opens the desktop, or finds it where it was. */
  async start() {
    this.problem = null
    try {
      const { desktop } = await call('desktop.open', { target: this.#target })
      if (this.#isLeft) return
      this.#id = desktop
      this.#stop?.()
      this.#stop = open('desktop', { desktop }, (view) => (this.view = view))
      this.#tell()
    } catch (error) {
      this.problem = toErrorData(error)
    }
  }

  /** Another computer in the same tab. */
  async openInstead(target: DesktopTarget) {
    instead[this.#tab] = target
    this.#target = target
    await this.start()
  }

  place(bounds: Bounds | null) {
    if (JSON.stringify(bounds) === JSON.stringify(this.#bounds)) return
    this.#bounds = bounds
    this.#tell()
  }

  focus() {
    void this.#ask('desktop.focus')
  }
  popOut() {
    void this.#ask('desktop.popOut')
  }
  bringBack() {
    void this.#ask('desktop.bringBack')
  }
  reopen() {
    void this.#ask('desktop.reopen')
  }

  /** The screen is left: the desktop goes on unseen. */
  leave() {
    this.#isLeft = true
    this.place(null)
    this.#stop?.()
  }

  /** The tab is closed, and the desktop with it. */
  close() {
    this.leave()
    delete instead[this.#tab]
    void this.#ask('desktop.close')
  }

  async #ask(name: 'desktop.focus' | 'desktop.popOut' | 'desktop.bringBack' | 'desktop.reopen' | 'desktop.close') {
    const desktop = this.#id
    if (desktop) await shell.attempt(() => call(name, { desktop }))
  }

  #tell() {
    const [desktop, bounds] = [this.#id, this.#bounds]
    if (desktop) void shell.attempt(() => call('desktop.place', { desktop, bounds }))
  }
}
