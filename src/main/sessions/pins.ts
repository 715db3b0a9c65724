import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const pin = z.object({
  /** As OpenSSH shows a host key, `SHA256:...`; of a certificate 64 hex digits of SHA-256. */
  fingerprint: z.string(),
  /** Who said that it is the right one. */
  source: z.enum(['person', 'serialLog']),
  /** When, ISO 8601 UTC. */
  at: z.string(),
})
export type Pin = z.infer<typeof pin>
export type PinKind = 'hostKey' | 'certificate'
const pinsFile = z.object({ schema: z.literal(1), pins: z.record(z.string(), pin) })

/** By what each VM and host is known again: host keys and certificates that somebody vouched for. */
export type Pins = {
  find(kind: PinKind, place: string): Promise<Pin | null>
  /** Throws AppError `disk-full`, `state.unwritable`. */
  keep(kind: PinKind, place: string, pin: Omit<Pin, 'at'>): Promise<void>
  /** Throws AppError `disk-full`, `state.unwritable`. */
  forget(kind: PinKind, place: string): Promise<void>
}

export type PinsOptions = {
  /** Plain JSON. */
  file: string
  /** Replaces a file in one move. */
  write(file: string, text: string): Promise<void>
  now(): Date
}

/**
 * Opens the file of pins. A place is a VM's resource id, which survives a new address, or `host:port` where nothing else is known.
 * What cannot be read counts as unknown: then the person is asked again, and nothing is trusted by itself.
 */
export function openPins({ file, write, now }: PinsOptions): Pins {
  let pins: Promise<Record<string, Pin>> | null = null
  let writing: Promise<void> = Promise.resolve()

  function change(apply: (known: Record<string, Pin>) => void): Promise<void> {
    const next = writing.then(async () => {
      const known = { ...(await read()) }
      apply(known)
      await write(file, `${JSON.stringify({ schema: 1, pins: known }, null, 2)}\n`)
      pins = Promise.resolve(known)
    })
    // One write that fails must not stop the next.
    writing = next.catch(() => undefined)
    return next
  }

  function read(): Promise<Record<string, Pin>> {
    return (pins ??= readFile(file, 'utf8').then(parsed, () => ({})))
  }

  return {
    async find(kind, place) {
      const known = await read()
      const key = keyOf(kind, place)
      return Object.hasOwn(known, key) ? known[key]! : null
    },
    keep: (kind, place, { fingerprint, source }) =>
      change((known) => (known[keyOf(kind, place)] = { fingerprint, source, at: now().toISOString() })),
    forget: (kind, place) => change((known) => delete known[keyOf(kind, place)]),
  }
}

/** Azure's ids and host names do not tell capitals apart. */
function keyOf(kind: PinKind, place: string): string {
  return `${kind} ${place.toLowerCase()}`
}

function parsed(text: string): Record<string, Pin> {
  try {
    return pinsFile.parse(JSON.parse(text)).pins
  } catch {
    return {}
  }
}
