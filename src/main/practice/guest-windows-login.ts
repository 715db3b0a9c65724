import type { GuestFiles } from './guest-files'
import { PowerShell, type PsHost } from './guest-powershell'
import type { Cmdlet } from './guest-powershell-invoke'
import { parsePowerShell } from './guest-powershell-parse'
import { PowerShellSyntaxError } from './guest-powershell-syntax'
import type { SshVisit } from './guest-ssh'
import type { ChannelStreams } from './guest-streams'
import type { WindowsState } from './guest-windows-state'

/** What the administrator of a Windows machine gets by SSH: PowerShell and files. */
export function powerShellVisit(
  state: WindowsState,
  cmdlets: ReadonlyMap<string, Cmdlet>,
  user: string,
  files: GuestFiles,
): SshVisit {
  const home = `C:\\Users\\${user}`
  const hostOf = (streams: ChannelStreams, input: string[]): PsHost => ({
    ...{ windows: state, user, input, signal: streams.signal() },
    out: (text) => streams.write('stdout', Buffer.from(text.replace(/\r?\n/g, '\r\n'))),
    err: (text) => streams.write('stderr', Buffer.from(text.replace(/\r?\n/g, '\r\n'))),
  })
  return {
    async exec(command, streams) {
      const script = encodedScript(command)
      const readsInput = /\$input\b/.test(script)
      const input = readsInput ? (await streams.readAll()).toString().split(/\r?\n/) : []
      const session = new PowerShell(hostOf(streams, input), cmdlets, home)
      const code = await session.run(script)
      state.save()
      return code
    },
    async shell(streams) {
      const { terminal } = streams
      if (!terminal) {
        const code = await new PowerShell(hostOf(streams, []), cmdlets, home).run((await streams.readAll()).toString())
        state.save()
        return code
      }
      await streams.write(
        'stdout',
        Buffer.from('Windows PowerShell\r\nCopyright (C) Microsoft Corporation. All rights reserved.\r\n\r\n'),
      )
      return interact(state, cmdlets, hostOf, streams, home)
    },
    files: { files, home: `/${home.replaceAll('\\', '/')}`, ownerOf: () => user },
  }
}

async function interact(
  state: WindowsState,
  cmdlets: ReadonlyMap<string, Cmdlet>,
  hostOf: (streams: ChannelStreams, input: string[]) => PsHost,
  streams: ChannelStreams,
  home: string,
): Promise<number> {
  const history: string[] = []
  let host = hostOf(streams, [])
  // Each line gets the signal of its own run; the session stays the same.
  const session = new PowerShell(
    {
      ...host,
      get signal() {
        return host.signal
      },
    },
    cmdlets,
    home,
  )
  streams.complete = (line) => Promise.resolve(completed(state, session, line))
  let code = 0
  while (!streams.isGone()) {
    const text = await readCommand(streams, `PS ${session.cwd}> `, history)
    if (text === null || streams.isGone()) break
    host = hostOf(streams, [])
    code = await session.run(text)
    state.save()
    if (session.hasLeft) break
  }
  return code
}

async function readCommand(streams: ChannelStreams, prompt: string, history: string[]): Promise<string | null> {
  let text = (await streams.terminal?.readLine(prompt, history)) ?? null
  while (text !== null && isUnfinished(text)) {
    const more = (await streams.terminal?.readLine('>> ', [])) ?? null
    if (more === null || more === '') return text
    text = `${text}\n${more}`
  }
  return text
}

function isUnfinished(text: string): boolean {
  try {
    parsePowerShell(text)
    return false
  } catch (error) {
    return error instanceof PowerShellSyntaxError && /Missing closing|missing the terminator/.test(error.message)
  }
}

/** The script in a call of powershell.exe, decoded where it is encoded; anything else is a line of PowerShell itself. */
function encodedScript(command: string): string {
  const encoded =
    /^\s*"?(?:[^"]*[\\/])?(?:powershell|pwsh)(?:\.exe)?"?\s.*?-e(?:c|nc|ncodedcommand)?\s+([A-Za-z0-9+/=]+)\s*$/i.exec(
      command,
    )
  if (encoded) return Buffer.from(encoded[1] ?? '', 'base64').toString('utf16le')
  const plain =
    /^\s*(?:powershell|pwsh)(?:\.exe)?\s+(?:-no\w+\s+|-executionpolicy\s+\w+\s+)*-c(?:ommand)?\s+([\s\S]+)$/i.exec(
      command,
    )
  return plain ? (plain[1] ?? '').replace(/^"([\s\S]*)"$/, '$1').replaceAll('\\"', '"') : command
}

/** Names in the folder that was begun. */
function completed(state: WindowsState, session: PowerShell, line: string): { from: number; names: string[] } {
  const begun = /(?:^|[\s;|=(])([^\s;|=(]*)$/.exec(line)?.[1] ?? ''
  const slash = Math.max(begun.lastIndexOf('\\'), begun.lastIndexOf('/'))
  const folder = state.disk.tree.find(session.path(begun.slice(0, slash + 1) || '.'))
  const rest = begun.slice(slash + 1).toLowerCase()
  const names =
    folder?.kind === 'folder'
      ? [...folder.entries.values()].filter(({ name }) => name.toLowerCase().startsWith(rest))
      : []
  return {
    from: [...line].length - [...begun].length,
    names: names.map(({ name, kind }) => `${begun.slice(0, slash + 1)}${name}${kind === 'folder' ? '\\' : ''}`),
  }
}
