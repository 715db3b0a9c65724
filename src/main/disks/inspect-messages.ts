import type { ErrorData } from '../../shared/errors'
import type { Inspection } from '../../shared/outputs'

export type ToInspection = { file: string }

/** What the process that looks into a disk tells the one that started it. */
export type FromInspection =
  /** What is known before anything inside is looked at. */
  | { kind: 'so-far'; inspection: Inspection }
  | { kind: 'done'; inspection: Inspection }
  | { kind: 'failed'; error: ErrorData }
  /** It needs more memory than it may. */
  | { kind: 'gave-up' }
