/** Every failure a person can meet. Its texts are `messages.errors[code]`, in both languages or it does not compile. */
export const errorCodes = [
  'unexpected',
  'cancelled',
  'input.invalid',
  'contract.refused',
  'run.not-found',
  'run.busy',
  'run.locked',
  'run.newer',
  'journal.damaged',
  'disk-full',
  'settings.damaged',
  'file.not-found',
  'file.unreadable',
  'file.empty',
  'file.changed',
  'disk.format',
  'disk.truncated',
  'disk.footer',
  'disk.size',
  'disk.blocked',
  'plan.unreadable',
  'plan.unknown-key',
  'plan.invalid',
  'plan.secret',
  'profile.invalid',
  'token.refused-host',
  'offline',
  'tls.untrusted',
  'signIn.needed',
  'signIn.failed',
  'signIn.consent',
  'signIn.client-missing',
  'cloud.forbidden',
  'cloud.throttled',
  'cloud.unavailable',
  'cloud.not-found',
  'cloud.conflict',
  'cloud.bad-request',
  'cloud.timeout',
  'cloud.operation-failed',
  'cloud.name-taken',
  'cloud.provider-unregistered',
  'cloud.region-mismatch',
  'cloud.foreign-resource',
  /** {name, kind}: hierarchical namespace, or a kind of account without page blobs. */
  'storage.no-page-blobs',
  'quota.cores',
  'quota.accounts',
  'quota.pools',
  'upload.target-changed',
  'upload.target-foreign',
  'upload.checksum',
  'upload.access-expired',
  'upload.target-missing',
  'image.rejected',
  'image.replication-failed',
  'image.generation-mismatch',
  'image.no-replica',
  'pool.resize-failed',
  'pool.node-unusable',
  'pool.node-timeout',
  'pool.start-task-failed',
  /** {checks}: names of the final checks that found something wrong. */
  'verify.failed',
  'practice.failed',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** What the button of a red card does. */
export type Remedy = 'retry' | 'signIn' | 'edit' | 'chooseFile' | 'reload' | 'openLog' | 'skip'

export type ErrorDetails = {
  /** HTTP status of the answer that failed. */
  status?: number
  /** The service's own code, e.g. `AuthorizationFailed`. */
  serviceCode?: string
  requestId?: string
  /** ISO 8601, UTC. */
  at?: string
  method?: string
  /** Without query: a SAS must not reach a log. */
  url?: string
  /** The service's or library's own words, English and unredacted of nothing secret. */
  message?: string
}

export type ErrorParams = Record<string, string | number>
/** An error as it crosses a process border, stands in a journal, or is printed. */
export type ErrorData = { code: ErrorCode; params: ErrorParams; details: ErrorDetails }

/** A failure that says what happened and what to do. `params` fill the holes of its texts. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly params: ErrorParams
  readonly details: ErrorDetails

  constructor(code: ErrorCode, params: ErrorParams = {}, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(details.message ? `${code}: ${details.message}` : `${code} ${JSON.stringify(params)}`, options)
    this.name = 'AppError'
    this.code = code
    this.params = params
    this.details = details
  }

  toData(): ErrorData {
    return { code: this.code, params: this.params, details: this.details }
  }
}

/** Any thrown value as data; what nobody foresaw becomes `unexpected`, an abort becomes `cancelled`. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof AppError) return error.toData()
  if (error instanceof Error && error.name === 'AbortError') return new AppError('cancelled').toData()
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'unexpected', params: {}, details: { message } }
}
