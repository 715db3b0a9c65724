import type { Attributes as Sent, SFTPWrapper } from 'ssh2'
import { AppError } from '../../shared/errors'
import { remoteError, sftpStatus } from './files-errors'
import type { FileHost } from './files-hash'

export type Attributes = {
  kind: 'file' | 'folder' | 'link' | 'other'
  sizeBytes: number
  /** Permissions alone, without the kind. */
  mode: number
  /** Unix time, seconds. */
  modifiedS: number
}
export type Named = { name: string; attributes: Attributes }
export type Handle = Buffer

/** One SFTP channel. Every verb throws AppError `files.*`, `session.disk-full`, or `cancelled` once its signal is. */
export type Sftp = {
  /** How much one request may read or write without being cut short. */
  readonly requestBytes: number
  /** Absolute, without links and dots. */
  realPath(path: string): Promise<string>
  /** Follows links. */
  stat(path: string): Promise<Attributes>
  /** null: nothing is there. Links are not followed. */
  look(path: string): Promise<Attributes | null>
  /** In the order of the server, some at a time, with every name that it sends but `.` and `..`. */
  list(path: string): AsyncGenerator<Named[]>
  makeFolder(path: string): Promise<void>
  removeFolder(path: string): Promise<void>
  removeFile(path: string): Promise<void>
  /** Fails where there is something already. */
  rename(from: string, to: string): Promise<void>
  /** Takes the place of a file that is there, in one move where the server can. */
  replace(from: string, to: string): Promise<void>
  open(path: string, how: OpenMode): Promise<Handle>
  statOpen(handle: Handle, path: string): Promise<Attributes>
  /** Fills `into`; answers less than its length only at the end of the file. */
  read(handle: Handle, path: string, into: Buffer, position: number): Promise<number>
  write(handle: Handle, path: string, bytes: Buffer, position: number): Promise<void>
  setOpen(handle: Handle, path: string, attributes: { mode?: number; modifiedS: number }): Promise<void>
  close(handle: Handle): Promise<void>
  /** What ordinary users may still write there; null: the server does not say. */
  freeBytes(path: string): Promise<number | null>
  isOver(): boolean
  end(): void
}
/** `new`: nothing is there yet, not even a link. */
export type OpenMode = 'read' | 'new' | 'change'

// SSH_FXF_READ, WRITE, CREAT, EXCL: draft-ietf-secsh-filexfer-02 section 6.3.
const flags: Record<OpenMode, number> = { read: 0x1, new: 0x2 | 0x8 | 0x20, change: 0x2 }
const newFileMode = 0o600
/** Fits into the 34,000 bytes that every server takes: the same draft, section 3. */
const anyServersBytes = 32 * 1024
const mostBytes = 256 * 1024

/**
 * Opens an SFTP channel of its own. With the signal it ends, and what was asked last fails at once. Throws AppError `session.*`,
 * `files.lost`, `cancelled`.
 */
export async function openSftp(host: Pick<FileHost, 'sftp'>, signal: AbortSignal): Promise<Sftp> {
  const wrapper = await host.sftp(signal)
  const { ask, isOver } = createAsk(wrapper, signal)
  const attributesOf = async (path: string, send: (done: Done<Sent>) => void) => understood(await ask(path, send))

  const sftp: Sftp = {
    requestBytes: requestBytes(wrapper),
    realPath: (path) => ask(path, (done) => wrapper.realpath(path, done)),
    stat: (path) => attributesOf(path, (done) => wrapper.stat(path, done)),
    look: (path) => attributesOf(path, (done) => wrapper.lstat(path, done)).catch(nullIfMissing),
    async *list(path) {
      const handle = await ask<Buffer>(path, (done) => wrapper.opendir(path, done))
      try {
        for (;;) {
          const entries = await ask<Entry[] | null>(path, (done) =>
            wrapper.readdir(handle, (error, list) => (isEnd(error) ? done(undefined, null) : done(error, list))),
          )
          if (entries === null) return
          yield entries.map(({ filename, attrs }) => ({ name: filename, attributes: understood(attrs) }))
        }
      } finally {
        void sftp.close(handle).catch(ignored)
      }
    },
    makeFolder: (path) => ask(path, (done) => wrapper.mkdir(path, done)),
    removeFolder: (path) => ask(path, (done) => wrapper.rmdir(path, done)),
    removeFile: (path) => ask(path, (done) => wrapper.unlink(path, done)),
    rename: (from, to) => ask(from, (done) => wrapper.rename(from, to, done)),
    async replace(from, to) {
      if (offers(wrapper, 'posix-rename@openssh.com')) {
        return ask(to, (done) => wrapper.ext_openssh_rename(from, to, done))
      }
      await ask<void>(to, (done) => wrapper.unlink(to, done)).catch(nullIfMissing)
      return sftp.rename(from, to)
    },
    open: (path, how) =>
      ask(path, (done) =>
        how === 'new'
          ? wrapper.open(path, flags.new, { mode: newFileMode }, done)
          : wrapper.open(path, flags[how], done),
      ),
    statOpen: (handle, path) => attributesOf(path, (done) => wrapper.fstat(handle, done)),
    async read(handle, path, into, position) {
      let filled = 0
      while (filled < into.length) {
        const got = await ask<number>(path, (done) =>
          wrapper.read(handle, into, filled, into.length - filled, position + filled, done),
        )
        if (got === 0) break
        filled += got
      }
      return filled
    },
    write: (handle, path, bytes, position) =>
      ask(path, (done) => wrapper.write(handle, bytes, 0, bytes.length, position, (error) => done(error))),
    setOpen: (handle, path, { mode, modifiedS }) =>
      ask(path, (done) =>
        wrapper.fsetstat(handle, { atime: modifiedS, mtime: modifiedS, ...(mode !== undefined ? { mode } : {}) }, done),
      ),
    close: (handle) => ask('', (done) => wrapper.close(handle, done)),
    async freeBytes(path) {
      if (!offers(wrapper, 'statvfs@openssh.com')) return null
      const { f_frsize: block, f_bavail: blocks } = await ask<{ f_frsize: number; f_bavail: number }>(path, (done) =>
        wrapper.ext_openssh_statvfs(path, done),
      )
      return block * blocks
    },
    isOver,
    end: () => wrapper.end(),
  }
  return sftp
}

type Done<T> = (error?: Error | null, value?: T) => void
type Ask = <T>(path: string, send: (done: Done<T>) => void) => Promise<T>
type Entry = { filename: string; attrs: Sent }

/** Removed and gone already is the same. */
function nullIfMissing(error: unknown): null {
  if (error instanceof AppError && error.code === 'files.not-found') return null
  throw error
}

/** Turns a question into a promise that never stays open: ssh2 itself forgets what is asked of a channel that has ended. */
function createAsk(wrapper: SFTPWrapper, signal: AbortSignal): { ask: Ask; isOver(): boolean } {
  const waiting = new Set<(error: AppError) => void>()
  let end: AppError | null = null

  function endWith(error: AppError) {
    end ??= error
    for (const reject of waiting) reject(end)
    waiting.clear()
  }
  const stop = () => {
    endWith(new AppError('cancelled'))
    wrapper.end()
  }
  wrapper.on('error', (error: Error) => endWith(new AppError('files.lost', {}, { message: error.message })))
  wrapper.on('close', () => {
    signal.removeEventListener('abort', stop)
    endWith(new AppError('files.lost'))
  })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()

  const ask: Ask = (path, send) =>
    new Promise((resolve, reject) => {
      if (end) return reject(end)
      waiting.add(reject)
      send((error, value) => {
        if (!waiting.delete(reject)) return
        if (error) reject(remoteError(error, path))
        else resolve(value!)
      })
    })
  return { ask, isOver: () => end !== null }
}

const fileTypes: Record<number, Attributes['kind']> = { 0o100000: 'file', 0o040000: 'folder', 0o120000: 'link' }

function understood(sent: Sent): Attributes {
  const { mode = 0, size = 0, mtime = 0 } = sent as { mode?: number; size?: number; mtime?: number }
  return { kind: fileTypes[mode & 0o170000] ?? 'other', sizeBytes: size, mode: mode & 0o7777, modifiedS: mtime }
}

/**
 * OpenSSH since 8.5 says how much it takes (PROTOCOL, section 4.8), which is eight times as much and costs both sides far less; the ones
 * before answer a long read with 64 KiB of it. ssh2 asks for that and keeps it to itself.
 */
function requestBytes(wrapper: SFTPWrapper): number {
  if (!offers(wrapper, 'limits@openssh.com')) return anyServersBytes
  const { _maxReadLen: read = 0, _maxWriteLen: write = 0 } = wrapper as unknown as Record<string, number>
  return Math.max(anyServersBytes, Math.min(read, write, mostBytes))
}

/** Extensions that a server named in its greeting; ssh2 asks the same and throws. */
function offers(wrapper: SFTPWrapper, extension: string): boolean {
  const { _extensions: extensions = {} } = wrapper as unknown as { _extensions?: Record<string, unknown> }
  return Object.hasOwn(extensions, extension)
}

function isEnd(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === sftpStatus.end
}

function ignored() {
  return undefined
}
