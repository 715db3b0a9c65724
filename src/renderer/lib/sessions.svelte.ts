import type { DesktopTarget } from '../../shared/desktop-calls'
import type { ErrorData } from '../../shared/errors'
import { toErrorData } from '../../shared/errors'
import type { DoorTarget } from '../../shared/machine-calls'
import type { SessionQuestion, SessionTarget, SessionView } from '../../shared/session-calls'
import type { CallInput } from '../../shared/contract'
import { call, open } from './api'
import { shell } from './shell.svelte'

/** What a tab shows; the terminals themselves live with the screen, which is loaded later. */
export type Tab = { id: string; kind: 'terminal' | 'files' | 'desktop'; n: number }
/** Something that a tab holds and that ends with it. */
export type Closable = { close(): void }

/** The session to one VM as the window keeps it: it stays open while other screens are shown. */
export class Workspace {
  readonly target: SessionTarget
  view = $state.raw<SessionView | null>(null)
  /** Why no session could be begun at all. */
  problem = $state.raw<ErrorData | null>(null)
  tabs = $state.raw<readonly Tab[]>([{ id: 'terminal-1', kind: 'terminal', n: 1 }])
  active = $state('terminal-1')
  /** What the tabs hold, by their ids. */
  readonly held: Record<string, Closable> = {}
  /** A person does not want to be asked any more before several lines are pasted. */
  pastesAtOnce = false
  /** The desktop that was asked for in particular; null: that of the target. */
  desktop = $state.raw<DesktopTarget | null>(null)
  /** Nobody has asked for a terminal yet: no SSH session is begun by itself. */
  isDesktopOnly = $state(false)
  /** Lines of the command bar become parts of the recipe. */
  keepsLines = $state(true)
  #terminals = 1
  #stop: (() => void) | null = null
  #isOpening = false

  constructor(target: SessionTarget) {
    this.target = target
  }

  get session(): string | null {
    return this.view?.session ?? null
  }
  get question(): SessionQuestion | null {
    return this.view?.state === 'asking' ? this.view.question : null
  }

  /** Begins the session, or goes on with the one that is open. */
  async start() {
    if (this.#isOpening || (this.#stop && this.view?.state !== 'closed')) return
    this.#isOpening = true
    this.problem = null
    try {
      const { session } = await call('session.open', { target: this.target })
      this.#stop?.()
      this.#stop = open('session', { session }, (view) => (this.view = view))
    } catch (error) {
      this.problem = toErrorData(error)
    } finally {
      this.#isOpening = false
    }
  }

  /** After an end: with the session that is known, else from the beginning. */
  async reconnect() {
    const { session } = this
    if (!session || this.problem) return this.start()
    await shell.attempt(() => call('session.reconnect', { session }))
  }

  async answer(answer: CallInput<'session.answer'>['answer']) {
    const { session } = this
    if (session) await shell.attempt(() => call('session.answer', { session, answer }))
  }

  /** A person was told that the host's key changed and knows why. */
  async forgetHostKey() {
    const { session } = this
    if (!session) return
    await shell.attempt(async () => {
      await call('session.forgetHostKey', { session })
      await call('session.reconnect', { session })
    })
  }

  addTerminal() {
    if (this.isDesktopOnly) {
      this.isDesktopOnly = false
      void this.start()
    }
    const n = ++this.#terminals
    const tab: Tab = { id: `terminal-${n}`, kind: 'terminal', n }
    const at = this.tabs.findLastIndex(({ kind }) => kind === 'terminal') + 1
    this.tabs = this.tabs.toSpliced(at, 0, tab)
    this.active = tab.id
  }

  /** Shows a desktop, beside what is open or, where nothing is, by itself. */
  showDesktop(target: DesktopTarget) {
    if (!this.view && !this.desktop) {
      this.isDesktopOnly = true
      this.tabs = []
    }
    this.desktop = target
    this.show('desktop')
  }

  /** Shows files or desktop, which stand once beside the terminals. */
  show(kind: 'files' | 'desktop') {
    if (!this.tabs.some((tab) => tab.kind === kind)) this.tabs = [...this.tabs, { id: kind, kind, n: 1 }]
    this.active = kind
  }

  closeTab(id: string) {
    const at = this.tabs.findIndex((tab) => tab.id === id)
    if (at < 0) return
    this.#letGo(id)
    this.tabs = this.tabs.filter((tab) => tab.id !== id)
    if (this.active === id) this.active = (this.tabs[at] ?? this.tabs.at(-1))?.id ?? ''
  }

  /** To the next tab, or the one before, round and round. */
  turn(by: 1 | -1) {
    const at = this.tabs.findIndex(({ id }) => id === this.active)
    const next = this.tabs[(at + by + this.tabs.length) % this.tabs.length]
    if (next) this.active = next.id
  }

  /** Ends the session and all that is open in it. */
  async close() {
    for (const id of Object.keys(this.held)) this.#letGo(id)
    this.#stop?.()
    this.#stop = null
    const { session } = this
    if (session) await shell.attempt(() => call('session.close', { session }))
  }

  #letGo(id: string) {
    this.held[id]?.close()
    delete this.held[id]
  }
}

/** Every session that was begun in this window and not closed by a person. */
class Sessions {
  #all = new Map<string, Workspace>()

  find(target: SessionTarget): Workspace {
    const key = keyOf(target)
    const known = this.#all.get(key) ?? new Workspace(target)
    this.#all.set(key, known)
    return known
  }

  async close(workspace: Workspace) {
    this.#all.delete(keyOf(workspace.target))
    await workspace.close()
  }
}

/** The network before a target, where it is known. */
export function doorOf(target: SessionTarget | DesktopTarget, port: number): DoorTarget | null {
  if (target.kind === 'run') return target
  return target.machine ? { kind: 'machine', machine: target.machine, port } : null
}

/** The same for two ways to say the same place. */
export function keyOf(target: SessionTarget): string {
  return target.kind === 'run' ? `run ${target.run}` : `host ${target.user}@${target.host}:${target.port}`
}

export const sessions = new Sessions()
