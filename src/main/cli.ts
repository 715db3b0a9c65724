import path from 'node:path'
import { AppError } from '../shared/errors'
import { cli as german } from '../shared/messages/de/cli'
import { cli as english } from '../shared/messages/en/cli'
import { fill } from '../shared/messages/format'
import type { Language } from '../shared/terms'
import { version } from '../../package.json'
import type { CliFacts } from './commands/headless'
import { exitCodes, reportError, type CommandIo, type ExitCode } from './commands/io'

type CommandName = 'inspect' | 'convert' | 'upload' | 'run' | 'practice' | 'pools'
type Command = (argv: string[], io: CommandIo, facts: CliFacts) => Promise<ExitCode>
/** Each is loaded when it is asked for: the clients of Azure that a run needs would double the start of an upload. */
const commands: Record<CommandName, () => Promise<Command>> = {
  inspect: async () => (await import('./commands/inspect')).runInspect,
  convert: async () => (await import('./commands/convert')).runConvert,
  upload: async () => (await import('./commands/upload')).runUpload,
  run: async () => (await import('./commands/run')).runRun,
  practice: async () => (await import('./commands/practice')).runPractice,
  pools: async () => (await import('./commands/pools')).runPools,
}

const cancel = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted())
// A reader that closed the pipe wants no more; the work goes on and the exit code still tells how it ended.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)
void main().then((code) => {
  process.exitCode = code
})

async function main(): Promise<ExitCode> {
  const language = languageOf(process.env)
  const texts = language === 'de' ? german : english
  const practiceProgram = path.join(__dirname, 'practice.cjs')
  const facts: CliFacts = { version, language, texts, practiceProgram }
  const io: CommandIo = {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    signal: cancel.signal,
    language,
  }
  const [name, ...argv] = process.argv.slice(2)
  const help = (key: keyof typeof texts.help) => fill(texts.help[key], { version: facts.version }, language)
  if (name === '--version') {
    io.stdout.write(`${facts.version}\n`)
    return exitCodes.ok
  }
  if (!name || !isCommand(name)) {
    const isAsked = name === '--help' || name === '-h' || name === 'help'
    const out = isAsked ? io.stdout : io.stderr
    out.write(help('main'))
    return isAsked ? exitCodes.ok : exitCodes.blocked
  }
  if (argv.includes('--help') || argv.includes('-h')) {
    io.stdout.write(help(name))
    return exitCodes.ok
  }
  try {
    const command = await commands[name]()
    return await command(argv, io, facts)
  } catch (error) {
    return reportError(io, error)
  }
}

/** The first interrupt stops cleanly, the second at once: nothing is lost either way. */
function interrupted() {
  if (cancel.signal.aborted) process.exit(exitCodes.cancelled)
  cancel.abort(new AppError('cancelled'))
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}

function languageOf(env: Record<string, string | undefined>): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || Intl.DateTimeFormat().resolvedOptions().locale
  return /^de\b|^de_/i.test(locale) ? 'de' : 'en'
}
