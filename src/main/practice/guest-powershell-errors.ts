import { listOf, objectOf, PsError, textOf, unwrap, type PsValue } from './guest-powershell-values'

/** What ends a block, a loop or the whole script before its end. */
export class Leave extends Error {
  /** What was put out before it, in the blocks that it ended. */
  written: PsValue[] = []

  constructor(
    readonly how: 'return' | 'exit' | 'throw' | 'break' | 'continue',
    readonly values: PsValue[],
  ) {
    super(how)
  }
}

/** What `$_` is in a `catch`. */
export function errorRecord(error: unknown): PsValue {
  const message =
    error instanceof PsError ? error.message : error instanceof Leave ? textOf(unwrap(error.values)) : String(error)
  const exception = objectOf('exception', { Message: message, HResult: -2146233088 })
  return objectOf('error', {
    Message: message,
    Exception: exception,
    FullyQualifiedErrorId: error instanceof PsError ? error.category : 'Thrown',
    InvocationInfo: null,
  })
}

/** An error as PowerShell writes it. */
export function errorText(error: PsError | Leave, name: string): string {
  const text = error instanceof PsError ? error.message : listOf(unwrap(error.values)).map(textOf).join(' ')
  const category = error instanceof PsError ? error.category : 'OperationStopped'
  return `${name === '' ? '' : `${name} : `}${text}\n    + CategoryInfo          : ${category}: (:) [${name}], Exception\n    + FullyQualifiedErrorId : ${category}\n`
}
