import { randomBytes } from 'node:crypto'
import { AppError } from '../../shared/errors'
import { inFolder, nameOf, parentOf } from '../../shared/remote-paths'
import { quoted, type FileHost } from './files-hash'
import { partOf } from './files-names'
import { planTo } from './files-plan'
import { runPlan } from './files-run'
import { openSftp, type Sftp } from './files-sftp'
import type { Remote } from './session'

const writeChunkBytes = 32 * 1024

/** What steps do with the files of a VM. Targets that only root may write are reached by a detour over the user's own folder. */
export function remoteFiles(host: FileHost): Pick<Remote, 'upload' | 'readFile' | 'writeFile'> {
  return {
    async upload(from, to, { signal, onProgress }) {
      await withSftp(host, signal, async (sftp) => {
        const send = (target: string) => uploadTo(host, sftp, from, target, signal, onProgress)
        await orAsRoot(host, sftp, to, signal, send)
      })
    },
    readFile: (path, { signal, maxBytes }) => withSftp(host, signal, (sftp) => readWhole(sftp, path, maxBytes)),
    async writeFile(path, bytes, { signal, mode }) {
      await withSftp(host, signal, (sftp) =>
        orAsRoot(host, sftp, path, signal, (target) => writeWhole(sftp, target, bytes, mode)),
      )
    },
  }
}

async function withSftp<T>(host: FileHost, signal: AbortSignal, work: (sftp: Sftp) => Promise<T>): Promise<T> {
  const sftp = await openSftp(host, signal)
  try {
    return await work(sftp)
  } finally {
    sftp.end()
  }
}

/** Writes to `to`; where the user may not, into a folder of theirs, from which root takes it. */
async function orAsRoot(
  host: FileHost,
  sftp: Sftp,
  to: string,
  signal: AbortSignal,
  write: (target: string) => Promise<void>,
): Promise<void> {
  try {
    await makeParents(sftp, to)
    return await write(to)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'files.denied' || host.system === 'windows') throw error
  }
  const home = await sftp.realPath('.')
  const folder = inFolder(home, `.batch-studio-${randomBytes(6).toString('hex')}`)
  await sftp.makeFolder(folder)
  try {
    const staged = inFolder(folder, nameOf(to))
    await write(staged)
    await takeAsRoot(host, staged, to, signal)
  } finally {
    // Some of it may be root's by now.
    await host.exec(`sudo -n rm -rf ${quoted(folder)} || rm -rf ${quoted(folder)}`, { signal }).catch(() => undefined)
  }
}

/** A folder goes into one that is there already, file by file; what is there and not in it stays as it is. */
async function takeAsRoot(host: FileHost, staged: string, to: string, signal: AbortSignal): Promise<void> {
  const [from, target, parent] = [staged, to, parentOf(to) ?? '/'].map(quoted) as [string, string, string]
  const each = (kind: 'd' | 'f', act: string) =>
    `find . -type ${kind} -exec sh -c 'for one; do ${act} "$0/$one"; done' ${target} {} +`
  const merge = `cd ${from} && ${each('d', 'mkdir -p')} && ${each('f', 'mv -f "$one"')}`
  const take = `if [ ! -d ${target} ]; then mv -f ${from} ${target}; elif [ -d ${from} ]; then ${merge}; else false; fi`
  const all = `chown -R root:root ${from} && mkdir -p ${parent} && { ${take}; }`
  const { code, stdout } = await host.exec(`sudo -n sh -c ${quoted(all)}`, { signal })
  if (code !== 0) throw new AppError('files.denied', { name: nameOf(to) }, { message: stdout.slice(-500) })
}

async function uploadTo(
  host: FileHost,
  sftp: Sftp,
  from: string,
  to: string,
  signal: AbortSignal,
  onProgress: ((done: number, total: number) => void) | undefined,
): Promise<void> {
  const plan = await planTo(from, to, host.system === 'windows' ? 'windows' : 'posix')
  const total = plan.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let done = 0
  const onBytes = (count: number) => {
    done += count
    onProgress?.(done, total)
  }
  const ignore = () => undefined
  await runPlan({ host, sftp, signal, onBytes }, plan, 'up', { onFile: ignore, onProof: ignore, onVerifying: ignore })
}

async function makeParents(sftp: Sftp, path: string): Promise<void> {
  const parent = parentOf(path)
  if (parent === null || parentOf(parent) === null) return
  const there = await sftp.stat(parent).catch(() => null)
  if (there?.kind === 'folder') return
  await makeParents(sftp, parent)
  await sftp.makeFolder(parent)
}

async function readWhole(sftp: Sftp, path: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await sftp.open(path, 'read')
  // Files of /proc have no size, so that it is read until nothing comes.
  const into = Buffer.alloc(maxBytes + 1)
  const got = await sftp.read(handle, path, into, 0)
  await sftp.close(handle)
  if (got > maxBytes) throw new AppError('files.too-large', { name: nameOf(path), bytes: maxBytes })
  return new Uint8Array(into.subarray(0, got))
}

async function writeWhole(sftp: Sftp, path: string, bytes: Uint8Array, mode = 0o644): Promise<void> {
  const part = partOf(path)
  if (await sftp.look(part)) await sftp.removeFile(part)
  const handle = await sftp.open(part, 'new')
  const whole = Buffer.from(bytes)
  for (let at = 0; at < whole.length; at += writeChunkBytes) {
    await sftp.write(handle, part, whole.subarray(at, at + writeChunkBytes), at)
  }
  await sftp.setOpen(handle, part, { mode, modifiedS: Math.floor(Date.now() / 1000) })
  await sftp.close(handle)
  await sftp.replace(part, path)
}
