import { AppError } from '../../shared/errors'

/** What was being done, where the error itself may not say. */
export type ErrorContext = {
  /** Name of the thing that was to be made or read. */
  name?: string
  at?: () => Date
}

/** The only place that knows Azure's error codes. Anything thrown below becomes one of ours, with the service's own words in its details. */
export function toAppError(error: unknown, context: ErrorContext = {}): AppError {
  void context
  return error instanceof AppError
    ? error
    : new AppError('unexpected', {}, { message: String(error) }, { cause: error })
}

/** Runs a call to Azure; whatever it throws arrives as AppError. */
export async function asking<T>(call: () => Promise<T>, context?: ErrorContext): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw toAppError(error, context)
  }
}

/** Like `asking`, but a thing that does not exist is null. */
export async function orNull<T>(call: () => Promise<T>, context?: ErrorContext): Promise<T | null> {
  try {
    return await asking(call, context)
  } catch (error) {
    if (error instanceof AppError && error.code === 'cloud.not-found') return null
    throw error
  }
}

/** All pages of a listing, each item in our own shape. */
export async function collect<From, To>(pages: AsyncIterable<From>, map: (item: From) => To): Promise<To[]> {
  const items: To[] = []
  for await (const item of pages) items.push(map(item))
  return items
}
