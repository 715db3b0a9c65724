import type { Attributes as SftpAttributes, FileEntry, SFTPWrapper } from 'ssh2'
import ssh2 from 'ssh2'
import { posix } from 'node:path'
import type { GuestFiles } from './guest-files'
import { GuestError, type GuestFile, type GuestNode } from './guest-tree'

/** The files of a signed-in user as SFTP shows them. */
export type SftpFiles = {
  files: GuestFiles
  /** Where relative paths start: `/home/azureuser`, `/C:/Users/azureuser`. */
  home: string
  /** Names of owners for long listings. */
  ownerOf(node: GuestNode): string
}

type Handle =
  | { kind: 'file'; file: GuestFile; path: string; appends: boolean; writes: boolean }
  | { kind: 'folder'; path: string; left: FileEntry[] }

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp
const entriesPerAnswer = 128
/** Larger reads are answered in part, as OpenSSH does. */
const mostReadBytes = 256 * 1024 - 1024

/** Answers the requests of one SFTP channel, each after the ones before it. */
export function serveFiles(sftp: SFTPWrapper, { files, home, ownerOf }: SftpFiles): void {
  const handles = new Map<number, Handle>()
  let nextHandle = 1
  let work: Promise<void> = Promise.resolve()
  const at = (path: string) => posix.resolve(home, path)
  const answer = (id: number, job: () => Promise<void> | void) => {
    work = work.then(async () => {
      try {
        await job()
      } catch (error) {
        const { code, text } = statusOf(error)
        sftp.status(id, code, text)
      }
    })
  }
  const ok = (id: number, job: () => Promise<void> | void) =>
    answer(id, async () => {
      await job()
      sftp.status(id, STATUS_CODE.OK)
    })
  const take = (handle: Buffer): Handle => {
    const found = handle.length === 4 ? handles.get(handle.readUInt32BE(0)) : undefined
    if (!found) throw new GuestError('EINVAL', 'handle')
    return found
  }
  const give = (id: number, handle: Handle) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(nextHandle)
    handles.set(nextHandle++, handle)
    sftp.handle(id, bytes)
  }

  // OpenSSH's client waits until the server ends the channel as well.
  sftp.on('end', () => void work.then(() => sftp.end()))
  sftp.on('error', () => undefined)
  sftp.on('OPEN', (id, path, flags, attributes) =>
    answer(id, () => {
      const has = (flag: number) => (flags & flag) !== 0
      const writes = has(OPEN_MODE.WRITE) || has(OPEN_MODE.APPEND)
      const place = at(path)
      const mode = attributes.mode === undefined ? undefined : attributes.mode & 0o7777
      const file = files.open(place, {
        write: writes,
        make: has(OPEN_MODE.CREAT),
        exclusive: has(OPEN_MODE.CREAT) && has(OPEN_MODE.EXCL),
        ...(mode === undefined ? {} : { mode }),
      })
      if (writes && has(OPEN_MODE.TRUNC)) files.disk.truncate(place, 0)
      give(id, { kind: 'file', file, path: place, appends: has(OPEN_MODE.APPEND), writes })
    }),
  )
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, () => {
      const open = take(handle)
      if (open.kind !== 'file') throw new GuestError('EISDIR', open.path)
      const bytes = files.disk.readAt(open.file, offset, Math.min(length, mostReadBytes))
      if (bytes.length === 0) sftp.status(id, STATUS_CODE.EOF)
      else sftp.data(id, bytes)
    }),
  )
  sftp.on('WRITE', (id, handle, offset, bytes) =>
    ok(id, () => {
      const open = take(handle)
      if (open.kind !== 'file' || !open.writes) throw new GuestError('EACCES', open.path)
      files.disk.writeAt(open.file, bytes, open.appends ? open.file.size : offset)
    }),
  )
  sftp.on('FSTAT', (id, handle) =>
    answer(id, () => {
      const open = take(handle)
      sftp.attrs(id, attributesOf(open.kind === 'file' ? open.file : files.disk.tree.require(open.path)))
    }),
  )
  sftp.on('FSETSTAT', (id, handle, attributes) => ok(id, () => setAttributes(files, take(handle).path, attributes)))
  sftp.on('CLOSE', (id, handle) =>
    ok(id, () => {
      take(handle)
      handles.delete(handle.readUInt32BE(0))
    }),
  )
  sftp.on('OPENDIR', (id, path) =>
    answer(id, async () => {
      const place = at(path)
      const names = await files.readdir(place)
      const left = ['.', '..', ...names].flatMap((name) => {
        const node = files.disk.tree.find(posix.join(place, name), false)
        return node ? [entryOf(name, node, ownerOf(node))] : []
      })
      give(id, { kind: 'folder', path: place, left })
    }),
  )
  sftp.on('READDIR', (id, handle) =>
    answer(id, () => {
      const open = take(handle)
      if (open.kind !== 'folder') throw new GuestError('ENOTDIR', open.path)
      const part = open.left.splice(0, entriesPerAnswer)
      if (part.length === 0) sftp.status(id, STATUS_CODE.EOF)
      else sftp.name(id, part)
    }),
  )
  const stat = (follow: boolean) => (id: number, path: string) =>
    answer(id, async () => {
      await (follow ? files.stat(at(path)) : files.lstat(at(path)))
      sftp.attrs(id, attributesOf(files.disk.tree.require(at(path), follow)))
    })
  sftp.on('STAT', stat(true))
  sftp.on('LSTAT', stat(false))
  sftp.on('SETSTAT', (id, path, attributes) => ok(id, () => setAttributes(files, at(path), attributes)))
  sftp.on('REMOVE', (id, path) =>
    ok(id, async () => {
      const node = files.disk.tree.find(at(path), false)
      if (node?.kind === 'folder') throw new GuestError('EISDIR', path)
      await files.rm(at(path))
    }),
  )
  sftp.on('RMDIR', (id, path) =>
    ok(id, async () => {
      if (files.disk.tree.require(at(path), false).kind !== 'folder') throw new GuestError('ENOTDIR', path)
      await files.rm(at(path))
    }),
  )
  sftp.on('MKDIR', (id, path, attributes) =>
    ok(id, async () => {
      await files.mkdir(at(path))
      if (attributes.mode !== undefined) await files.chmod(at(path), attributes.mode & 0o7777 & ~files.umask)
    }),
  )
  const rename = (id: number, from: string, to: string, replaces: boolean) =>
    ok(id, async () => {
      if (!replaces && files.disk.tree.find(at(to), false)) throw new GuestError('EEXIST', to)
      await files.mv(at(from), at(to))
    })
  sftp.on('RENAME', (id, from, to) => rename(id, from, to, false))
  sftp.on('REALPATH', (id, path) =>
    answer(id, async () => {
      const place = at(path)
      const real = await files.realpath(place).catch(() => place)
      sftp.name(id, [{ filename: real, longname: real, attrs: {} as SftpAttributes }])
    }),
  )
  sftp.on('READLINK', (id, path) =>
    answer(id, async () => {
      const target = await files.readlink(at(path))
      sftp.name(id, [{ filename: target, longname: target, attrs: {} as SftpAttributes }])
    }),
  )
  // ssh2 has already put OpenSSH's order right: the link first, then what it points to.
  sftp.on('SYMLINK', (id, path, target) => ok(id, () => files.symlink(target, at(path))))
  sftp.on('EXTENDED', (id: number, name: string, data: Buffer) => {
    if (name === 'posix-rename@openssh.com') {
      const [from = '', to = ''] = textsOf(data)
      return rename(id, from, to, true)
    }
    if (name === 'fsync@openssh.com') return ok(id, () => undefined)
    sftp.status(id, STATUS_CODE.OP_UNSUPPORTED)
  })
}

async function setAttributes(files: GuestFiles, path: string, attributes: SftpAttributes): Promise<void> {
  const { size, mode, mtime, uid, gid } = attributes as Partial<SftpAttributes>
  if (size !== undefined) {
    files.assertWritable(path)
    files.disk.truncate(path, size)
  }
  if (mode !== undefined) await files.chmod(path, mode & 0o7777)
  if (mtime !== undefined) await files.utimes(path, new Date(), new Date(Number(mtime) * 1000))
  if (uid !== undefined && gid !== undefined && files.who.uid === 0) await files.chown(path, uid, gid)
}

const typeBits = { file: 0o100000, folder: 0o040000, link: 0o120000 }

function attributesOf(node: GuestNode): SftpAttributes {
  const size = node.kind === 'file' ? node.size : node.kind === 'link' ? Buffer.byteLength(node.target) : 4096
  const seconds = Math.floor(node.mtimeMs / 1000)
  return { mode: typeBits[node.kind] | node.mode, uid: node.uid, gid: node.gid, size, atime: seconds, mtime: seconds }
}

function entryOf(name: string, node: GuestNode, owner: string): FileEntry {
  const attrs = attributesOf(node)
  const letters = [...'rwxrwxrwx'].map((letter, at) => ((node.mode >> (8 - at)) & 1 ? letter : '-')).join('')
  const type = node.kind === 'folder' ? 'd' : node.kind === 'link' ? 'l' : '-'
  const date = new Date(node.mtimeMs).toUTCString().slice(5, 16)
  const longname = `${type}${letters}    1 ${owner.padEnd(8)} ${owner.padEnd(8)} ${String(attrs.size).padStart(8)} ${date} ${name}`
  return { filename: name, longname, attrs }
}

function statusOf(error: unknown): { code: number; text: string } {
  if (!(error instanceof GuestError)) return { code: STATUS_CODE.FAILURE, text: 'Failure' }
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    return { code: STATUS_CODE.NO_SUCH_FILE, text: 'No such file' }
  if (error.code === 'EACCES') return { code: STATUS_CODE.PERMISSION_DENIED, text: 'Permission denied' }
  return { code: STATUS_CODE.FAILURE, text: error.code === 'ENOSPC' ? 'No space left on device' : 'Failure' }
}

/** The strings of a request, each with its length before it. */
function textsOf(data: Buffer): string[] {
  const texts: string[] = []
  for (let at = 0; at + 4 <= data.length;) {
    const length = data.readUInt32BE(at)
    texts.push(data.subarray(at + 4, at + 4 + length).toString())
    at += 4 + length
  }
  return texts
}
