import type { GuestReport } from './guests'

/** One operating system that runs on a machine, from power on to power off. */
export type GuestSystem = {
  /** Starts it; ports are served when it resolves. `isFresh`: after power on, with lines on the serial console. */
  boot(isFresh: boolean, signal: AbortSignal): Promise<void>
  /** Port of 127.0.0.1 that serves a port of the machine; null when nothing listens. */
  port(wanted: number): number | null
  /** @throws Error when the agent does not answer */
  run(script: string): Promise<{ stdout: string; stderr: string }>
  /** What stands on the screen, oldest line first. */
  screen(): string[]
  /** Incidents that the user switched on. */
  suffer(incident: 'cut' | 'new-host-keys' | 'remove-agent'): Promise<void>
  /** Ends all connections and servers. */
  halt(how: 'shut-down' | 'cut'): Promise<void>
}

/** What a system does to the world around it. */
export type GuestSurroundings = {
  now: () => number
  pause: (virtualMs: number, signal: AbortSignal) => Promise<void>
  /** Text for the serial console. */
  serial: (text: string) => void
  power: (how: 'reboot' | 'power-off') => void
  /** Trouble of the next Sysprep that was switched on: `appx`, `restart`, `dsc`; null where there is none. */
  failsSysprep: () => string | null
  /** How long every answer of the SSH server takes. */
  delayMs: () => number
}

export type { GuestReport }
