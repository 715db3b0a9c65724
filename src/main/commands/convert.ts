import { parseArgs } from 'node:util'
import { fixedVhdView } from '../disks/azure-vhd'
import { sizeText } from '../disks/findings'
import { inspect } from '../disks/inspect'
import { openDisk } from '../disks/open'
import { writeVhd } from '../disks/write-vhd'
import { describe } from './describe'
import { badUse, exitCodes, printable, reportError, type CommandIo, type ExitCode } from './io'

const usage = 'batch-image-studio convert FILE OUT.vhd [--force] [--json]'

type Given = { file: string; out: string; force: boolean; json: boolean }

/**
 * `convert FILE OUT.vhd`: writes the fixed VHD that an upload would send. Exit code 2 when no disk that Azure takes can be made of
 * the file; whether a machine would start from it does not matter here.
 */
export async function runConvert(argv: string[], io: CommandIo): Promise<ExitCode> {
  const given = parse(argv)
  if (typeof given === 'string') return badUse(io, given, usage)
  const started = performance.now()
  try {
    const seen = await inspect(given.file)
    const isBlocked = seen.findings.some(({ id, severity }) => severity === 'block' && id.startsWith('disk.'))
    if (seen.verdict === 'unreadable' || isBlocked) {
      io.stderr.write(describe(given.file, seen, io.language))
      return exitCodes.blocked
    }
    const written = await write(given, io)
    const result = { ...written, ms: Math.round(performance.now() - started) }
    const done = `${printable(given.out)}: ${sizeText(result.bytes)}, sha256 of the disk ${result.sha256OfData}\n`
    io.stdout.write(given.json ? `${JSON.stringify(result)}\n` : done)
    return exitCodes.ok
  } catch (error) {
    return reportError(io, error)
  }
}

async function write({ file, out, force, json }: Given, io: CommandIo) {
  const disk = await openDisk(file)
  try {
    let shown = -1
    return await writeVhd(await fixedVhdView(disk), out, {
      force,
      signal: io.signal,
      onProgress(done, total) {
        const share = Math.floor((done / total) * 100)
        if (!json && share > shown) io.stderr.write(`${(shown = share)} %\r`)
      },
    })
  } finally {
    await disk.close()
  }
}

function parse(argv: string[]): Given | string {
  const options = { force: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } as const
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
    const [file, out, ...others] = positionals
    if (!file || !out || others.length > 0) return 'Name one disk image and one file to write.'
    return { file, out, force: values.force, json: values.json }
  } catch (error) {
    return (error as Error).message
  }
}
