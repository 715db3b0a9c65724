import type { Bash, Command, ExecResult, ResolvedCommandContext, ScriptNode } from 'just-bash'
import { GuestFiles, type Identity } from './guest-files'
import type { LinuxSystem } from './guest-linux'
import { changeScript, inputOf } from './guest-script'
import { liveVariable, nameVariable } from './guest-script-parts'
import { GuestError } from './guest-tree'

/** What a process talks to: a terminal, or the pipes of an `exec` channel. */
export type Streams = {
  isTerminal: boolean
  /** Resolves when the other side can take more. */
  write(name: 'stdout' | 'stderr', bytes: Buffer): Promise<void>
  /** A line without its end; null when no more comes. */
  readLine(): Promise<string | null>
  /** All that comes until the end of input. */
  readAll(): Promise<Buffer>
  /** Width of the terminal. */
  columns(): number
  /** A shell in the terminal until `exit` (`sudo -i`); absent where there is no terminal. */
  interact?: (user: User, env: Record<string, string>, cwd: string) => Promise<number>
}

/** Who runs a process: a line of /etc/passwd with its groups. */
export type User = Identity & { name: string; home: string; shell: string }

/** One call of a program of the guest. */
export type Call = {
  name: string
  args: string[]
  /** What was piped into it; null when it reads from the streams. */
  stdin: Buffer | null
  env: Record<string, string>
  cwd: string
  user: User
  files: GuestFiles
  system: LinuxSystem
  signal: AbortSignal
  out(text: string | Buffer): Promise<void>
  err(text: string): Promise<void>
  /** Asks a question and waits for a line; null when nobody answers. */
  ask(question: string): Promise<string | null>
  /** True when output goes to the streams and not into a pipe or file. */
  isLive: boolean
  streams: Streams
  /** Runs a script with the same output, as another user if wanted. */
  run(script: string, changes?: Partial<ShellOptions>): Promise<number>
  /** What the shell that calls does when it ends (`trap … EXIT`). */
  atExit(script: string): void
  /** The program of this name that the interpreter brings along. */
  original(args: string[]): Promise<number>
  /** The same, its output collected. */
  capture(args: string[], output: Buffer[]): Promise<number>
}

export type Program = (call: Call) => Promise<number>

export type ShellOptions = {
  system: LinuxSystem
  user: User
  env: Record<string, string>
  cwd: string
  streams: Streams
  signal: AbortSignal
  /** Output is collected instead of written (`$(...)`, pipes). */
  collects?: { stdout: Buffer[]; stderr: Buffer[] }
  stdin?: Buffer | null
  /** `$0` and `$1`... */
  name?: string
  args?: string[]
  /** Functions of the session, and where new ones are kept. */
  functions?: Map<string, ScriptNode['statements'][number]>
}

export type ShellEnd = { code: number; env: Record<string, string>; cwd: string }

const noLimit = Number.MAX_SAFE_INTEGER
const limits = {
  maxCommandCount: noLimit,
  maxLoopIterations: noLimit,
  maxAwkIterations: 10_000_000,
  maxSedIterations: 10_000_000,
  maxWorkUnits: noLimit,
  maxOutputSize: noLimit,
  maxInputBytes: noLimit,
  maxExecutionTimeMs: 24 * 3_600_000,
  maxStringLength: 512 * 1024 ** 2,
}
/** Built-in programs that would reach out of the guest or answer for a machine that is not there. */
const leftOut = new Set(['curl', 'sqlite3', 'python3', 'python', 'js-exec', 'html-to-markdown', 'yq', 'xan', 'rg'])

/** Loaded with the first process: the interpreter is large, and most practice clouds never start a machine. */
let library: Promise<typeof import('just-bash')> | null = null

/** Runs a script in a shell of its own; ends when it does, or soon after `signal`. */
export async function runShell(script: string, options: ShellOptions): Promise<ShellEnd> {
  library ??= import('just-bash')
  const { Bash, getCommandNames } = await library
  const { system, user, streams, signal, env, cwd, collects } = options
  const write = async (name: 'stdout' | 'stderr', bytes: Buffer) => {
    if (bytes.length === 0 || signal.aborted) return
    const named = name === 'stderr' ? inWordsOfBash(bytes, options.name ?? '-bash', files) : bytes
    if (collects) collects[name].push(named)
    else await streams.write(name, named)
  }
  const files = new GuestFiles(system.disk, user, { write, console: (text) => system.console(text) })
  let last: Last | null = null
  const bash: Bash = new Bash({
    fs: files,
    cwd,
    env: { ...env, PWD: cwd },
    defenseInDepth: false,
    executionLimits: limits,
    commands: getCommandNames().filter((name) => !leftOut.has(name)) as never,
    customCommands: commandsOf({ ...options, files, write, atExit: (script, env) => (last = { script, env }) }),
    processInfo: { pid: system.nextPid(), uid: user.uid, gid: user.gid },
    sleep: (ms) => pause(ms, signal),
  })
  const input = prepare(bash, script, options)
  const stdin = options.stdin ?? (await readInput(input, streams))
  const end = await finish(bash, script, { ...options, stdin }, write)
  await runLast(last, end, options)
  return end
}

/** `trap … EXIT`, with the variables that were there when it was set and those that went out of the shell. */
async function runLast(last: Last | null, { code, env, cwd }: ShellEnd, options: ShellOptions): Promise<void> {
  if (!last || last.script === '' || options.signal.aborted) return
  await runShell(`(exit ${code}); ${last.script}`, { ...options, env: { ...last.env, ...env }, cwd, stdin: null })
}

async function finish(
  bash: Bash,
  script: string,
  options: ShellOptions,
  write: (name: 'stdout' | 'stderr', bytes: Buffer) => Promise<void>,
): Promise<ShellEnd> {
  const { signal, env, cwd, stdin, args, name = '-bash' } = options
  const head = args && args.length > 0 ? `set -- ${args.map(quote).join(' ')}; ` : ''
  try {
    const result = await bash.exec(head + script, {
      rawScript: true,
      signal,
      env: { [nameVariable]: name },
      ...(stdin ? { stdin: stdin.toString('latin1'), stdinKind: 'bytes' } : {}),
    })
    const { stdout, stderr, exitCode } = result
    await write('stdout', bytesOfOutput(result, stdout))
    await write('stderr', Buffer.from(stderr))
    return { code: signal.aborted ? 130 : exitCode, env: keptEnv(result.env), cwd: result.env['PWD'] ?? cwd }
  } catch (error) {
    if (signal.aborted) return { code: 130, env, cwd }
    const text = error instanceof GuestError ? `${error.path}: ${error.message}` : messageOf(error)
    await write('stderr', Buffer.from(`${name}: ${text}\n`))
    return { code: 1, env, cwd }
  }
}

/** Sets the changes of the script up; tells what it will read. */
function prepare(
  bash: Bash,
  script: string,
  { system, collects, functions }: ShellOptions,
): ReturnType<typeof inputOf> {
  let isFirst = true
  let input: ReturnType<typeof inputOf> = 'nothing'
  bash.registerTransformPlugin({
    name: 'guest',
    transform: ({ ast }) => {
      const own = isFirst ? ast.statements.slice() : []
      if (isFirst) input = inputOf(ast)
      changeScript(ast, { isLive: isFirst && !collects, programs: system.programNames, words: system.wordNames })
      if (isFirst && functions) {
        ast.statements.unshift(...functions.values())
        for (const one of own) {
          const first = one.pipelines[0]?.commands[0]
          if (first?.type === 'FunctionDef') functions.set(first.name, one)
        }
      }
      isFirst = false
      return { ast }
    },
  })
  try {
    bash.transform(script)
  } catch {
    // A syntax error is reported when the script runs.
  }
  isFirst = true
  return input
}

async function readInput(kind: ReturnType<typeof inputOf>, streams: Streams): Promise<Buffer | null> {
  if (kind === 'all') return streams.readAll()
  if (kind === 'nothing') return null
  const line = await streams.readLine()
  return line === null ? Buffer.alloc(0) : Buffer.from(`${line}\n`)
}

type Last = { script: string; env: Record<string, string> }

type Inside = ShellOptions & {
  files: GuestFiles
  write(name: 'stdout' | 'stderr', bytes: Buffer): Promise<void>
  atExit(script: string, env: Record<string, string>): void
}

function commandsOf(inside: Inside): Command[] {
  const { programs } = inside.system
  return [...programs].map(([name, program]) => ({
    name,
    trusted: true,
    execute: (args, context) => execute(name, program, args, context, inside),
  }))
}

async function execute(
  name: string,
  program: Program,
  args: string[],
  context: ResolvedCommandContext,
  inside: Inside,
): Promise<ExecResult> {
  const { user, system, signal } = inside
  const live = context.env.get(liveVariable)
  const isLive = live !== undefined && !inside.collects
  const streams = live === '2' ? joined(inside.streams) : inside.streams
  const collected = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  const put = async (stream: 'stdout' | 'stderr', bytes: Buffer) => {
    if (!isLive) collected[stream].push(bytes)
    else if (bytes.length > 0 && !signal.aborted) await streams.write(stream, bytes)
  }
  const env = keptEnv(Object.fromEntries(context.env))
  const piped = Buffer.from(context.stdin as unknown as string, 'latin1')
  const stdin = piped.length > 0 ? piped : null
  const call: Call = {
    ...{ name, args, stdin, env, user, system, streams, signal, isLive },
    cwd: context.cwd,
    files: inside.files,
    atExit: (script) => inside.atExit(script, env),
    out: (text) => put('stdout', Buffer.from(text)),
    err: (text) => put('stderr', Buffer.from(text)),
    ask: async (question) => {
      await put('stdout', Buffer.from(question))
      if (stdin) return stdin.toString().split('\n')[0] ?? null
      return isLive ? streams.readLine() : null
    },
    run: async (script, changes = {}) => {
      const { functions: _, args: __, name: ___, collects: ____, atExit: _____, ...same } = inside
      const collects = isLive ? {} : { collects: collected }
      return (await runShell(script, { ...same, streams, ...collects, env, cwd: context.cwd, stdin, ...changes })).code
    },
    original: async (given) => {
      const result = await originalOf(context)(given)
      await put('stdout', bytesOfOutput(result, result.stdout))
      await put('stderr', Buffer.from(result.stderr))
      return result.exitCode
    },
    capture: async (given, output) => {
      const result = await originalOf(context)(given)
      output.push(bytesOfOutput(result, result.stdout))
      await put('stderr', Buffer.from(result.stderr))
      return result.exitCode
    },
  }
  const exitCode = await program(call)
  const [stdout, stderr] = [Buffer.concat(collected.stdout), Buffer.concat(collected.stderr)]
  return { stdout: stdout.toString('latin1'), stderr: stderr.toString(), exitCode, stdoutKind: 'bytes' }
}

/** `2>&1`: errors go where output goes. */
function joined(streams: Streams): Streams {
  return { ...streams, write: (_, bytes) => streams.write('stdout', bytes) }
}

function originalOf(context: ResolvedCommandContext): (args: string[]) => Promise<ExecResult> {
  const { origCommand } = context as unknown as {
    origCommand?: (args: string[], context: unknown) => Promise<ExecResult>
  }
  return (args) =>
    origCommand ? origCommand(args, context) : Promise.resolve({ stdout: '', stderr: 'not found\n', exitCode: 127 })
}

function bytesOfOutput(result: ExecResult, text: string): Buffer {
  const isBytes = result.stdoutKind === 'bytes' || result.stdoutEncoding === 'binary'
  return Buffer.from(text, isBytes ? 'latin1' : 'utf8')
}

/**
 * The interpreter calls itself bash, where a login shell is -bash and a script goes by its name, and does not say why it cannot write.
 * What was put into the script is no part of its trace (`set -x`).
 */
function inWordsOfBash(bytes: Buffer, name: string, { refusal }: GuestFiles): Buffer {
  const start = bytes.subarray(0, 6).toString('latin1')
  if (start.startsWith('+')) return Buffer.from(ownTrace(bytes.toString()))
  if (start !== 'bash: ') return bytes
  const said = bytes.toString().slice('bash'.length)
  return Buffer.from(`${name}${said.replace(/: cannot open redirect target$/m, `: ${refusal}`)}`)
}

function ownTrace(text: string): string {
  return text
    .replaceAll(/^\++ (?:_LIVE=\d|\/usr\/bin\/_(?:tick|status\b.*))\n/gm, '')
    .replaceAll(/^(\++ )\/usr\/bin\/_run /gm, '$1')
    .replaceAll(/^(\++ )\/usr\/bin\/_lookup /gm, '$1command -v ')
    .replaceAll(/^(\++ )\/usr\/bin\/_(\w+)/gm, '$1$2')
}

const hidden = new Set([liveVariable, nameVariable, '?', 'SHELLOPTS', 'BASHOPTS', '_'])

function keptEnv(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.has(name)))
}

/** A word as the shell reads it back. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Writes an answer and gives the exit code of a program that ends with it. */
export async function say({ out }: Call, text: string, code: number): Promise<number> {
  await out(text)
  return code
}

/** Waits in real time; ends early with the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
    function end(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
