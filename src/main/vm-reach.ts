import { AppError, type ErrorCode } from '../shared/errors'
import type { OutputOf } from '../shared/outputs'
import type { CloudProfile } from '../shared/profile'
import type { Network } from './net/network'
import { dial } from './sessions/dial'

/** Long enough for a VM at the other end of the world, short enough to be waited for. */
const limitMs = 12_000
/** What a firewall on the way looks like from here. */
const silence: ReadonlySet<ErrorCode> = new Set(['session.no-answer', 'session.port-closed', 'session.proxy-refused'])

/** Whether something answers at a port of a VM, by the same way that a session takes. Sends nothing. */
export async function reaches(
  host: string,
  port: number,
  { network, profile, signal }: { network: Network; profile: CloudProfile; signal: AbortSignal },
): Promise<NonNullable<OutputOf<'vm.create'>['reach']>> {
  try {
    const { socket } = await dial(host, port, { network, vmProxy: profile.vmProxy, signal, limitMs })
    socket.destroy()
    return 'answers'
  } catch (error) {
    signal.throwIfAborted()
    return error instanceof AppError && silence.has(error.code) ? 'silent' : 'unknown'
  }
}
