import { pause, quote, type Call, type Program, type User } from './guest-process'
import { standardPath } from './guest-linux-base'

/** Shells, sudo and what starts other programs. */
export const shellPrograms: Record<string, Program> = {
  bash: runBash,
  sh: runBash,
  _run: runFile,
  sudo: runSudo,
  su: runSu,
  nohup: ({ args, run }) => run(args.map(quote).join(' ')),
  _tick: tick,
  _lookup: lookUp,
  _status: ({ args }) => Promise.resolve(Number(args[0])),
}

/** Shell words that the interpreter lacks: they are found without a file in PATH. */
export const shellWords: Record<string, Program> = {
  // Only for the end of a script: no signal reaches one, and what `( … )` sets is done at the end of the whole, too.
  trap: ({ args, atExit }) => {
    if (args.slice(1).some((one) => /^(EXIT|0)$/i.test(one))) atExit(args[0] === '-' ? '' : (args[0] ?? ''))
    return Promise.resolve(0)
  },
  ulimit: async ({ args, out }) => {
    if (args.every((arg) => arg.startsWith('-'))) await out(args.includes('-n') ? '1024\n' : 'unlimited\n')
    return 0
  },
  umask: async ({ args, out }) => {
    if (args.length === 0) await out('0022\n')
    return 0
  },
  jobs: () => Promise.resolve(0),
  disown: () => Promise.resolve(0),
  bind: () => Promise.resolve(0),
  logout: () => Promise.resolve(0),
  fg: async ({ err }) => {
    await err('-bash: fg: current: no such job\n')
    return 1
  },
}

const builtins = new Set(
  '. : [ alias bg break cd command continue declare echo eval exec exit export false fg getopts hash help history jobs kill let local printf pwd read readonly return set shift shopt source test times trap true type ulimit umask unalias unset wait'.split(
    ' ',
  ),
)

/** `command -v`: what a name would run. The interpreter's own knows only programs that it brings along. */
async function lookUp({ args, env, files, cwd, out }: Call): Promise<number> {
  let code = 1
  for (const name of args) {
    const folders = name.includes('/') ? [''] : (env['PATH'] ?? standardPath).split(':')
    const paths = folders.map((folder) => (folder === '' ? files.resolvePath(cwd, name) : `${folder}/${name}`))
    const found = builtins.has(name) ? name : paths.find((path) => isProgram(files, path))
    if (found === undefined) continue
    await out(`${found}\n`)
    code = 0
  }
  return code
}

function isProgram({ disk }: Call['files'], path: string): boolean {
  const node = disk.tree.find(path)
  return node?.kind === 'file' && (node.mode & 0o111) !== 0
}

let lastTick = 0
const tickEveryMs = 8

/** Stands at the start of every loop body: gives Ctrl+C and all other machines their turn. */
async function tick(): Promise<number> {
  if (Date.now() - lastTick >= tickEveryMs) {
    await new Promise((resolve) => setImmediate(resolve))
    lastTick = Date.now()
  }
  return 0
}

/** `bash [-euxl] [-o option] [-c text | -s | file] [args]`. */
async function runBash(call: Call): Promise<number> {
  const { args, run, stdin, files, err, name } = call
  let flags = ''
  let at = 0
  let text: string | null = null
  for (; at < args.length && /^[-+]/.test(args[at] ?? ''); at++) {
    const arg = args[at] ?? ''
    if (arg === '--') {
      at++
      break
    }
    if (arg === '--version') {
      await call.out('GNU bash, version 5.2.21(1)-release (x86_64-pc-linux-gnu)\n')
      return 0
    }
    if (arg.startsWith('--')) continue
    if (arg.endsWith('o')) flags += `set ${arg} ${quote(args[++at] ?? '')}; `
    else
      flags += [...arg.slice(1)]
        .filter((letter) => 'euxvn'.includes(letter))
        .map((letter) => `set -${letter}; `)
        .join('')
    if (arg.includes('c')) {
      text = args[at + 1] ?? ''
      at += 2
      break
    }
    if (arg.includes('s')) {
      at++
      break
    }
  }
  const rest = args.slice(at)
  if (text !== null) return run(flags + text, { name: rest[0] ?? name, args: rest.slice(1) })
  const [file] = rest
  if (file === undefined || file === '-' || args.includes('-s')) return runInput(call, flags, rest)
  try {
    const path = files.resolvePath(call.cwd, file)
    if (path === '/dev/stdin') return await runInput(call, flags, rest.slice(1))
    return await run(flags + (await files.readFile(path)), { name: file, args: rest.slice(1), stdin })
  } catch (error) {
    await err(`${name}: ${file}: ${wordsOf(error)}\n`)
    return 127
  }
}

/** A script that comes by input; without any, a shell in the terminal. */
async function runInput(
  { stdin, run, streams, isLive, name, user, env, cwd }: Call,
  flags: string,
  args: string[],
): Promise<number> {
  if (stdin) return run(flags + stdin.toString(), { name, args, stdin: null })
  if (isLive && streams.interact) return streams.interact(user, env, cwd)
  return 0
}

/** A file called by its path: a shell script, or the program of that name. */
async function runFile({ args, run, files, cwd, err, system }: Call): Promise<number> {
  const [file = '', ...rest] = args
  try {
    const path = files.resolvePath(cwd, file)
    const stat = await files.stat(path)
    if (stat.isDirectory) {
      await err(`-bash: ${file}: Is a directory\n`)
      return 126
    }
    if ((stat.mode & 0o111) === 0) {
      await err(`-bash: ${file}: Permission denied\n`)
      return 126
    }
    const text = await files.readFile(path)
    if (text.startsWith('\x7fELF'))
      return await run(`${path.slice(path.lastIndexOf('/') + 1)} ${rest.map(quote).join(' ')}`)
    const interpreter = /^#!\s*(?:\/usr\/bin\/env\s+)?(\S+)/.exec(text)?.[1]
    const shell = interpreter?.slice(interpreter.lastIndexOf('/') + 1)
    if (shell !== undefined && !/^(ba|da)?sh$/.test(shell)) {
      if (system.programNames.has(shell)) return await run(`${shell} ${[file, ...rest].map(quote).join(' ')}`)
      await err(`-bash: ${file}: ${interpreter}: bad interpreter: No such file or directory\n`)
      return 126
    }
    const flags = /^#!\s*\S+[^\S\n]+-(\w+)/.exec(text)?.[1] ?? ''
    return await run(`${flags ? `set -${flags}; ` : ''}${text}`, { name: file, args: rest })
  } catch (error) {
    await err(`-bash: ${file}: ${wordsOf(error)}\n`)
    return wordsOf(error) === 'Permission denied' ? 126 : 127
  }
}

const valued = new Set(['-u', '-g', '-p', '-C', '-h', '-U'])

/** Needs the caller in sudoers with NOPASSWD, as Azure sets its admin up; a password is never asked. */
async function runSudo(call: Call): Promise<number> {
  const { args, user, system, err, out } = call
  if (!system.users().some(({ uid }) => uid === user.uid)) {
    await err('sudo: you do not exist in the passwd database\n')
    return 1
  }
  let at = 0
  let target = 'root'
  let isLogin = false
  let keepsEnv = false
  for (; at < args.length && args[at]?.startsWith('-'); at++) {
    const arg = args[at] ?? ''
    if (arg === '--') {
      at++
      break
    }
    if (valued.has(arg)) {
      if (arg === '-u') target = args[at + 1] ?? 'root'
      at++
    } else if (/^-u./.test(arg)) target = arg.slice(2)
    else if (arg === '-V' || arg === '--version') {
      await out('Sudo version 1.9.15p5\n')
      return 0
    } else if (/^-[a-zA-Z]*[is]/.test(arg)) isLogin = arg.includes('i')
    else if (arg.includes('E')) keepsEnv = true
  }
  if (!maySudo(call)) {
    await err(args.includes('-n') ? 'sudo: a password is required\n' : `${user.name} is not in the sudoers file.\n`)
    return 1
  }
  if (args.includes('-l')) {
    await out(`User ${user.name} may run the following commands on ${system.hostname}:\n    (ALL) NOPASSWD: ALL\n`)
    return 0
  }
  const as = system.user(target)
  if (!as) {
    await err(`sudo: unknown user ${target}\nsudo: error initializing audit plugin sudoers_audit\n`)
    return 1
  }
  return startAs(call, as, args.slice(at), { isLogin, keepsEnv, isBare: at > 0 })
}

async function startAs(
  call: Call,
  as: User,
  words: string[],
  { isLogin, keepsEnv, isBare }: { isLogin: boolean; keepsEnv: boolean; isBare: boolean },
): Promise<number> {
  const { user, env, cwd, run, streams, isLive, err, stdin } = call
  const kept = keepsEnv ? env : pick(env, ['TERM', 'LANG', 'DISPLAY', 'LS_COLORS'])
  const fresh: Record<string, string> = {
    ...kept,
    ...{ PATH: standardPath, HOME: as.home, USER: as.name, LOGNAME: as.name, SHELL: '/bin/bash' },
    ...{ SUDO_USER: user.name, SUDO_UID: String(user.uid), SUDO_GID: String(user.gid) },
  }
  let at = 0
  for (; /^[A-Za-z_]\w*=/.test(words[at] ?? ''); at++) {
    const word = words[at] ?? ''
    fresh[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1)
  }
  const [name, ...rest] = words.slice(at)
  const folder = isLogin ? as.home : cwd
  if (name === undefined) {
    if (stdin) return run(stdin.toString(), { user: as, env: fresh, cwd: folder, stdin: null })
    if (isLive && streams.interact && isBare) return streams.interact(as, fresh, folder)
    if (isBare) return 0
    await err(
      'usage: sudo -h | -K | -k | -V\nusage: sudo [-ABbEHnPS] [-g group] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n',
    )
    return 1
  }
  const script = isLogin ? [name, ...rest].join(' ') : [name, ...rest].map(quote).join(' ')
  return run(script, { user: as, env: fresh, cwd: folder, name: 'sudo' })
}

/** `su - [user]`: only root needs no password, and nobody here has one. */
async function runSu(call: Call): Promise<number> {
  const { args, user, system, err, env, cwd, streams, isLive, run } = call
  const names = args.filter((arg) => !arg.startsWith('-'))
  const at = args.indexOf('-c')
  const text = at >= 0 ? args[at + 1] : undefined
  const as = system.user(names.find((one) => one !== text) ?? 'root')
  if (!as) {
    await err(`su: user ${names[0] ?? 'root'} does not exist\n`)
    return 1
  }
  if (user.uid !== 0) {
    await call.ask('Password: ')
    await pause(500, call.signal)
    await err('su: Authentication failure\n')
    return 1
  }
  const fresh = { ...env, HOME: as.home, USER: as.name, LOGNAME: as.name }
  if (text !== undefined) return run(text, { user: as, env: fresh })
  return isLive && streams.interact ? streams.interact(as, fresh, args.includes('-') ? as.home : cwd) : 0
}

function maySudo({ user, system }: Call): boolean {
  if (user.uid === 0) return true
  const folder = system.disk.tree.find('/etc/sudoers.d')
  const names =
    folder?.kind === 'folder' ? [...folder.entries.values()].map(({ name }) => `/etc/sudoers.d/${name}`) : []
  const lines = ['/etc/sudoers', ...names].flatMap((path) => (system.disk.readText(path) ?? '').split('\n'))
  const groups = [user.gid, ...user.groups].map((gid) => `%${system.groupName(gid)}`)
  return lines.some((line) => {
    const [who = ''] = line.trim().split(/\s+/)
    return /NOPASSWD:\s*ALL/.test(line) && (who === user.name || groups.includes(who))
  })
}

function pick(env: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name) || name.startsWith('LC_')))
}

function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  if (text.startsWith('ENOENT')) return 'No such file or directory'
  return text.startsWith('EISDIR') ? 'Is a directory' : text
}
