import { AppError } from '../../shared/errors'
import { nameOf } from '../../shared/remote-paths'

// Numbers of SSH_FXP_STATUS, draft-ietf-secsh-filexfer-02 section 7.
export const sftpStatus = { end: 1, noSuchFile: 2, denied: 3, failure: 4, lost: 7, unsupported: 8 }

/** What an SFTP server's refusal means for the thing with this path. */
export function remoteError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error
  const { code, message = '' } = error as { code?: unknown; message?: string }
  const params = { name: nameOf(path) }
  const details = { message, ...(code !== undefined ? { serviceCode: `SFTP ${String(code)}` } : {}) }
  if (/no space|disk (is )?full|not enough space/i.test(message))
    return new AppError('session.disk-full', { path }, details)
  switch (code) {
    case sftpStatus.noSuchFile:
      return new AppError('files.not-found', params, details)
    case sftpStatus.denied:
      return new AppError('files.denied', params, details)
    case sftpStatus.failure:
    case sftpStatus.unsupported:
      return new AppError('files.refused', params, details)
    default:
      return new AppError('files.lost', params, details)
  }
}

/** What this computer's refusal to read means. */
export function localReadError(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error
  const details = { message: messageOf(error) }
  if (codeOf(error) === 'ENOENT') return new AppError('file.not-found', { file }, details)
  return new AppError('file.unreadable', { file }, details)
}

/** What this computer's refusal to write means. */
export function localWriteError(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error
  const details = { message: messageOf(error) }
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(error))
  return new AppError(isFull ? 'no-space' : 'file.unwritable', { file }, details)
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
