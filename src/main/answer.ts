import type { z } from 'zod'
import { calls, type CallName, type CallOutput, type Calls } from '../shared/contract'
import { AppError } from '../shared/errors'

export type Handlers = {
  [Name in CallName]: (input: z.output<Calls[Name]['input']>) => CallOutput<Name> | Promise<CallOutput<Name>>
}
/** Validates one call and runs its handler. Throws `contract.refused` for unknown names and malformed input. */
export async function answer(handlers: Handlers, name: unknown, input: unknown): Promise<unknown> {
  if (typeof name !== 'string' || !Object.hasOwn(calls, name)) {
    throw new AppError('contract.refused', { name: String(name).slice(0, 80) })
  }
  const parsed = calls[name as CallName].input.safeParse(input)
  if (!parsed.success) {
    throw new AppError(
      'contract.refused',
      { name },
      { message: parsed.error.issues.map((issue) => issue.path.join('.')).join(', ') },
    )
  }
  const handler = handlers[name as CallName] as (input: unknown) => unknown
  return (await handler(parsed.data)) ?? null
}
