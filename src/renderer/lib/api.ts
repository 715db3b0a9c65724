import type { CallInput, CallName, CallOutput, StreamName, Streams } from '../../shared/contract'
import type { z } from 'zod'
import { AppError } from '../../shared/errors'

/** Asks main. Throws the AppError that main answered with. */
export async function call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
  const answer = await window.bridge.call(name, input)
  if (answer.ok) return answer.value as CallOutput<Name>
  throw new AppError(answer.error.code, answer.error.params, answer.error.details)
}

export type Opened<Name extends StreamName> = {
  send(message: z.input<Streams[Name]['up']>): void
  close(): void
}

/** Opens a stream to main that the window talks into as well. `onClose`: main ended it. */
export function openBoth<Name extends StreamName>(
  name: Name,
  input: z.input<Streams[Name]['open']>,
  onMessage: (message: z.output<Streams[Name]['down']>) => void,
  onClose?: () => void,
): Opened<Name> {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = (event) => onMessage(event.data as z.output<Streams[Name]['down']>)
  if (onClose) port1.addEventListener('close', onClose)
  window.postMessage({ kind: 'open-stream', name, input }, '*', [port2])
  return { send: (message) => port1.postMessage(message), close: () => port1.close() }
}

/** Opens a stream to main and returns the function that closes it. */
export function open<Name extends StreamName>(
  name: Name,
  input: z.input<Streams[Name]['open']>,
  onMessage: (message: z.output<Streams[Name]['down']>) => void,
): () => void {
  return openBoth(name, input, onMessage).close
}
