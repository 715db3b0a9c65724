import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { AppError } from '../../../shared/errors'
import { clientFile } from './client-file'
import type { RdpPlace } from './secure'

export type ClientTarget = RdpPlace & { user: string; password: string | null; fingerprint: string }
type Client = {
  name: string
  program: string
  args(file: string, fingerprint: string): string[]
  /** Takes the password from its standard input; the others ask for it themselves. */
  asksStdin: boolean
}

/** Codes below are ends that somebody wished for (FreeRDP, client/X11/xfreerdp.h). */
const firstFailure = 128
const wordsKept = 4000

/**
 * Opens the system's own client and answers when it has ended. The file it reads lies in a folder that only this user can read, and is
 * gone afterwards; the password goes to its standard input or nowhere. Throws AppError `desktop.no-client`, `desktop.client-failed`.
 */
export async function openSystemClient(target: ClientTarget, platform = process.platform, path = process.env['PATH']) {
  const client = clientOf(platform, path ?? '')
  if (!client) throw new AppError('desktop.no-client')
  const folder = await mkdtemp(join(tmpdir(), 'batch-image-studio-'))
  try {
    const file = join(folder, 'desktop.rdp')
    await writeFile(file, clientText(await clientFile(target)), { mode: 0o600 })
    await runClient(client, file, target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As Microsoft's client saves it: names may hold any letter. */
export function clientText(file: string): Buffer {
  return Buffer.from(`\uFEFF${file}`, 'utf16le')
}

async function runClient(client: Client, file: string, { fingerprint, password }: ClientTarget) {
  const child = spawn(client.program, client.args(file, fingerprint), { stdio: ['pipe', 'pipe', 'pipe'] })
  let words = ''
  const keep = (part: Buffer) => (words = (words + part.toString('utf8')).slice(-wordsKept))
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.stdin.on('error', () => undefined)
  child.stdin.end(client.asksStdin && password !== null ? `${password}\n` : '')
  const named = { program: client.name }
  try {
    const [status] = (await once(child, 'close')) as [number | null]
    if (status !== null && status >= firstFailure) {
      throw new AppError('desktop.client-failed', { ...named, status }, { message: words.trim() })
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('desktop.client-failed', named, { message: String(error) }, { cause: error })
  }
}

function clientOf(platform: NodeJS.Platform, path: string): Client | null {
  if (platform === 'win32') return { name: 'mstsc.exe', program: 'mstsc.exe', args: (file) => [file], asksStdin: false }
  if (platform === 'darwin') return { name: 'open', program: 'open', args: (file) => ['-W', file], asksStdin: false }
  const found = ['xfreerdp3', 'xfreerdp']
    .flatMap((name) => path.split(delimiter).map((folder) => ({ name, program: join(folder, name) })))
    .find(({ program }) => isProgram(program))
  if (!found) return null
  // The certificate was trusted here already: no other one is.
  const pinned = (fingerprint: string) => `/cert:fingerprint:sha256:${fingerprint.replaceAll(/(..)(?=.)/g, '$1:')}`
  return { ...found, args: (file, fingerprint) => [file, pinned(fingerprint), '/from-stdin:force'], asksStdin: true }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
