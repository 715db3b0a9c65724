import { StringDecoder } from 'node:string_decoder'

/** Where a terminal shows and what it may ask. */
export type Screen = {
  write(text: string): Promise<void>
  columns(): number
  /** Ctrl+C while something runs. */
  interrupt(): void
  /** Names that could go on a path that was begun; empty when there are none. */
  complete(line: string): Promise<{ from: number; names: string[] }>
}

/** Whoever pastes more than this into one line loses the rest, as in a real terminal (4096 there). */
const longestLine = 64 * 1024

type Line = { text: string[]; at: number }
type Reader = {
  prompt: string
  line: Line
  history: string[] | null
  back: number
  draft: string
  resolve(text: string | null): void
}

/**
 * The line discipline and line editor of a shell in one: keys come in by `feed`, whole lines go out by `readLine`. While nobody reads, keys are
 * kept and Ctrl+C interrupts what runs.
 */
export class GuestTerminal {
  readonly #screen: Screen
  readonly #decoder = new StringDecoder('utf8')
  #reader: Reader | null = null
  #kept = ''
  #escape = ''
  #isPasting = false
  #isClosed = false
  #work: Promise<void> = Promise.resolve()

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Bytes as they come from the client. */
  feed(bytes: Buffer): void {
    const text = this.#decoder.write(bytes)
    // What runs must be stopped at once, whatever is waiting to be read.
    if (!this.#reader && text.includes('\x03') && !this.#isPasting) {
      this.#kept = ''
      void this.#screen.write('^C\r\n')
      this.#screen.interrupt()
      this.#take(text.slice(text.lastIndexOf('\x03') + 1))
    } else this.#take(text)
  }

  /**
   * One edited line, without its end; null at Ctrl+D on an empty line or when the client is gone. `history` is read and extended; null for
   * answers to questions.
   */
  readLine(prompt: string, history: string[] | null): Promise<string | null> {
    if (this.#isClosed) return Promise.resolve(null)
    return new Promise((resolve) => {
      this.#reader = { prompt, line: { text: [], at: 0 }, history, back: 0, draft: '', resolve }
      void this.#screen.write(prompt)
      const kept = this.#kept
      this.#kept = ''
      this.#take(kept)
    })
  }

  close(): void {
    this.#isClosed = true
    this.#end(null)
  }

  #take(text: string): void {
    this.#work = this.#work.then(() => this.#takeAll(text)).catch(() => undefined)
  }

  async #takeAll(text: string): Promise<void> {
    for (const [index, key] of [...text].entries()) {
      if (!this.#reader) {
        this.#kept += [...text].slice(index).join('')
        return
      }
      await this.#key(key)
    }
  }

  async #key(key: string): Promise<void> {
    if (this.#escape !== '' || key === '\x1b') return this.#escapeKey(key)
    const reader = this.#reader
    if (!reader) return
    if (key === '\r' || key === '\n') return this.#enter(reader)
    if (key === '\t' && !this.#isPasting) return this.#tab(reader)
    const edit = edits[key]
    if (edit) return edit(this, reader)
    if (key >= ' ' || key === '\t') await this.insert(reader, key)
  }

  async #escapeKey(key: string): Promise<void> {
    this.#escape += key
    const isWhole = /^(\[[\d;?]*[A-Za-z~]|O[A-Za-z]|[^[O])$/.test(this.#escape.slice(1))
    if (!isWhole && this.#escape.length < 16) return
    const sequence = this.#escape.slice(1)
    this.#escape = ''
    if (sequence === '[200~') this.#isPasting = true
    else if (sequence === '[201~') this.#isPasting = false
    else if (this.#reader) await sequences[sequence.replace(/^O/, '[')]?.(this, this.#reader)
  }

  async #enter(reader: Reader): Promise<void> {
    const text = reader.line.text.join('')
    if (reader.history && text.trim() !== '' && reader.history.at(-1) !== text) reader.history.push(text)
    await this.#screen.write('\r\n')
    this.#end(text)
  }

  async #tab(reader: Reader): Promise<void> {
    if (!reader.history) return
    const { from, names } = await this.#screen.complete(reader.line.text.slice(0, reader.line.at).join(''))
    const begun = reader.line.text.slice(from, reader.line.at).join('')
    const common = commonStart(names)
    if (common.length > begun.length) {
      for (const letter of [...common].slice([...begun].length)) await this.insert(reader, letter)
    } else if (names.length > 1) {
      await this.#screen.write(`\r\n${names.map((name) => name.replace(/.*\/(?=.)/, '')).join('  ')}\r\n`)
      await this.#screen.write(reader.prompt + reader.line.text.join(''))
      await this.#moveBack(reader.line.text.length - reader.line.at)
    } else await this.#screen.write('\x07')
  }

  #end(text: string | null): void {
    const reader = this.#reader
    this.#reader = null
    reader?.resolve(text)
  }

  async insert({ line }: Reader, key: string): Promise<void> {
    if (line.text.length >= longestLine) return
    line.text.splice(line.at, 0, key)
    line.at += 1
    const rest = line.text.slice(line.at)
    await this.#screen.write(key + rest.join(''))
    await this.#moveBack(rest.length)
  }

  /** Replaces the whole line on the screen. */
  async show({ line }: Reader, text: string): Promise<void> {
    await this.#moveBack(line.at)
    line.text = [...text]
    line.at = line.text.length
    await this.#screen.write(`\x1b[J${text}`)
  }

  async moveTo({ line }: Reader, at: number): Promise<void> {
    const target = Math.max(0, Math.min(line.text.length, at))
    if (target < line.at) await this.#moveBack(line.at - target)
    else await this.#screen.write(line.text.slice(line.at, target).join(''))
    line.at = target
  }

  /** Takes letters out, from `from` up to `to`. */
  async cut(reader: Reader, from: number, to: number): Promise<void> {
    const { line } = reader
    await this.moveTo(reader, from)
    line.text.splice(from, to - from)
    const rest = line.text.slice(from)
    await this.#screen.write(`\x1b[J${rest.join('')}`)
    await this.#moveBack(rest.length)
  }

  async recall(reader: Reader, step: number): Promise<void> {
    const { history, line } = reader
    if (!history) return
    const back = Math.max(0, Math.min(history.length, reader.back + step))
    if (back === reader.back) return
    if (reader.back === 0) reader.draft = line.text.join('')
    reader.back = back
    await this.show(reader, back === 0 ? reader.draft : (history.at(-back) ?? ''))
  }

  async interruptLine({ history }: Reader): Promise<void> {
    await this.#screen.write('^C\r\n')
    if (!history) this.#screen.interrupt()
    this.#end(history ? '' : null)
  }

  async endOfInput(reader: Reader): Promise<void> {
    const { line } = reader
    if (line.text.length > 0) return this.cut(reader, line.at, line.at + 1)
    this.#end(null)
  }

  async clear(reader: Reader): Promise<void> {
    await this.#screen.write(`\x1b[H\x1b[2J${reader.prompt}${reader.line.text.join('')}`)
    await this.#moveBack(reader.line.text.length - reader.line.at)
  }

  async #moveBack(count: number): Promise<void> {
    if (count > 0) await this.#screen.write('\b'.repeat(count))
  }
}

type Edit = (terminal: GuestTerminal, reader: Reader) => Promise<void>

const backspace: Edit = (terminal, reader) =>
  reader.line.at > 0 ? terminal.cut(reader, reader.line.at - 1, reader.line.at) : Promise.resolve()
const toStart: Edit = (terminal, reader) => terminal.moveTo(reader, 0)
const toEnd: Edit = (terminal, reader) => terminal.moveTo(reader, reader.line.text.length)
const deleteNext: Edit = (terminal, reader) =>
  reader.line.at < reader.line.text.length
    ? terminal.cut(reader, reader.line.at, reader.line.at + 1)
    : Promise.resolve()

const edits: Record<string, Edit> = {
  '\x7f': backspace,
  '\b': backspace,
  '\x01': toStart,
  '\x05': toEnd,
  '\x02': (terminal, reader) => terminal.moveTo(reader, reader.line.at - 1),
  '\x06': (terminal, reader) => terminal.moveTo(reader, reader.line.at + 1),
  '\x03': (terminal, reader) => terminal.interruptLine(reader),
  '\x04': (terminal, reader) => terminal.endOfInput(reader),
  '\x0b': (terminal, reader) => terminal.cut(reader, reader.line.at, reader.line.text.length),
  '\x15': (terminal, reader) => terminal.cut(reader, 0, reader.line.at),
  '\x17': (terminal, reader) => terminal.cut(reader, wordStart(reader.line), reader.line.at),
  '\x0c': (terminal, reader) => terminal.clear(reader),
  '\x10': (terminal, reader) => terminal.recall(reader, 1),
  '\x0e': (terminal, reader) => terminal.recall(reader, -1),
}

const sequences: Record<string, Edit> = {
  '[A': (terminal, reader) => terminal.recall(reader, 1),
  '[B': (terminal, reader) => terminal.recall(reader, -1),
  '[C': (terminal, reader) => terminal.moveTo(reader, reader.line.at + 1),
  '[D': (terminal, reader) => terminal.moveTo(reader, reader.line.at - 1),
  '[H': toStart,
  '[1~': toStart,
  '[F': toEnd,
  '[4~': toEnd,
  '[3~': deleteNext,
}

function wordStart({ text, at }: Line): number {
  let start = at
  while (start > 0 && text[start - 1] === ' ') start--
  while (start > 0 && text[start - 1] !== ' ') start--
  return start
}

function commonStart(names: string[]): string {
  const [first = ''] = names
  let length = first.length
  for (const name of names) while (!name.startsWith(first.slice(0, length))) length--
  return first.slice(0, length)
}
