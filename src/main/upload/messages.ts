import type { ErrorData } from '../../shared/errors'
import type { Proxy } from '../net/proxy'
import type { Exchange } from '../net/seam'
import type { UploadProgress } from './meter'
import type { UploadResult, UploadSpec } from './spec'

/** What the process of an upload is told. `authorities`: PEM, believed beside the built-in ones. */
export type ToUpload =
  | { kind: 'start'; spec: UploadSpec; limit: number | null; authorities: string[] }
  /** Bytes per second for all uploads together; null for none. */
  | { kind: 'limit'; bytesPerSecond: number | null }
  | { kind: 'authorities'; authorities: string[] }
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'cancel' }
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'refusal'; id: number; error: ErrorData }

/** What it tells. Progress comes ten times a second at most. */
export type FromUpload =
  | { kind: 'progress'; progress: UploadProgress }
  /** A request that was answered, or was not: for whoever watches the cloud. */
  | { kind: 'exchange'; exchange: Exchange }
  | { kind: 'question'; id: number; question: Question }
  | { kind: 'done'; result: UploadResult }
  | { kind: 'failed'; error: ErrorData }

/** What only the program that started an upload can know. */
export type Question =
  | { about: 'url'; url: string }
  | { about: 'token'; isRefused: boolean }
  | { about: 'proxy'; origin: string }
  /** These bytes want to go; answered when the limit lets them. */
  | { about: 'bytes'; bytes: number }

export type Answers = {
  url: string | null
  token: { token: string; expiresOnTimestamp: number }
  proxy: Proxy | null
  bytes: null
}
