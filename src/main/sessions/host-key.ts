import { createHash } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { SessionView } from '../../shared/session-calls'
import type { Pins } from './pins'

/** A key as a server showed it: `ssh-ed25519`, `SHA256:…`. */
export type ShownKey = { type: string; fingerprint: string }
export type HostKey = NonNullable<SessionView['hostKey']>

export type HostKeyRules = {
  pins: Pins
  /** A VM's resource id, or `host:port`. */
  place: string
  /** For people. */
  host: string
  /** Fingerprints that the VM's serial log showed; empty: none. */
  fromSerialLog: readonly string[]
}

/** As `ssh-keygen -lf` writes it: the type, and SHA-256 in base64 without padding (RFC 4253, 6.6 has the format of the key). */
export function shownKey(key: Buffer): ShownKey {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  return {
    type: key.toString('latin1', 4, 4 + Math.min(length, 64)),
    fingerprint: `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`,
  }
}

/**
 * Whether a host key may be believed, before anything secret is sent. null: nobody knows it yet, so a person has to say. Throws
 * AppError `session.host-key-changed` {host, known, found}.
 */
export async function believe(key: ShownKey, rules: HostKeyRules): Promise<HostKey['proof'] | null> {
  const { pins, place, host, fromSerialLog } = rules
  const pin = await pins.find('hostKey', place)
  if (pin?.fingerprint === key.fingerprint) return pin.source === 'serialLog' ? 'serialLog' : 'known'
  // A VM has several keys; which of them is shown is a matter of both programs.
  if (fromSerialLog.includes(key.fingerprint)) {
    await pins.keep('hostKey', place, { fingerprint: key.fingerprint, source: 'serialLog' })
    return 'serialLog'
  }
  const known = pin ? [pin.fingerprint] : fromSerialLog
  if (known.length === 0) return null
  throw new AppError('session.host-key-changed', { host, known: known.join(', '), found: key.fingerprint })
}
