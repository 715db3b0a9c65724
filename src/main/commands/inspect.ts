import { parseArgs } from 'node:util'
import { inspectApart } from '../disks/inspect-apart'
import { describe } from './describe'
import { badUse, exitCodes, reportError, type CommandIo, type ExitCode } from './io'

const usage = 'batch-image-studio inspect FILE [--json]'

/** `inspect FILE`: reads and judges a disk image. Exit code 2 when it must not be uploaded. */
export async function runInspect(argv: string[], io: CommandIo): Promise<ExitCode> {
  const given = parse(argv)
  if (typeof given === 'string') return badUse(io, given, usage)
  try {
    const seen = await inspectApart(given.file)
    const told = given.json
      ? `${JSON.stringify({ file: given.file, ...seen })}\n`
      : describe(given.file, seen, io.language)
    io.stdout.write(told)
    return seen.verdict === 'block' || seen.verdict === 'unreadable' ? exitCodes.blocked : exitCodes.ok
  } catch (error) {
    return reportError(io, error)
  }
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
