import { posix } from 'node:path'
import type { ScriptNode } from 'just-bash'
import { GuestFiles } from './guest-files'
import type { LinuxSystem } from './guest-linux'
import { standardPath } from './guest-linux-base'
import { runShell, type User } from './guest-process'
import type { SshVisit } from './guest-ssh'
import type { ChannelStreams } from './guest-streams'

const shownHistory = 1000

/** What a Linux user gets by SSH: commands, a shell and files. */
export function linuxVisit(system: LinuxSystem, user: User, from: string): SshVisit {
  system.log('sshd[903]', `Accepted connection for ${user.name} from ${from}`)
  const start = (env: Record<string, string>, streams: ChannelStreams) => {
    streams.complete = (line) => complete(system, user, line, workingFolder(system, user))
    return { ...loginEnv(user, from), ...env }
  }
  return {
    exec: async (command, streams, env) => {
      const full = start(env, streams)
      const { code } = await runShell(command, {
        ...{ system, user, env: full, streams, signal: streams.signal(), name: 'bash' },
        cwd: workingFolder(system, user),
      })
      return code
    },
    shell: async (streams, env) => {
      const full = start(env, streams)
      const tell = (text: string) => void streams.write('stdout', Buffer.from(text))
      if (streams.isTerminal) system.terminals.add(tell)
      try {
        await streams.write('stdout', Buffer.from(motd(system)))
        return await interact(system, streams, { user, env: full, cwd: workingFolder(system, user), isLogin: true })
      } finally {
        system.terminals.delete(tell)
      }
    },
    files: {
      files: new GuestFiles(system.disk, user, { write: () => Promise.resolve() }),
      home: workingFolder(system, user),
      ownerOf: (node) => system.userName(node.uid),
    },
  }
}

type Shell = { user: User; env: Record<string, string>; cwd: string; isLogin: boolean }

/** Reads and runs lines until `exit` or Ctrl+D; without a terminal all input is one script. */
export async function interact(system: LinuxSystem, streams: ChannelStreams, shell: Shell): Promise<number> {
  const { user, isLogin } = shell
  let { env, cwd } = shell
  let code = 0
  const inner: ChannelStreams = {
    ...streams,
    interact: (as, asEnv, asCwd) => interact(system, streams, { user: as, env: asEnv, cwd: asCwd, isLogin: false }),
  }
  if (!streams.terminal) {
    const script = (await streams.readAll()).toString()
    return (await runShell(script, { system, user, env, cwd, streams, signal: streams.signal() })).code
  }
  const functions = new Map<string, ScriptNode['statements'][number]>()
  const historyFile = `${user.home}/.bash_history`
  const history = (system.disk.readText(historyFile) ?? '').split('\n').filter((line) => line !== '')
  while (!streams.isGone()) {
    streams.complete = (line) => complete(system, user, line, cwd)
    const text = await readCommand(streams, `${promptOf(system, user, cwd)}`, history)
    if (text === null || streams.isGone()) {
      await streams.write('stdout', Buffer.from(isLogin ? 'logout\n' : 'exit\n'))
      break
    }
    const leave = /^\s*(?:exit|logout)(?:\s+(\d+))?\s*;?\s*$/.exec(text)
    if (leave) {
      code = leave[1] === undefined ? code : Number(leave[1])
      await streams.write('stdout', Buffer.from(isLogin ? 'logout\n' : 'exit\n'))
      break
    }
    if (/^\s*history\s*$/.test(text)) {
      const lines = history.map((line, at) => `${String(at + 1).padStart(5)}  ${line}\n`)
      await streams.write('stdout', Buffer.from(lines.join('')))
      continue
    }
    const end = await runShell(text, {
      ...{ system, user, env, cwd, functions },
      streams: inner,
      signal: streams.signal(),
    })
    ;({ env, cwd, code } = end)
    env = { ...env, '?': String(code) }
  }
  keepHistory(system, user, historyFile, env, history)
  return code
}

/** One command, however many lines it takes. */
async function readCommand(streams: ChannelStreams, prompt: string, history: string[]): Promise<string | null> {
  const terminal = streams.terminal
  if (!terminal) return null
  let text = await terminal.readLine(prompt, history)
  while (text !== null && isUnfinished(text)) {
    const more = await terminal.readLine('> ', [])
    if (more === null) return text
    text = /(^|[^\\])(\\\\)*\\$/.test(text) ? text.slice(0, -1) + more : `${text}\n${more}`
  }
  return text
}

const openers = new Map([
  ['if', 'fi'],
  ['do', 'done'],
  ['case', 'esac'],
  ['{', '}'],
  ['(', ')'],
])

/** Whether bash would ask for more: a backslash at the end, an open quote, here-document or block. */
function isUnfinished(text: string): boolean {
  if (/(^|[^\\])(\\\\)*\\$/.test(text)) return true
  const here = /<<-?\s*(['"]?)([\w-]+)\1/.exec(text)
  if (
    here &&
    !text
      .split('\n')
      .slice(1)
      .some((line) => line.trim() === here[2])
  )
    return true
  const bare = text
    .replace(/\\./g, '')
    .replace(/'[^']*'/g, "''")
    .replace(/"[^"]*"/g, '""')
  if (/['"]/.test(bare.replaceAll("''", '').replaceAll('""', ''))) return true
  const words = bare.replace(/#.*$/gm, '').split(/[\s;&|]+/)
  const open = [...openers].map(
    ([from, to]) => words.filter((word) => word === from).length - words.filter((word) => word === to).length,
  )
  const loops =
    words.filter((word) => /^(for|while|until)$/.test(word)).length - words.filter((word) => word === 'done').length
  return loops > 0 || open.some((count) => count > 0)
}

function promptOf(system: LinuxSystem, user: User, cwd: string): string {
  const shown = cwd === user.home ? '~' : cwd.startsWith(`${user.home}/`) ? `~${cwd.slice(user.home.length)}` : cwd
  return `${user.name}@${system.hostname.split('.')[0]}:${shown}${user.uid === 0 ? '#' : '$'} `
}

function loginEnv({ name, home, shell }: User, from: string): Record<string, string> {
  return {
    ...{ HOME: home, USER: name, LOGNAME: name, SHELL: shell, PATH: standardPath, LANG: 'C.UTF-8' },
    ...{ SSH_CLIENT: `${from} 50022 22`, SSH_CONNECTION: `${from} 50022 10.0.0.4 22` },
  }
}

function workingFolder(system: LinuxSystem, user: User): string {
  return system.disk.tree.find(user.home)?.kind === 'folder' ? user.home : '/'
}

function motd({ distribution, disk }: LinuxSystem): string {
  const own = disk.readText('/etc/motd')
  if (own) return own
  if (distribution.id !== 'ubuntu') return ''
  return `Welcome to ${distribution.prettyName} (GNU/Linux ${distribution.kernel} x86_64)\n\n * Documentation:  https://help.ubuntu.com\n\nThis is a machine of the practice cloud: it behaves like one of Azure, and nothing in it costs money.\n\n`
}

function keepHistory(
  system: LinuxSystem,
  user: User,
  file: string,
  env: Record<string, string>,
  history: string[],
): void {
  if (env['HISTSIZE'] === '0' || !system.disk.tree.find(user.home)) return
  const text = history.slice(-shownHistory).join('\n')
  const attributes = { mode: 0o600, uid: user.uid, gid: user.gid, mtimeMs: system.disk.now() }
  if (text !== '') system.disk.write(file, Buffer.from(`${text}\n`), attributes)
}

/** Paths, and for the first word also programs, that go on what stands before the cursor. */
function complete(
  system: LinuxSystem,
  user: User,
  line: string,
  cwd: string,
): Promise<{ from: number; names: string[] }> {
  const begun = /(?:^|[\s;|&<>=])([^\s;|&<>=]*)$/.exec(line)?.[1] ?? ''
  const from = [...line].length - [...begun].length
  const slash = begun.lastIndexOf('/')
  const folderText = begun.slice(0, slash + 1)
  const folder = posix.resolve(cwd, folderText.replace(/^~(?=\/|$)/, user.home) || '.')
  const paths = namesIn(system, folder)
    .filter(
      ({ name }) =>
        name.startsWith(begun.slice(slash + 1)) && (!name.startsWith('.') || begun.slice(slash + 1).startsWith('.')),
    )
    .map(({ name, isFolder }) => `${folderText}${name.replace(/([ '"()&;])/g, '\\$1')}${isFolder ? '/' : ' '}`)
  const isFirst =
    line.slice(0, line.length - begun.length).trim() === '' ||
    /[;|&]\s*$/.test(line.slice(0, line.length - begun.length))
  const programs = isFirst && slash < 0 ? programNames(system).filter((name) => name.startsWith(begun)) : []
  return Promise.resolve({ from, names: [...new Set([...programs.map((name) => `${name} `), ...paths])].sort() })
}

function namesIn(system: LinuxSystem, path: string): { name: string; isFolder: boolean }[] {
  const folder = system.disk.tree.find(path)
  if (folder?.kind !== 'folder') return []
  return [...folder.entries.values()].map(({ name }) => ({
    name,
    isFolder: system.disk.tree.find(`${path}/${name}`)?.kind === 'folder',
  }))
}

function programNames(system: LinuxSystem): string[] {
  return ['/usr/bin', '/usr/sbin', '/usr/local/bin'].flatMap((folder) =>
    namesIn(system, folder).map(({ name }) => name),
  )
}
