import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseSpeed, type Speed } from './clock'
import { startPractice, type RunningPractice } from './start'

const usage = 'practice --state DIR [--port N] [--speed X|jump]\n'

void main()

/** Program `practice.cjs`: first line on stdout is the cloud profile; ends with its parent, or by SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const given = readArguments()
  if (!given) {
    process.stderr.write(usage)
    process.exitCode = 2
    return
  }
  let running: RunningPractice | null = null
  let isStopping = false
  const stop = () => {
    if (isStopping) return
    isStopping = true
    if (running) void leave(running)
  }
  // The parent may die at any moment, also while this program is still starting.
  process.on('disconnect', stop)
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', stop)
  // A reader that went away (`| head -1`) must not end the cloud.
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
  try {
    running = await startPractice({ ...given, log: (line) => process.stderr.write(`${line}\n`) })
  } catch (error) {
    process.stderr.write(`The practice cloud cannot start: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
  if (isStopping || (process.send && !process.connected)) {
    await leave(running)
    return
  }
  const started = running
  process.on('message', (message) => {
    const speed = speedOf(message)
    if (speed !== null) started.setSpeed(speed)
  })
  const { profile, owner, setAside } = running
  process.stdout.write(`${JSON.stringify(profile)}\n`)
  process.send?.({ kind: 'ready', profile, owner, setAside })
}

async function leave(running: RunningPractice): Promise<void> {
  try {
    await running.close()
    process.exit(0)
  } catch (error) {
    process.stderr.write(
      `The practice cloud did not stop cleanly: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    process.exit(1)
  }
}

type Given = {
  folder: string
  port?: number
  speed?: Speed
  azuriteProgram: string
}

function readArguments(): Given | null {
  const options = { state: { type: 'string' }, port: { type: 'string' }, speed: { type: 'string' } } as const
  try {
    const { values } = parseArgs({ options, strict: true })
    const port = values.port === undefined ? null : Number(values.port)
    const speed = values.speed === undefined ? null : parseSpeed(values.speed)
    if (values.state === undefined || (values.speed !== undefined && speed === null)) return null
    if (port !== null && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) return null
    const azuriteProgram = join(dirname(fileURLToPath(import.meta.url)), 'azurite.cjs')
    const folder = resolve(values.state)
    return { folder, azuriteProgram, ...(port === null ? {} : { port }), ...(speed === null ? {} : { speed }) }
  } catch {
    return null
  }
}

function speedOf(message: unknown): Speed | null {
  if (typeof message !== 'object' || message === null || !('kind' in message) || message.kind !== 'speed') return null
  return 'speed' in message ? parseSpeed(String(message.speed)) : null
}
