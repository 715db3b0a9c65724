import { asking, orNull, type ErrorContext } from './errors'
import { partsOf, type IdParts } from './ids'
import { noting, type Accepted } from './operations'

type Cancellable = { abortSignal?: AbortSignal }

/** Reads what an id names; null when it does not exist. Throws AppError `input.invalid` for what is no resource id. */
export async function readOne<T>(
  id: string,
  signal: AbortSignal | undefined,
  read: (at: IdParts, options: Cancellable) => Promise<T>,
): Promise<T | null> {
  const at = partsOf(id)
  return orNull(() => read(at, { ...(signal && { abortSignal: signal }) }))
}

/** Sends a request that starts work: `send` returns when it is accepted, and what becomes of it is read from the thing itself. */
export async function sendOne(
  id: string,
  signal: AbortSignal | undefined,
  send: (at: IdParts, options: ReturnType<typeof noting>['options']) => Promise<unknown>,
  context?: ErrorContext,
): Promise<Accepted> {
  const { accepted, options } = noting(signal)
  const at = partsOf(id)
  await asking(() => send(at, options), context)
  return accepted
}

/** Sends a deletion: `remove` returns when it is accepted. A thing already gone is no error. */
export async function deleteOne(
  id: string,
  signal: AbortSignal | undefined,
  remove: (at: IdParts, options: Cancellable) => Promise<unknown>,
): Promise<void> {
  await readOne(id, signal, remove)
}
