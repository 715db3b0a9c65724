import type { Range } from './plan'

export type TargetFacts = {
  lengthBytes: number
  etag: string
  metadata: Record<string, string>
  sequenceNumber: number
  isPageBlob: boolean
}

/** Where an upload goes. Every call is one request (a listing: one per page of it); failures come as the client threw them. */
export type UploadTarget = {
  /** Address without query: a SAS must not reach a message. */
  readonly url: string
  /** Whether a SAS gives access; without one it is the token of whoever signed in. */
  readonly hasSas: boolean
  /** When the SAS in the address ends, ms since 1970; null without one. */
  readonly expiresMs: number | null
  /** What stands there now; null when nothing does. */
  facts(signal: AbortSignal): Promise<TargetFacts | null>
  /** Makes the empty blob; fails when there is one already. */
  create(
    lengthBytes: number,
    about: Pick<TargetFacts, 'metadata' | 'sequenceNumber'>,
    signal: AbortSignal,
  ): Promise<void>
  /** Everything ever written and not cleared. */
  ranges(signal: AbortSignal): Promise<Range[]>
  /** Writes up to 4 MiB at a multiple of 512; refused when the conditions do not hold. */
  put(bytes: Uint8Array, offset: number, conditions: PutConditions, signal: AbortSignal): Promise<PutAnswer>
  /** Asks whoever gave access for a fresh one; false when nobody can. */
  renew(): Promise<boolean>
}

export type PutConditions = {
  /** MD5 of the bytes, which the service checks. */
  md5?: Buffer
  /** Set when the blob was made: a blob that somebody made anew does not have it. */
  sequenceNumber?: number
  etag?: string
}
export type PutAnswer = { etag: string; md5: Buffer | null }
