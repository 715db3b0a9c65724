import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import { pasteOf, type Paste } from '../../../shared/paste'
import type { TerminalMessage } from '../../../shared/session-calls'
import { terminalTitle } from '../../../shared/terminal-title'
import { call, openBoth, type Opened } from '../../lib/api'
import { shell } from '../../lib/shell.svelte'
import { text } from '../../lib/text.svelte'
import { webLink } from '../../lib/web-link'
import { letTerminalsStyle } from './styled-document'
import { terminalFont, terminalLook } from './terminal-look.svelte'

const scrollback = 10_000
const bellMs = 1_500
/** The contract takes no more characters at once. */
const mostKeys = 100_000

letTerminalsStyle()

/** One shell in a VM and its screen, which lives on while another tab or page is shown. */
export class ShellTerminal {
  /** What xterm draws into; put into whatever shows this terminal. */
  readonly box = document.createElement('div')
  title = $state('')
  /** How the shell ended; null while it runs. `code` null: its connection was lost. */
  ended = $state.raw<{ code: number | null } | null>(null)
  isRinging = $state(false)
  /** What waits for a person before it goes into the shell. */
  paste = $state.raw<Paste | null>(null)
  /** The address that a person is asked about. */
  link = $state<string | null>(null)
  found = $state.raw<{ at: number; total: number } | null>(null)
  readonly #terminal: Terminal
  readonly #fit = new FitAddon()
  readonly #search = new SearchAddon()
  #stream: Opened<'terminal'> | null = null
  #bell: ReturnType<typeof setTimeout> | undefined
  readonly #pastesAtOnce: () => boolean

  /** `pastesAtOnce`: a person does not want to be asked in this session. */
  constructor(pastesAtOnce: () => boolean) {
    this.#pastesAtOnce = pastesAtOnce
    this.box.className = 'terminal-box'
    this.#terminal = new Terminal({
      allowProposedApi: true,
      // It would report every byte of a VM that it does not understand.
      logLevel: 'off',
      scrollback,
      cursorBlink: false,
      fontFamily: terminalFont(),
      fontSize: terminalLook.fontSize,
      lineHeight: 1.25,
      theme: terminalLook.theme,
      minimumContrastRatio: 4.5,
      screenReaderMode: terminalLook.isForReaders,
      linkHandler: { activate: (_event, address) => this.#ask(address) },
    })
    this.#loadAddons()
    this.#listen()
  }

  /** Puts the terminal where it is to be seen; answers what takes it away again. */
  attach(parent: HTMLElement): () => void {
    parent.append(this.box)
    if (!this.#terminal.element) this.#open()
    const observer = new ResizeObserver(() => this.fit())
    observer.observe(parent)
    this.fit()
    return () => {
      observer.disconnect()
      this.box.remove()
    }
  }

  /** Begins a shell in a session that is ready; an earlier one of this terminal is over. */
  connect(session: string) {
    this.#stream?.close()
    if (this.ended) this.#terminal.write(`\r\n\x1b[3m${text.messages.session.terminal.reconnected}\x1b[0m\r\n`)
    this.ended = null
    const { cols: columns, rows } = this.#terminal
    const stream: Opened<'terminal'> = openBoth(
      'terminal',
      { session, columns, rows },
      (message) => this.#take(message),
      () => this.#lose(stream),
    )
    this.#stream = stream
  }

  get isConnected(): boolean {
    return this.#stream !== null && this.ended === null
  }

  fit() {
    // Out of sight there is nothing to measure.
    if (this.box.clientHeight > 0) this.#fit.fit()
  }
  focus() {
    this.#terminal.focus()
  }
  selectAll() {
    this.#terminal.selectAll()
  }
  clear() {
    this.#terminal.clear()
  }

  /** What every terminal of the window looks like now. */
  look() {
    this.#terminal.options = {
      fontSize: terminalLook.fontSize,
      theme: terminalLook.theme,
      screenReaderMode: terminalLook.isForReaders,
    }
    this.fit()
  }

  copy() {
    const selected = this.#terminal.getSelection()
    if (selected) void shell.attempt(() => call('clipboard.write', { text: selected.slice(0, 100_000) }))
  }

  async pasteClipboard() {
    const read = await shell.attempt(() => call('clipboard.read', {}))
    if (read?.text) this.offer(read.text)
  }

  /** Pastes a text, unless a person has to see first what it would do. */
  offer(clipboard: string) {
    if (!this.isConnected) return
    const paste = pasteOf(clipboard, this.#terminal.modes.bracketedPasteMode)
    if (paste.isRisky && !(this.#pastesAtOnce() && !paste.hasControls)) this.paste = paste
    else this.pasteNow(paste)
  }

  pasteNow({ text }: Paste) {
    this.paste = null
    this.#terminal.paste(text)
    this.focus()
  }

  /** Finds a text and marks it; an empty one takes the marks away. */
  search(query: string, by: 1 | -1 = 1, isTyping = false) {
    if (!query) {
      this.#search.clearDecorations()
      this.found = null
      return
    }
    const { yellow, brightYellow } = terminalLook.theme
    const decorations = {
      matchBackground: '#5c4a12',
      matchOverviewRuler: yellow ?? '#e3b341',
      activeMatchBackground: '#9a6b00',
      activeMatchColorOverviewRuler: brightYellow ?? '#ffdf7e',
    }
    const options = { decorations, incremental: isTyping }
    if (by === 1) this.#search.findNext(query, options)
    else this.#search.findPrevious(query, options)
  }

  close() {
    clearTimeout(this.#bell)
    this.#stream?.close()
    this.#stream = null
    this.#terminal.dispose()
    this.box.remove()
  }

  #loadAddons() {
    for (const addon of [this.#fit, this.#search, new Unicode11Addon()]) this.#terminal.loadAddon(addon)
    this.#terminal.loadAddon(new WebLinksAddon((_event, address) => this.#ask(address)))
    this.#terminal.unicode.activeVersion = '11'
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) => {
      this.found = { at: resultIndex + 1, total: resultCount }
    })
  }

  #listen() {
    const terminal = this.#terminal
    terminal.onData((keys) => this.#send(keys))
    terminal.onBinary((keys) => this.#send(keys))
    terminal.onResize(({ cols: columns, rows }) => this.#stream?.send({ kind: 'size', columns, rows }))
    terminal.onTitleChange((title) => (this.title = terminalTitle(title)))
    terminal.onBell(() => this.#ring())
    // A VM must not write into the clipboard of this computer, nor ask what is in it (OSC 52).
    terminal.parser.registerOscHandler(52, () => true)
  }

  #open() {
    Terminal.strings.tooMuchOutput = text.messages.session.terminal.tooMuch
    this.#terminal.open(this.box)
    this.#terminal.textarea?.setAttribute('aria-label', text.messages.session.terminal.prompt)
    if (shell.facts?.hasGraphicsCard) void this.#drawByCard()
  }

  /** Only a real graphics card is faster than the page itself: drawn by the processor it is four times slower. */
  async #drawByCard() {
    const { WebglAddon } = await import('@xterm/addon-webgl')
    const addon = new WebglAddon()
    addon.onContextLoss(() => addon.dispose())
    this.#terminal.loadAddon(addon)
  }

  #take(message: TerminalMessage) {
    if (message.kind === 'ended') {
      this.ended = { code: message.code }
      return
    }
    const stream = this.#stream
    const { length } = message.bytes
    this.#terminal.write(message.bytes, () => stream?.send({ kind: 'seen', bytes: length }))
  }

  #lose(stream: Opened<'terminal'>) {
    if (stream !== this.#stream) return
    this.#stream = null
    this.ended ??= { code: null }
  }

  #send(keys: string) {
    if (!this.isConnected) return
    for (let at = 0; at < keys.length; at += mostKeys) {
      this.#stream?.send({ kind: 'keys', text: keys.slice(at, at + mostKeys) })
    }
  }

  #ring() {
    this.isRinging = true
    clearTimeout(this.#bell)
    this.#bell = setTimeout(() => (this.isRinging = false), bellMs)
  }

  #ask(address: string) {
    this.link = webLink(address)
  }
}
