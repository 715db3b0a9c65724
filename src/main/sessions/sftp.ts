import type { Client, SFTPWrapper } from 'ssh2'
import { AppError } from '../../shared/errors'

/** Opens a file transfer over a connection. Whoever opened it ends it. Throws AppError `session.no-sftp`, `cancelled`. */
export function sftpOf(client: Client, signal: AbortSignal): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(new AppError('session.no-sftp', {}, { message: error instanceof Error ? error.message : '' }))
    const stop = () => reject(new AppError('cancelled'))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      client.sftp((error, sftp) => {
        signal.removeEventListener('abort', stop)
        if (error) return fail(error)
        if (signal.aborted) sftp.end()
        resolve(sftp)
      })
    } catch (error) {
      fail(error)
    }
  })
}
