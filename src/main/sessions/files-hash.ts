import { createHash } from 'node:crypto'
import type { SFTPWrapper } from 'ssh2'
import type { Sftp } from './files-sftp'

/** A VM whose files can be reached. */
export type FileHost = {
  readonly system: 'linux' | 'windows'
  /** Runs one command line in the user's own shell. */
  exec(command: string, options: { signal: AbortSignal }): Promise<{ code: number | null; stdout: string }>
  /** Opens a channel; whoever opened it ends it. Throws AppError `session.*`, `cancelled`. */
  sftp(signal: AbortSignal): Promise<SFTPWrapper>
}

// A command line takes 128 KiB on Linux. cmd.exe takes 8191 characters, of which base64 of UTF-16 leaves three eighths.
const commandLimit = { linux: 30_000, windows: 2_500 }

/**
 * SHA-256 of files of the VM, by its own tools, in hexadecimal digits. null for each that could not be read, and for all where the VM
 * has no such tool or gives no shell.
 */
export async function remoteHashes(
  host: FileHost,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<(string | null)[]> {
  const hashes: (string | null)[] = []
  for (const batch of batches(host, paths)) {
    const together = await hashesOf(host, hashCommand(host, batch), batch.length, signal)
    // One that is missing, or a line that a name breaks in two: which is which is then known one by one only.
    if (together) hashes.push(...together)
    else if (batch.length === 1) hashes.push(null)
    else for (const path of batch) hashes.push(...(await remoteHashes(host, [path], signal)))
  }
  return hashes
}

/** SHA-256 of the first bytes of a file of the VM, or null where nothing there can tell. */
export async function remotePrefixHash(
  host: FileHost,
  path: string,
  bytes: number,
  signal: AbortSignal,
): Promise<string | null> {
  if (host.system === 'windows') return null
  const { stdout } = await host.exec(`head -c ${bytes} < ${quoted(path)} | sha256sum`, { signal })
  return hashIn(stdout.trim())
}

/** SHA-256 of a file of the VM, read back over the connection. */
export async function hashByReading(sftp: Sftp, path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256')
  const handle = await sftp.open(path, 'read')
  for (let at = 0; at < sizeBytes;) {
    const block = Buffer.allocUnsafe(Math.min(sizeBytes - at, 1024 * 1024))
    const got = await sftp.read(handle, path, block, at)
    if (got === 0) break
    hash.update(block.subarray(0, got))
    at += got
  }
  await sftp.close(handle)
  return hash.digest('hex')
}

/** A path as one word of a command line; none of its characters means anything to the shell. */
export function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}

/** null where it does not tell of every file. */
async function hashesOf(
  host: FileHost,
  command: string,
  count: number,
  signal: AbortSignal,
): Promise<(string | null)[] | null> {
  const { stdout } = await host.exec(command, { signal })
  const hashes = stdout.split(/\r?\n/).flatMap((line) => hashIn(line) ?? [])
  return hashes.length === count ? hashes : null
}

function hashCommand({ system }: FileHost, paths: readonly string[]): string {
  // From standard input, a single name stands nowhere in the answer.
  if (system === 'linux')
    return paths.length === 1 ? `sha256sum < ${quoted(paths[0]!)}` : `sha256sum -- ${paths.map(quoted).join(' ')}`
  const own = paths.map((path) => `'${path.replace(/^\/(?=[A-Za-z]:)/, '').replaceAll("'", "''")}'`)
  return `(Get-FileHash -Algorithm SHA256 -LiteralPath ${own.join(',')}).Hash`
}

/** A line of `sha256sum` begins with a backslash where the name holds one or a newline. */
function hashIn(line: string): string | null {
  return /^\\?([0-9A-Fa-f]{64})( |$)/.exec(line)?.[1]?.toLowerCase() ?? null
}

function* batches(host: FileHost, paths: readonly string[]): Generator<string[]> {
  let batch: string[] = []
  let length = 0
  for (const path of paths) {
    const size = hashCommand(host, [path]).length
    if (batch.length > 0 && length + size > commandLimit[host.system]) {
      yield batch
      batch = []
      length = 0
    }
    batch.push(path)
    length += size
  }
  if (batch.length > 0) yield batch
}
