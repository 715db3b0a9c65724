import type { Client, ClientChannel } from 'ssh2'
import type { terminal as words } from '../../shared/messages/en/terminal'
import type { TerminalMessage } from '../../shared/session-calls'
import { createOutputPump } from './output-pump'

export type TerminalSize = { columns: number; rows: number }
/** One shell in a terminal, which is opened anew whenever its connection comes back. */
export type Terminal = {
  keys(text: string): void
  size(size: TerminalSize): void
  /** The window has worked off so many bytes. */
  seen(bytes: number): void
  close(): void
}
/** How a terminal is told of its connection. */
export type TerminalLink = Terminal & {
  /** `hasRestarted`: the system was started anew since the shell before. */
  connected(client: Client, hasRestarted: boolean): void
  /** It may come back. */
  lost(isRestarting: boolean): void
  /** It will not. */
  gone(): void
}

export type TerminalOptions = {
  size: TerminalSize
  send(message: TerminalMessage): void
  /** In the language of the moment. */
  words(): typeof words
  /** The VM said in this terminal that it restarts. */
  onRestart(): void
  /** The shell is over for good. */
  onEnd(): void
}

/** Who ends by a signal may do so because the VM goes down: a connection that is lost at once tells. */
const doubtMs = 2_000
/** What systemd and the older `shutdown` write to all terminals. */
const announcement = /going down for (?:system )?reboot|system will reboot now|rebooting now/i
const announcementBytes = 64
const earlyLimit = 4_096
/** Leaves whatever a program that was cut off had switched on: other screen, mouse, bracketed paste, colours. */
const calm = '\x1b[?1047l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?25h\x1b[!p\x1b[0m'

export function createTerminal(options: TerminalOptions): TerminalLink {
  let size = options.size
  let channel: ClientChannel | null = null
  let isAway = false
  let isOver = false
  let wasOpen = false
  let tail = ''
  /** Typed before there was a shell. */
  let early = ''
  const pump = createOutputPump({
    send: (bytes) => options.send({ kind: 'data', bytes }),
    hold: (isHeld) => (isHeld ? channel?.pause() : channel?.resume()),
  })

  /** In italics: faint letters are hard to read. */
  function say(text: string) {
    pump.push(Buffer.from(`${calm}\r\n\x1b[3m${text}\x1b[0m\r\n`))
    pump.flush()
  }

  function end(code: number | null) {
    if (isOver) return
    isOver = true
    pump.flush()
    options.send({ kind: 'ended', code })
    options.onEnd()
  }

  function opened(shell: ClientChannel) {
    if (isOver) return void shell.close()
    channel = shell
    let exit: { code: number | null } | null = null
    // The window may have changed its size since the shell was asked for.
    shell.setWindow(size.rows, size.columns, 0, 0)
    shell.on('data', heard)
    shell.stderr.on('data', heard)
    if (pump.isHeld()) shell.pause()
    if (early) shell.write(early)
    early = ''
    shell.on('error', () => undefined)
    shell.on('exit', (code: number | null) => (exit = { code }))
    shell.on('close', () => {
      if (channel === shell) channel = null
      if (isAway || isOver) return
      if (exit && exit.code !== null) return end(exit.code)
      setTimeout(() => !isAway && !channel && end(exit?.code ?? null), doubtMs)
    })
  }

  function heard(bytes: Buffer) {
    const text = tail + bytes.toString('latin1', 0, 4096)
    if (announcement.test(text)) options.onRestart()
    tail = bytes.toString('latin1', Math.max(0, bytes.length - announcementBytes))
    pump.push(bytes)
  }

  return {
    keys(text) {
      if (channel) channel.write(text)
      else if (!isAway && !isOver) early = (early + text).slice(0, earlyLimit)
    },
    size(next) {
      size = next
      channel?.setWindow(size.rows, size.columns, 0, 0)
    },
    seen: (bytes) => pump.seen(bytes),
    connected(client, hasRestarted) {
      if (isOver) return
      if (wasOpen) say(hasRestarted ? options.words().restarted : options.words().back)
      isAway = false
      wasOpen = true
      const pty = { term: 'xterm-256color', cols: size.columns, rows: size.rows, width: 0, height: 0 }
      client.shell(pty, { env: { LANG: 'C.UTF-8' } }, (error, shell) => {
        if (!error) return opened(shell)
        say(`${options.words().refused} ${error.message}`)
        if (!isAway) end(null)
      })
    },
    lost(isRestarting) {
      if (isOver || isAway) return
      isAway = true
      channel = null
      early = ''
      say(isRestarting ? options.words().restarting : options.words().lost)
    },
    gone() {
      if (!isOver && wasOpen && !isAway) say(options.words().closed)
      end(null)
    },
    close() {
      isOver = true
      pump.close()
      channel?.close()
      options.onEnd()
    },
  }
}
