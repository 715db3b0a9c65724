import { createInterface } from 'node:readline'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { fixedVhdView } from '../disks/azure-vhd'
import { sizeText } from '../disks/findings'
import { inspect } from '../disks/inspect'
import { openDisk } from '../disks/open'
import { defaultStateFolder } from '../paths'
import type { UploadProgress } from '../upload/meter'
import { bytesPerSecond, createPace } from '../upload/pace'
import { openPageBlob, pageBlobTarget } from '../upload/page-blob'
import { stampOf } from '../upload/stamp'
import { upload } from '../upload/upload'
import { keptNetwork } from './headless'
import { describe } from './inspect'
import { badUse, exitCodes, reportError, type CommandIo, type ExitCode } from './io'

const usage =
  'batch-image-studio upload FILE TARGET [--connections N] [--limit MBIT] [--checksum none|md5] [--state DIR] [--json]\n' +
  'TARGET is the address of a blob with a SAS, env:NAME of a variable that holds it, or - to read it from stdin.'
/** The same run every time: what an upload from the command line began, the next one goes on with. */
const run = 'command-line'
/** A request is given up earlier, by the upload's own patience. */
const requestLimitMs = 30 * 60_000

type Given = {
  file: string
  target: string
  connections: number
  limit: number | null
  state: string
  checksum: boolean
  json: boolean
}

/**
 * `upload FILE TARGET`: sends a disk image as a fixed VHD into a page blob; run again, it goes on where it was.
 * What must be known for that stands in the blob itself, so nothing is written to `--state`; proxy,
 * certificates and limit are read from the settings there.
 */
export async function runUpload(argv: string[], io: CommandIo): Promise<ExitCode> {
  const given = parse(argv)
  if (typeof given === 'string') return badUse(io, given, usage)
  const url = await addressOf(given.target, io)
  if (!url) return badUse(io, 'TARGET is not the https address of a blob with a SAS.', usage)
  try {
    const seen = await inspect(given.file)
    // A disk without a system may be wanted in a blob; a file that Azure refuses as a VHD is not.
    const blocks = seen.findings.filter(({ id, severity }) => severity === 'block' && id.startsWith('disk.'))
    if (seen.verdict !== 'ok') io.stderr.write(describe(given.file, seen))
    if (seen.verdict === 'unreadable' || blocks.length > 0) return exitCodes.blocked
    return await send(given, url, io)
  } catch (error) {
    return reportError(io, error)
  }
}

async function send(given: Given, url: URL, io: CommandIo): Promise<ExitCode> {
  const { network, uploadLimit } = keptNetwork(given.state, io)
  const { clientOver, createTransport } = await import('../net/transport')
  const transport = createTransport(network, null)
  const httpClient = clientOver(transport, requestLimitMs)
  const pace = createPace(() => (given.limit === null ? uploadLimit() : bytesPerSecond(given.limit)))
  const disk = await openDisk(given.file)
  try {
    const source = await fixedVhdView(disk)
    const { etag, ...result } = await upload(source, pageBlobTarget(await openPageBlob(url.href, { httpClient })), {
      connections: given.connections,
      pace,
      checksum: given.checksum,
      signal: io.signal,
      stamp: stampOf(source, run),
      ...(!given.json && {
        onProgress: (progress: UploadProgress) => void io.stderr.write(`${progressLine(progress)}\r`),
      }),
    })
    const done =
      `\nUploaded: ${sizeText(result.sentBytes)} sent, ${sizeText(result.skippedBytes)} of zeros skipped, ` +
      `${sizeText(result.presentBytes)} was there, in ${result.seconds} s. ETag ${etag}\n`
    io.stdout.write(given.json ? `${JSON.stringify(result)}\n` : done)
    return exitCodes.ok
  } finally {
    transport.close()
    await disk.close()
  }
}

function parse(argv: string[]): Given | string {
  const options = {
    'blob-type': { type: 'string', default: 'page' },
    connections: { type: 'string', default: '6' },
    limit: { type: 'string' },
    checksum: { type: 'string', default: 'md5' },
    state: { type: 'string' },
    disk: { type: 'boolean' },
    json: { type: 'boolean', default: false },
  } as const
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
    const [file, target, ...others] = positionals
    if (!file || !target || others.length > 0) return 'Name one disk image and one target.'
    if (values.disk) return '--disk: uploading into a managed disk is not possible in this version; use a page blob.'
    if (values['blob-type'] !== 'page')
      return '--blob-type: only page is possible in this version; a VHD needs a page blob.'
    if (values.checksum === 'crc64') return '--checksum: crc64 is not possible in this version; use md5.'
    if (values.checksum !== 'md5' && values.checksum !== 'none') return '--checksum is md5 or none.'
    const connections = Number(values.connections)
    if (!Number.isInteger(connections) || connections < 1 || connections > 32) return '--connections is 1 to 32.'
    const limit = values.limit === undefined ? null : Number(values.limit)
    if (limit !== null && !(limit > 0)) return '--limit is a number of megabits per second.'
    const state = path.resolve(values.state ?? defaultStateFolder())
    return { file, target, connections, limit, state, checksum: values.checksum === 'md5', json: values.json }
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

function progressLine(progress: UploadProgress): string {
  const { share, virtualBytes, nonZeroBytes, sentBytes, skippedBytes, bytesPerSecond, secondsLeft, waiting } = progress
  const wait = waiting === 'network' ? ', waiting for the network' : waiting === 'service' ? ', Azure is busy' : ''
  const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`
  const numbers = `disk ${sizeText(virtualBytes)}, data ${sizeText(nonZeroBytes)}, sent ${sizeText(sentBytes)}, skipped ${sizeText(skippedBytes)}`
  return `${Math.floor(share * 100)} %: ${numbers}, ${sizeText(bytesPerSecond)}/s${left}${wait}`.padEnd(110)
}
