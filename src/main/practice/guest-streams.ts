import type { PseudoTtyInfo, ServerChannel } from 'ssh2'
import type { Streams } from './guest-process'
import { GuestTerminal } from './guest-terminal'

/** The streams of one channel, and what the system behind it may set. */
export type ChannelStreams = Streams & {
  /** Null without a terminal. */
  terminal: GuestTerminal | null
  /** Aborted when what runs is to stop: Ctrl+C, a signal, the client gone. */
  signal(): AbortSignal
  interrupt(): void
  /** Set by the system: names for the tab key. */
  complete: (line: string) => Promise<{ from: number; names: string[] }>
  /** True when the client is gone. */
  isGone(): boolean
}

/** Reads and writes a channel as a terminal does, or as pipes do. */
export function channelStreams(channel: ServerChannel, pty: PseudoTtyInfo | null): ChannelStreams {
  let running = new AbortController()
  let isGone = false
  const input = pipeInput()
  const interrupt = () => {
    running.abort()
    running = new AbortController()
  }
  const streams: ChannelStreams = {
    isTerminal: pty !== null,
    terminal: null,
    columns: () => pty?.cols ?? 80,
    write: async (name, bytes) => {
      if (isGone) return
      const target = name === 'stderr' && !pty ? channel.stderr : channel
      const shown = pty ? withReturns(bytes) : bytes
      if (!target.write(shown)) await drained(channel, target, running.signal)
    },
    readLine: () => (streams.terminal ? streams.terminal.readLine('', null) : input.line()),
    readAll: async () => {
      if (!streams.terminal) return input.all()
      const lines: string[] = []
      for (
        let line = await streams.terminal.readLine('', null);
        line !== null;
        line = await streams.terminal.readLine('', null)
      )
        lines.push(`${line}\n`)
      return Buffer.from(lines.join(''))
    },
    signal: () => running.signal,
    interrupt,
    complete: () => Promise.resolve({ from: 0, names: [] }),
    isGone: () => isGone,
  }
  if (pty)
    streams.terminal = new GuestTerminal({
      write: async (text) => {
        if (!isGone && !channel.write(text)) await drained(channel, channel, running.signal)
      },
      columns: streams.columns,
      interrupt,
      complete: (line) => streams.complete(line),
    })
  channel.on('data', (bytes: Buffer) => (streams.terminal ? streams.terminal.feed(bytes) : input.add(bytes)))
  channel.on('end', () => (streams.terminal ? streams.terminal.close() : input.end()))
  channel.on('close', () => {
    isGone = true
    streams.terminal?.close()
    input.end()
    running.abort()
  })
  channel.on('error', () => running.abort())
  return streams
}

type PipeInput = { add(bytes: Buffer): void; end(): void; line(): Promise<string | null>; all(): Promise<Buffer> }

function pipeInput(): PipeInput {
  let kept = Buffer.alloc(0)
  let isEnded = false
  let wake: (() => void) | null = null
  const changed = () => new Promise<void>((resolve) => (wake = resolve))
  return {
    add(bytes) {
      kept = Buffer.concat([kept, bytes])
      wake?.()
    },
    end() {
      isEnded = true
      wake?.()
    },
    async line() {
      for (;;) {
        const at = kept.indexOf(10)
        if (at >= 0 || isEnded) {
          if (at < 0 && kept.length === 0) return null
          const line = kept.subarray(0, at < 0 ? kept.length : at).toString()
          kept = at < 0 ? Buffer.alloc(0) : kept.subarray(at + 1)
          return line
        }
        await changed()
      }
    },
    async all() {
      while (!isEnded) await changed()
      const all = kept
      kept = Buffer.alloc(0)
      return all
    },
  }
}

/** Waits until a stream takes more; no longer than it lives or the signal lets it. */
function drained(channel: ServerChannel, target: NodeJS.EventEmitter, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      target.removeListener('drain', end)
      channel.removeListener('close', end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    target.once('drain', end)
    channel.once('close', end)
    signal.addEventListener('abort', end, { once: true })
  })
}

const lineFeed = 10
const carriageReturn = 13

/** A line feed alone becomes carriage return and line feed, as a terminal's line discipline does. */
function withReturns(bytes: Buffer): Buffer {
  let count = 0
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1))
    if (bytes[at - 1] !== carriageReturn) count++
  if (count === 0) return bytes
  const wide = Buffer.allocUnsafe(bytes.length + count)
  let to = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === lineFeed && bytes[at - 1] !== carriageReturn) wide[to++] = carriageReturn
    wide[to++] = byte
  }
  return wide
}
