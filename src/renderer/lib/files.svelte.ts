import { toErrorData, type ErrorData } from '../../shared/errors'
import type { RemoteEntry, Transfer } from '../../shared/files-calls'
import { inFolder, nameOf, parentOf, shownPath } from '../../shared/remote-paths'
import { call, open } from './api'
import { allOf, between, keptOf, noneChosen, toggled, type Chosen } from './chosen'

/** What the panel shows of the VM's files: one folder, what is chosen in it, and the transfers of the session. */
export class FilePanel {
  readonly session: string
  /** null: nothing has been read yet. */
  path = $state<string | null>(null)
  entries = $state.raw<readonly RemoteEntry[]>([])
  refused = $state(0)
  chosen = $state.raw<Chosen>(noneChosen)
  /** The entry that keys act on. */
  current = $state(0)
  isBusy = $state(false)
  problem = $state.raw<ErrorData | null>(null)
  transfers = $state.raw<readonly Transfer[]>([])
  /** From where Shift chooses. */
  #anchor = 0
  #asked = 0
  /** Uploads whose end has been seen. */
  #seen: readonly string[] = []

  constructor(session: string) {
    this.session = session
  }

  /** Begins to listen. Returns the way to stop. */
  start(): () => void {
    void this.open(this.path)
    return open('transfers', { session: this.session }, (transfers) => this.#take(transfers))
  }

  get chosenEntries(): readonly RemoteEntry[] {
    return this.entries.filter(({ name }) => this.chosen.has(name))
  }
  get chosenPaths(): string[] {
    return this.chosenEntries.map(({ name }) => this.pathOf(name))
  }
  pathOf(name: string): string {
    return inFolder(this.path ?? '/', name)
  }

  /** Shows a folder. The name of the entry to stand on, where there is one. */
  async open(path: string | null, standOn?: string) {
    const asked = ++this.#asked
    const isSame = path === this.path
    await this.#attempt(async () => {
      const listing = await call('files.list', { session: this.session, path })
      // Somebody went on meanwhile.
      if (asked !== this.#asked) return
      const name = standOn ?? (isSame ? this.entries[this.current]?.name : undefined)
      this.path = listing.path
      this.entries = listing.entries
      this.refused = listing.refused
      const at = listing.entries.findIndex((entry) => entry.name === name)
      this.current = at >= 0 ? at : Math.min(isSame ? this.current : 0, Math.max(0, listing.entries.length - 1))
      this.#anchor = this.current
      if (standOn !== undefined && at >= 0) this.chosen = allOf([{ name: standOn }])
      else this.chosen = isSame ? keptOf(this.chosen, listing.entries) : noneChosen
    })
  }
  reload(standOn?: string) {
    return this.open(this.path, standOn)
  }
  /** The connection stands again, and the folder may hold something else by now. What is being asked already answers that, too. */
  cameBack() {
    if (!this.isBusy) void this.reload()
  }
  up() {
    const parent = this.path === null ? null : parentOf(this.path)
    if (parent !== null && this.path !== null) return this.open(parent, nameOf(this.path))
  }
  /** A folder is opened, as is a link; a file is left alone. */
  enter(entry: RemoteEntry) {
    if (entry.kind === 'folder' || entry.kind === 'link') return this.open(this.pathOf(entry.name))
  }

  /** Stands on an entry; with Shift everything from the last one on is chosen, with Ctrl it is taken in or out. */
  go(at: number, { shift = false, toggle = false, keep = false } = {}) {
    const last = Math.max(0, this.entries.length - 1)
    this.current = Math.min(last, Math.max(0, at))
    const { name } = this.entries[this.current] ?? {}
    if (name === undefined || keep) return
    if (shift) {
      this.chosen = between(this.entries, this.#anchor, this.current)
      return
    }
    this.#anchor = this.current
    this.chosen = toggle ? toggled(this.chosen, name) : allOf([{ name }])
  }
  chooseAll() {
    this.chosen = allOf(this.entries)
  }

  makeFolder(name: string) {
    return this.#change(() => call('files.makeFolder', { session: this.session, path: this.pathOf(name) }), name)
  }
  rename(from: string, to: string) {
    const paths = { from: this.pathOf(from), to: this.pathOf(to) }
    return this.#change(() => call('files.rename', { session: this.session, ...paths }), to)
  }
  remove(paths: string[]) {
    return this.#change(() => call('files.remove', { session: this.session, paths }))
  }
  pickAndUpload(what: 'files' | 'folder') {
    const to = this.path
    if (to !== null) return this.#attempt(() => call('files.pickAndUpload', { session: this.session, to, what }))
  }
  /** Files and folders that were let go over the panel. */
  upload(files: readonly File[]) {
    const to = this.path
    const paths = files.map((file) => window.bridge.pathOf(file)).filter((path) => path !== '')
    if (to === null || paths.length === 0) return
    return this.#attempt(() => call('files.upload', { session: this.session, to, paths }))
  }
  download() {
    const paths = this.chosenPaths
    if (paths.length > 0) return this.#attempt(() => call('files.download', { session: this.session, paths }))
  }
  answer(transfer: string, choice: 'replace' | 'keepBoth') {
    return this.#attempt(() => call('files.answer', { transfer, choice }))
  }
  cancel(transfer: string) {
    return this.#attempt(() => call('files.cancel', { transfer }))
  }
  resume(transfer: string) {
    return this.#attempt(() => call('files.resume', { transfer }))
  }
  clear() {
    return this.#attempt(() => call('files.clear', { session: this.session }))
  }

  /** Shows what a change made of the folder, also where it failed half-way. */
  async #change(work: () => Promise<unknown>, standOn?: string): Promise<boolean> {
    const isDone = await this.#attempt(work)
    const { problem } = this
    await this.reload(isDone ? standOn : undefined)
    if (problem) this.problem = problem
    return isDone
  }

  async #attempt(work: () => Promise<unknown>): Promise<boolean> {
    this.isBusy = true
    try {
      await work()
      this.problem = null
      return true
    } catch (error) {
      this.problem = toErrorData(error)
      return false
    } finally {
      this.isBusy = false
    }
  }

  /** What an upload brought into this folder is to be seen. */
  #take(transfers: readonly Transfer[]) {
    this.transfers = transfers
    const ended = transfers.filter(({ status, id }) => status === 'done' && !this.#seen.includes(id))
    this.#seen = [...this.#seen, ...ended.map(({ id }) => id)]
    const here = this.path === null ? null : shownPath(this.path)
    if (ended.some(({ direction, to }) => direction === 'up' && to === here)) void this.reload()
  }
}

const panels: Record<string, FilePanel> = {}

/** The panel of a session, which keeps its place while other tabs and screens are shown. */
export function panelOf(session: string): FilePanel {
  return (panels[session] ??= new FilePanel(session))
}
