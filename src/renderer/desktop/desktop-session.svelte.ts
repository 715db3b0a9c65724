import type { DesktopView } from '../../shared/desktop-calls'
import type { FromDesktop, ToDesktop } from '../../shared/desktop-link'
import { text } from '../lib/text.svelte'
import { openPicture, runSession, type Picture, type Size } from './iron'

/** Smaller desktops are no use, larger ones RDP does not know. */
const smallest = { width: 640, height: 480 }
const largest = 8192
const unseen = { width: 1280, height: 800 }
const shownLimitMs = 2000
/** ScreenScale of the element. */
const scales = { fit: 1, real: 3 } as const

/** The page's side of one remote desktop: shows what main says, and keeps the picture. */
export class DesktopSession {
  view = $state.raw<DesktopView | null>(null)
  scale = $state<'fit' | 'real'>('fit')
  /** Sends characters instead of the keys that make them. */
  isUnicode = $state(false)
  /** Keys go to the remote computer. */
  isCaptured = $state(false)
  /** What became of a button for the clipboard. */
  clipboard = $state<'sent' | 'taken' | 'clipboardFailed' | 'noClipboard' | null>(null)
  readonly #link: MessagePort
  #stage: HTMLElement | null = null
  #picture: Picture | null = null
  #hasClipboard = false
  #clipboardTold: ReturnType<typeof setTimeout> | undefined
  #token: string | null = null

  constructor(link: MessagePort) {
    this.#link = link
    link.onmessage = (event: MessageEvent<ToDesktop>) => this.#hear(event.data)
    const look = () => this.#lookAtFocus()
    for (const name of ['focus', 'blur', 'focusin', 'focusout']) window.addEventListener(name, look)
  }

  send(message: FromDesktop) {
    this.#link.postMessage(message)
  }

  /** Where the picture goes. */
  stageIn(stage: HTMLElement) {
    this.#stage = stage
    return () => (this.#stage = null)
  }

  connect(change: { user?: string; password?: string; hasCompatibleColours?: boolean } = {}) {
    const { view } = this
    if (!view) return
    this.send({
      kind: 'connect',
      user: change.user ?? view.user,
      password: change.password ?? null,
      hasCompatibleColours: change.hasCompatibleColours ?? view.hasCompatibleColours,
    })
  }

  setScale(scale: 'fit' | 'real') {
    this.scale = scale
    this.#picture?.user.setScale(scales[scale])
  }

  toggleUnicode() {
    this.isUnicode = !this.isUnicode
    this.#picture?.user.setKeyboardUnicodeMode(this.isUnicode)
  }

  secureKeys() {
    this.#picture?.user.ctrlAltDel()
    this.focusPicture()
  }

  windowsKey() {
    this.#picture?.user.metaKey()
    this.focusPicture()
  }

  async sendClipboard() {
    await this.#withClipboard('sent', async ({ user }) => user.sendClipboardData())
    this.focusPicture()
  }

  async takeClipboard() {
    await this.#withClipboard('taken', async ({ user }) => user.saveRemoteClipboardData())
  }

  focusPicture() {
    this.#canvas()?.focus({ preventScroll: true })
  }

  /** Gives the keyboard back to the page. */
  release() {
    this.#canvas()?.blur()
    // The bar itself: on a button, the next space would press it.
    document.querySelector<HTMLElement>('[role=toolbar]')?.focus()
    this.#lookAtFocus()
  }

  #hear(message: ToDesktop) {
    switch (message.kind) {
      case 'view':
        text.language = message.language
        document.documentElement.lang = message.language
        // The system's choice is left to the media query.
        if (message.theme === 'system') delete document.documentElement.dataset['theme']
        else document.documentElement.dataset['theme'] = message.theme
        this.view = message.view
        return
      case 'go':
        return void this.#go(message)
      case 'stop':
        return this.#stop()
      case 'release':
        return this.release()
    }
  }

  /** The message with the password lives no longer than this takes to connect. */
  async #go(message: Extract<ToDesktop, { kind: 'go' }>) {
    const { token } = message
    this.#stop()
    this.#token = token
    try {
      await isShown()
      const stage = this.#stage
      if (!stage || this.#token !== token) return
      const picture = await openPicture(stage, this.scale, () => {
        if (this.#token === token) this.#hasClipboard = true
      })
      if (this.#token !== token) return
      this.#picture = picture
      const end = await runSession(picture, message, sizeOf(stage), () => this.#connected(token))
      this.send({ kind: 'ended', token, ...end })
    } catch (error) {
      this.send({ kind: 'ended', token, how: 'lost', message: String(error).slice(0, 4000) })
    }
  }

  #connected(token: string) {
    if (this.#token !== token) return
    this.#picture?.user.setKeyboardUnicodeMode(this.isUnicode)
    this.send({ kind: 'connected', token })
    // Whoever waited for the desktop wants to type there.
    if (document.hasFocus()) requestAnimationFrame(() => this.focusPicture())
  }

  #stop() {
    this.#token = null
    const picture = this.#picture
    this.#picture = null
    this.#hasClipboard = false
    try {
      picture?.user.shutdown()
    } finally {
      this.#stage?.replaceChildren()
      this.#lookAtFocus()
    }
  }

  async #withClipboard(done: 'sent' | 'taken', work: (picture: Picture) => Promise<void>) {
    const picture = this.#picture
    if (!picture) return
    try {
      if (this.#hasClipboard) await work(picture)
      this.clipboard = this.#hasClipboard ? done : 'noClipboard'
    } catch {
      // A clipboard without text or picture.
      this.clipboard = 'clipboardFailed'
    }
    clearTimeout(this.#clipboardTold)
    this.#clipboardTold = setTimeout(() => (this.clipboard = null), 4000)
  }

  #canvas(): HTMLCanvasElement | null {
    return this.#picture?.element.shadowRoot?.querySelector('canvas') ?? null
  }

  #lookAtFocus() {
    const canvas = this.#canvas()
    const isCaptured =
      canvas !== null && document.hasFocus() && this.#picture?.element.shadowRoot?.activeElement === canvas
    if (isCaptured === this.isCaptured) return
    this.isCaptured = isCaptured
    this.send({ kind: 'captured', isCaptured })
  }
}

/** A view that is not placed yet has no size to ask for. */
async function isShown(): Promise<void> {
  if (window.innerWidth > 0) return
  await new Promise<void>((resolve) => {
    window.addEventListener('resize', () => resolve(), { once: true })
    setTimeout(resolve, shownLimitMs)
  })
}

function sizeOf(stage: HTMLElement): Size {
  const { clientWidth, clientHeight } = stage
  if (clientWidth === 0 || clientHeight === 0) return unseen
  // Rows of other lengths are padded, which some servers and clients do not agree about.
  const width = Math.floor(Math.min(largest, Math.max(smallest.width, clientWidth)) / 4) * 4
  return { width, height: Math.min(largest, Math.max(smallest.height, clientHeight)) }
}
