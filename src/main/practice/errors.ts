/** An answer that refuses a request, thrown by a handler and written by the server in the shape of its plane (ARM, Batch, sign-in). */
export type ArmError = Error & {
  name: 'ArmError'
  status: number
  code: string
  headers: Record<string, string>
  /** Named values of a Batch data-plane error (`values: [{key, value}]`). */
  values: Record<string, string>
}

/** Builds the error; `headers` go out with it (Retry-After, WWW-Authenticate). */
export function armError(
  status: number,
  code: string,
  message: string,
  more: { headers?: Record<string, string>; values?: Record<string, string> } = {},
): ArmError {
  const details = { name: 'ArmError' as const, status, code, headers: more.headers ?? {}, values: more.values ?? {} }
  return Object.assign(new Error(message), details)
}

/** True for errors made by `armError`. */
export function isArmError(error: unknown): error is ArmError {
  return error instanceof Error && error.name === 'ArmError'
}
