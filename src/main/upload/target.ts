import type { Access } from './access'
import type { Checksum } from './checksum'
import type { Range } from './plan'
import type { Stamp } from './stamp'

export type TargetFacts = {
  lengthBytes: number
  etag: string
  metadata: Record<string, string>
  /** null where the target has none. */
  sequenceNumber: number | null
}

/** One try of a request. */
export type Attempt = {
  signal: AbortSignal
  /** A request on which nothing moves for this long is given up, ms. */
  idleMs: number
}

/**
 * Where the bytes of a disk go, at places of their own in any order. Every call is one request (a listing: one per page of it);
 * failures come as Node or the service told them, for `judge`.
 */
export type UploadTarget = {
  readonly kind: 'page' | 'disk' | 'block'
  /** Address and the right to it. */
  readonly access: Access
  /** What names it in the journal: stays the same where the address does not. */
  readonly id: string
  /** Of what is sent there. */
  readonly stamp: Stamp
  /** What the tags of a managed disk say of whose bytes it holds. */
  readonly mark?: string | null
  /** Most bytes in one `put`. */
  readonly chunkBytes: number
  /**
   * Which part of a chunk is put: `data`, each run of data in it; `span`, all from its first data to its last, at once;
   * `whole`, everything, zeros too.
   */
  readonly granule: 'data' | 'span' | 'whole'
  /** What stands there now; null when nothing does. */
  facts(attempt: Attempt): Promise<TargetFacts | null>
  /** Makes the empty target; fails when there is one already. Without it, the target is there or comes into being by itself. */
  create?(attempt: Attempt): Promise<void>
  /** Everything ever written and not cleared, in order. */
  ranges(attempt: Attempt): Promise<Range[]>
  /** Writes at a multiple of 512; `etag`: only onto that state, where the target can tell. Answers the state's tag after it. */
  put(
    bytes: Uint8Array,
    offset: number,
    with_: { checksum: Checksum | null; etag?: string },
    attempt: Attempt,
  ): Promise<string>
  /** Makes zeros of a range. Only where pages may stand that are not ours. */
  clear?(range: Range, attempt: Attempt): Promise<void>
  /** What stands in a range; without it nothing can be read before it is whole. */
  read?(range: Range, attempt: Attempt): Promise<Buffer>
  /** Makes one blob of what was put, all of `ranges`; answers its ETag. Without it, the footer makes it whole. */
  commit?(ranges: Range[], attempt: Attempt): Promise<string>
}
