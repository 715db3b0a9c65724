import { parseArgs } from 'node:util'
import type { Inspection } from '../../shared/outputs'
import { sizeText } from '../disks/findings'
import { inspectApart } from '../disks/inspect-apart'
import { badUse, exitCodes, printable, reportError, type CommandIo, type ExitCode } from './io'

const usage = 'batch-image-studio inspect FILE [--json]'

/** `inspect FILE`: reads and judges a disk image. Exit code 2 when it must not be uploaded. */
export async function runInspect(argv: string[], io: CommandIo): Promise<ExitCode> {
  const given = parse(argv)
  if (typeof given === 'string') return badUse(io, given, usage)
  try {
    const seen = await inspectApart(given.file)
    io.stdout.write(given.json ? `${JSON.stringify({ file: given.file, ...seen })}\n` : describe(given.file, seen))
    return seen.verdict === 'block' || seen.verdict === 'unreadable' ? exitCodes.blocked : exitCodes.ok
  } catch (error) {
    return reportError(io, error)
  }
}

/** What a person reads in the terminal. */
export function describe(file: string, seen: Inspection): string {
  const guest = seen.os ? [seen.os.type, seen.os.id, seen.os.versionId].filter(Boolean).join(' ') : 'unknown system'
  const lines = [
    `${printable(file)}: ${seen.format}, ${seen.verdict}`,
    `  ${sizeText(seen.virtualSize)}, ${seen.partitionTable ?? 'no partition table'}, ${seen.generation ?? 'no generation'}, ${printable(guest)}`,
    ...seen.findings.flatMap(({ id, severity, message, remedy }) => [
      `  [${severity}] ${id}: ${printable(message)}`,
      `          ${printable(remedy)}`,
    ]),
  ]
  return `${lines.join('\n')}\n`
}

function parse(argv: string[]): { file: string; json: boolean } | string {
  try {
    const options = { json: { type: 'boolean' } } as const
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
    const [file, ...others] = positionals
    if (!file || others.length > 0) return 'Name one disk image.'
    return { file, json: values.json ?? false }
  } catch (error) {
    return (error as Error).message
  }
}
