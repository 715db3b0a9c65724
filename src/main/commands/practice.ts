import path from 'node:path'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { openLog } from '../log'
import { assertWritable, defaultStateFolder, pathsIn } from '../paths'
import { createPracticeProcess, type PracticeSpeed } from '../practice-process'
import type { CliFacts } from './headless'
import { badUse, exitCodes, type CommandIo, type ExitCode } from './io'

const usage = 'batch-image-studio practice --state DIR [--port N] [--speed X]'

/** `practice`: the practice cloud alone, until it is interrupted. Its first line on stdout is its cloud profile. */
export async function runPractice(argv: string[], io: CommandIo, facts: CliFacts): Promise<ExitCode> {
  const given = parse(argv)
  if (typeof given === 'string') return badUse(io, given, usage)
  const paths = pathsIn(path.resolve(given.state ?? defaultStateFolder()))
  assertWritable(paths.state)
  const practice = createPracticeProcess({
    program: facts.practiceProgram,
    folder: paths.practice,
    log: openLog(paths.logs),
    ...(given.speed === undefined ? {} : { speed: given.speed }),
    ...(given.port === undefined ? {} : { port: given.port }),
  })
  const { profile, setAside } = await practice.start()
  if (setAside !== null)
    io.stderr.write(`Part of the practice cloud's state could not be read. It is kept in ${setAside}\n`)
  io.stdout.write(`${JSON.stringify(profile)}\n`)
  if (!io.signal.aborted) await Promise.race([once(io.signal, 'abort'), practice.ended()])
  const isAsked = io.signal.aborted
  await practice.stop()
  return isAsked ? exitCodes.ok : exitCodes.failed
}

/** A factor or `jump`; null for anything else. */
export function speedFrom(text: string): PracticeSpeed | null {
  if (text === 'jump') return 'jump'
  const factor = Number(text.replace(/^x/, ''))
  return factor >= 1 && factor <= 60 ? factor : null
}

function parse(argv: string[]): { state?: string; port?: number; speed?: PracticeSpeed } | string {
  const options = {
    state: { type: 'string' },
    port: { type: 'string' },
    speed: { type: 'string' },
    json: { type: 'boolean' },
  } as const
  try {
    const { values } = parseArgs({ args: argv, options })
    const port = values.port === undefined ? undefined : Number(values.port)
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) return '--port is 1 to 65535.'
    const speed = values.speed === undefined ? undefined : speedFrom(values.speed)
    if (speed === null) return '--speed is jump or a factor from 1 to 60.'
    return {
      ...(values.state === undefined ? {} : { state: values.state }),
      ...(port === undefined ? {} : { port }),
      ...(speed === undefined ? {} : { speed }),
    }
  } catch (error) {
    return (error as Error).message
  }
}
