import { AppError, type ErrorCode, type ErrorParams } from '../../shared/errors'
import type { Cloud } from './cloud'
import { asking, failureOf, orNull } from './errors'
import { sendJson } from './raw'

/** What the answer to a write request leaves behind: the URL under which ARM tells how the work ends, or null when it gave none. */
export type Accepted = { operation: string | null }

type Answer = { headers: { get(name: string): string | undefined } }

/** Options of an SDK call with a note of where its operation can be watched. */
export function noting(signal: AbortSignal | undefined): {
  accepted: Accepted
  options: { abortSignal?: AbortSignal; onResponse(answer: Answer): void }
} {
  const accepted: Accepted = { operation: null }
  const onResponse = ({ headers }: Answer) => {
    accepted.operation ??= headers.get('azure-asyncoperation') ?? headers.get('location') ?? null
  }
  return { accepted, options: { onResponse, ...(signal && { abortSignal: signal }) } }
}

/**
 * Why a long operation failed: the resource itself only says `Failed`. null when the operation did not fail, or ARM has forgotten
 * it (it keeps them for a day). `fallback` and `params` as in `failureOf`.
 */
export async function failureOfOperation(
  cloud: Cloud,
  operation: string | null,
  fallback: ErrorCode,
  params: ErrorParams = {},
  signal?: AbortSignal,
): Promise<AppError | null> {
  if (!operation) return null
  const answer = await orNull(() => asking(() => sendJson(cloud.arm, { method: 'GET', url: operation, signal }))).catch(
    (thrown: unknown) => ended(thrown, fallback, params),
  )
  if (answer instanceof AppError) return answer
  const { status, error } = (answer ?? {}) as { status?: unknown; error?: unknown }
  return status === 'Failed' ? failureOf({ error }, fallback, params) : null
}

/** A Location answers with the failure of the work itself; throws again what only says that it could not be asked. */
function ended(thrown: unknown, fallback: ErrorCode, params: ErrorParams): AppError {
  const status = thrown instanceof AppError ? (thrown.details.status ?? 0) : 0
  if (!(thrown instanceof AppError) || status < 400 || status >= 500 || ofTheQuestion.includes(status)) throw thrown
  const isExact = thrown.code !== 'cloud.conflict' && thrown.code !== 'cloud.bad-request'
  return isExact ? thrown : new AppError(fallback, { ...thrown.params, ...params }, thrown.details)
}

const ofTheQuestion = [401, 403, 408, 429]
