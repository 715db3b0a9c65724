import { createInterface } from 'node:readline'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { AppError } from '../../shared/errors'
import { fill } from '../../shared/messages/format'
import { messages } from '../../shared/messages/messages'
import type { Language } from '../../shared/terms'
import { fixedVhdView } from '../disks/azure-vhd'
import { inspectApart } from '../disks/inspect-apart'
import { openDisk } from '../disks/open'
import { defaultStateFolder, pathsIn } from '../paths'
import { checksumKinds, defaultChecksum, type ChecksumKind } from '../upload/checksum'
import type { UploadProgress } from '../upload/meter'
import { bytesPerSecond, createPace } from '../upload/pace'
import { stampOf } from '../upload/stamp'
import { createUploads } from '../upload/uploads'
import { keptNetwork } from './headless'
import { describe } from './describe'
import { badUse, exitCodes, reportError, type CommandIo, type ExitCode } from './io'

const usage =
  'batch-image-studio upload FILE TARGET [--disk | --blob-type page|block] [--connections N] [--limit MBIT] ' +
  '[--checksum none|md5|crc64] [--state DIR] [--json]\n' +
  'TARGET is the address of a blob or disk with a SAS, env:NAME of a variable that holds it, or - to read it from stdin.'
/** The same run every time: what an upload from the command line began, the next one goes on with. */
const run = 'command-line'

type Given = {
  file: string
  target: string
  kind: 'page' | 'block' | 'disk'
  connections: number
  limit: number | null
  state: string
  checksum: ChecksumKind
  json: boolean
}

/**
 * `upload FILE TARGET`: sends a disk image as a fixed VHD into a page blob, a block blob or a managed disk that waits for it; run
 * again, it goes on where it was, by its journal under `--state` or, without it, by what the target itself tells.
 * Proxy, certificates and limit are read from the settings there.
 */
export async function runUpload(argv: string[], io: CommandIo): Promise<ExitCode> {
  const given = parse(argv)
  if (typeof given === 'string') return badUse(io, given, usage)
  const url = await addressOf(given.target, io)
  if (!url) return badUse(io, 'TARGET is not the https address of a blob with a SAS.', usage)
  try {
    const seen = await inspectApart(given.file)
    // A disk without a system may be wanted in a blob; a file that Azure refuses as a VHD is not.
    const blocks = seen.findings.filter(({ id, severity }) => severity === 'block' && id.startsWith('disk.'))
    if (seen.verdict !== 'ok') io.stderr.write(describe(given.file, seen, io.language))
    if (seen.verdict === 'unreadable' || blocks.length > 0) return exitCodes.blocked
    return await send(given, url, io)
  } catch (error) {
    return reportError(io, error)
  }
}

async function send(given: Given, url: URL, io: CommandIo): Promise<ExitCode> {
  const { language = 'en' } = io
  const { network, uploadLimit } = keptNetwork(given.state, io)
  const uploads = createUploads({
    journalFolder: pathsIn(given.state).uploads,
    pace: createPace(() => (given.limit === null ? uploadLimit() : bytesPerSecond(given.limit))),
    network,
  })
  const { etag, ...result } = await uploads.run(run, await specOf(given, url), {
    signal: io.signal,
    renewUrl: () => Promise.resolve(null),
    token: () => Promise.reject(new AppError('signIn.needed')),
    onProgress: (progress) => void (given.json || io.stderr.write(`${progressLine(progress, language)}\r`)),
  })
  const { virtualBytes, nonZeroBytes, sentBytes, skippedBytes, presentBytes, resentBytes, requests, seconds } = result
  const told = { virtualBytes, nonZeroBytes, sentBytes, skippedBytes, presentBytes, resentBytes, requests, seconds }
  const { done } = messages[language].forms['disk.upload'].terminal
  const numbers = { sent: sentBytes, skipped: skippedBytes, present: presentBytes, seconds, etag }
  io.stdout.write(given.json ? `${JSON.stringify(told)}\n` : `\n${fill(done, numbers, language)}\n`)
  return exitCodes.ok
}

async function specOf({ file, kind, connections, checksum }: Given, { href, origin, pathname }: URL) {
  const disk = await openDisk(file)
  try {
    const stamp = stampOf(await fixedVhdView(disk), run)
    // Nobody keeps a mark in the tags of a disk that somebody else made: the journal alone knows what was sent there.
    const target = kind === 'disk' ? { kind, url: href, id: `${origin}${pathname}`, mark: null } : { kind, url: href }
    return { file: path.resolve(file), target, stamp, connections, checksum, profile: null }
  } finally {
    await disk.close()
  }
}

function parse(argv: string[]): Given | string {
  const options = {
    'blob-type': { type: 'string' },
    connections: { type: 'string', default: '8' },
    limit: { type: 'string' },
    checksum: { type: 'string', default: defaultChecksum },
    state: { type: 'string' },
    disk: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  } as const
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
    const [file, target, ...others] = positionals
    if (!file || !target || others.length > 0) return 'Name one disk image and one target.'
    const type = values['blob-type'] ?? 'page'
    if (type !== 'page' && type !== 'block') return '--blob-type is page or block.'
    if (values.disk && values['blob-type']) return '--disk and --blob-type exclude each other.'
    const checksum = checksumKinds.find((kind) => kind === values.checksum)
    if (!checksum) return `--checksum is ${checksumKinds.join(' or ')}.`
    const connections = Number(values.connections)
    if (!Number.isInteger(connections) || connections < 1 || connections > 32) return '--connections is 1 to 32.'
    const limit = values.limit === undefined ? null : Number(values.limit)
    if (limit !== null && !(limit > 0)) return '--limit is a number of megabits per second.'
    const state = path.resolve(values.state ?? defaultStateFolder())
    return { file, target, kind: values.disk ? 'disk' : type, connections, limit, state, checksum, json: values.json }
  } catch (error) {
    return (error as Error).message
  }
}

/** The address with its SAS; null when there is none. Plain http is for this computer only, as in the storage emulator. */
async function addressOf(target: string, io: CommandIo): Promise<URL | null> {
  const isOpen = target !== '-' && !target.startsWith('env:')
  const text = isOpen ? target : target === '-' ? await firstLine(io) : io.env[target.slice('env:'.length)]
  const url = URL.canParse(text?.trim() ?? '') ? new URL(text!.trim()) : null
  const isLoopback = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (
    !url ||
    !url.searchParams.has('sig') ||
    (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback))
  ) {
    return null
  }
  if (isOpen) {
    io.stderr.write('Others on this computer can read the access key in the command line: use env:NAME or - instead.\n')
  }
  return url
}

async function firstLine(io: CommandIo): Promise<string> {
  for await (const line of createInterface({ input: io.stdin })) return line
  return ''
}

function progressLine(now: UploadProgress, language: Language): string {
  const { progress, waits } = messages[language].forms['disk.upload'].terminal
  const wait = now.waiting ? waits[now.waiting] : now.stage === 'copying' ? waits.copying : ''
  const numbers = {
    percent: Math.floor(now.share * 100),
    disk: now.virtualBytes,
    data: now.nonZeroBytes,
    sent: now.sentBytes,
    skipped: now.skippedBytes,
    rate: now.bytesPerSecond,
    left: now.secondsLeft === null ? '' : Math.ceil(now.secondsLeft),
    wait,
  }
  // What stood there before may have been longer.
  return fill(progress, numbers, language).padEnd(140)
}
