import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import { AppError } from '../shared/errors'
import { cloudProfile, type CloudProfile } from '../shared/profile'
import { childEnvironment } from './disks/built-program'
import type { Log } from './log'

export type PracticeSpeed = 'jump' | number
/** The owner of the practice tenant, for headless runs. */
export type PracticeOwner = { tenantId: string; clientId: string; clientSecret: string }
export type PracticeReady = {
  profile: CloudProfile
  owner: PracticeOwner
  /** Folder that keeps what the cloud could not read of its former state; null when nothing was damaged. */
  setAside: string | null
}

export type PracticeProcess = {
  /** Starts the practice cloud, or hands back the one that runs. Throws AppError `practice.failed`. */
  start(): Promise<PracticeReady>
  speed(): PracticeSpeed
  setSpeed(speed: PracticeSpeed): void
  /** Resolves when the one that runs now is gone, for whatever reason; at once when none runs. */
  ended(): Promise<void>
  /** Lets it save its state and resolves when it is gone. */
  stop(): Promise<void>
}

export type PracticeOptions = {
  /** The built `practice.cjs`. */
  program: string
  /** Folder of its state: resources, blobs, certificates. */
  folder: string
  speed?: PracticeSpeed
  port?: number
  /** Told where what could not be read of the former state lies now. */
  onSetAside?(folder: string): void
  log: Log
}

/** A second instance on the same folder may wait 20 s for the first one to leave, and Azurite takes seconds to start. */
const readyLimitMs = 60_000
const stopLimitMs = 15_000
const keptErrorText = 2000

const readyMessage = z.object({
  kind: z.literal('ready'),
  profile: cloudProfile,
  owner: z.object({ tenantId: z.string(), clientId: z.string(), clientSecret: z.string() }),
  setAside: z.string().nullable().default(null),
})

/** The practice cloud as a child process: started when first used, started again when it died, stopped with the app. */
export function createPracticeProcess(options: PracticeOptions): PracticeProcess {
  let speed = options.speed ?? 1
  let child: ChildProcess | null = null
  let ready: Promise<PracticeReady> | null = null
  let stopping: Promise<void> | null = null

  async function start(): Promise<PracticeReady> {
    await stopping
    if (ready) return ready
    const started = launch(options, speed)
    child = started
    ready = firstMessage(started, options.log)
    ready.then(
      ({ setAside }) => setAside !== null && options.onSetAside?.(setAside),
      () => undefined,
    )
    // The caller sees a failed start through the promise; whoever comes next starts anew.
    ready.catch(() => {
      started.kill('SIGKILL')
      // Without a process there is no exit to wait for.
      if (started.pid === undefined) forget(started)
    })
    started.once('exit', (code, signal) => {
      options.log.write(stopping ? 'info' : 'warn', 'practice cloud ended', { code, signal })
      forget(started)
    })
    return ready
  }

  function forget(ended: ChildProcess) {
    if (child !== ended) return
    child = null
    ready = null
  }

  return {
    start,
    speed: () => speed,
    setSpeed(next) {
      speed = next
      if (child?.connected) child.send({ kind: 'speed', speed: next })
    },
    async ended() {
      if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
    stop() {
      stopping ??= (child ? leave(child) : Promise.resolve()).finally(() => (stopping = null))
      return stopping
    },
  }
}

function launch(options: PracticeOptions, speed: PracticeSpeed): ChildProcess {
  const args = ['--state', options.folder, '--speed', speed === 'jump' ? 'jump' : String(speed)]
  if (options.port !== undefined) args.push('--port', String(options.port))
  return fork(options.program, args, {
    execPath: process.execPath,
    execArgv: [],
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A terminal's Ctrl+C goes to the whole group: the steps that it cancels must still find their cloud.
    detached: process.platform !== 'win32',
    serialization: 'json',
  })
}

function firstMessage(child: ChildProcess, log: Log): Promise<PracticeReady> {
  let errorText = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorText = (errorText + text).slice(-keptErrorText)
    log.write('warn', 'practice cloud says', { text: text.trim().slice(0, keptErrorText) })
  })
  return new Promise((resolve, reject) => {
    const fail = (message: string) => {
      clearTimeout(timer)
      reject(new AppError('practice.failed', {}, { message: `${message}\n${errorText}`.trim() }))
    }
    const timer = setTimeout(() => fail(`not ready after ${readyLimitMs / 1000} s`), readyLimitMs)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? `code ${code}`}`))
    child.on('message', (message) => {
      const parsed = readyMessage.safeParse(message)
      if (!parsed.success) return
      clearTimeout(timer)
      const { profile, owner, setAside } = parsed.data
      resolve({ profile, owner, setAside })
    })
  })
}

/** Closing the channel is the request to stop: unlike a signal it lets the child save its state on Windows too. */
async function leave(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  if (child.connected) child.disconnect()
  else child.kill()
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
  await gone
  clearTimeout(timer)
}
