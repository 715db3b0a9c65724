import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { AppError } from '../shared/errors'
import type { Machine } from './sessions/rdp/desktop'

export async function dialMachine({ host, port }: Machine, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, signal })
  try {
    await once(socket, 'connect')
  } catch (error) {
    throw new AppError('desktop.port-closed', { host, port }, { message: String(error) })
  }
  return socket
}
