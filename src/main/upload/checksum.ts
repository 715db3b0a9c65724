import { createHash } from 'node:crypto'
import { crc64 } from './crc64'

export const checksumKinds = ['none', 'md5', 'crc64'] as const
export type ChecksumKind = (typeof checksumKinds)[number]
/**
 * The blob service computes the CRC-64 of every page and block by itself and tells it in each answer, an MD5 only where one was sent
 * (https://learn.microsoft.com/rest/api/storageservices/put-page); for pages it keeps neither. So the cheaper one: in Node some 0.6
 * seconds of processor time per GiB, an MD5 1.5. Disks that are uploaded to lie behind the same service, as page blobs.
 */
export const defaultChecksum: ChecksumKind = 'crc64'
export type Checksum = { kind: Exclude<ChecksumKind, 'none'>; base64: string }

/** What is sent along with the bytes of a request; null for `none`. */
export function checksumOf(kind: ChecksumKind, bytes: Uint8Array): Checksum | null {
  if (kind === 'none') return null
  if (kind === 'md5') return { kind, base64: createHash('md5').update(bytes).digest('base64') }
  return { kind, base64: crc64(bytes).toString('base64') }
}
