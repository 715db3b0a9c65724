import { createHash } from 'node:crypto'
import { crc64 } from './crc64'

export const checksumKinds = ['none', 'md5', 'crc64'] as const
export type ChecksumKind = (typeof checksumKinds)[number]
export type Checksum = { kind: Exclude<ChecksumKind, 'none'>; base64: string }

/** What is sent along with the bytes of a request; null for `none`. */
export function checksumOf(kind: ChecksumKind, bytes: Uint8Array): Checksum | null {
  if (kind === 'none') return null
  if (kind === 'md5') return { kind, base64: createHash('md5').update(bytes).digest('base64') }
  return { kind, base64: crc64(bytes).toString('base64') }
}
