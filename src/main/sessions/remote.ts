import type { SFTPWrapper } from 'ssh2'
import { AppError } from '../../shared/errors'
import { execOn, linuxJob, type Job } from './exec'
import { remoteFiles } from './files-remote'
import type { Live, Ready } from './live'
import { powershellFromInput, powershellInput, powershellLine } from './powershell'
import type { ExecOptions, Ran, Remote } from './session'
import { sftpOf } from './sftp'

/** The most that cmd.exe takes as one line. */
const windowsLineLimit = 8_000

/** What can be done on a session, whichever connection it has at the time. */
export function remoteOf(live: Live, { system, user }: Pick<Ready, 'system' | 'user'>): Remote {
  async function run(job: Job, options: ExecOptions): Promise<Ran> {
    const { connection } = await live.ready(options.signal)
    return execOn(connection.client, job, options)
  }

  const exec: Remote['exec'] = (command, options) => {
    if (system === 'linux')
      return run(
        linuxJob((mark) => `export ${mark}; ${command}`),
        options,
      )
    const line = powershellLine(command)
    if (line.length <= windowsLineLimit) return run({ command: line, kill: null }, options)
    return script(command, options)
  }

  const script: Remote['script'] = async (text, { asRoot = false, ...options }) => {
    if (system === 'windows') {
      return run({ command: powershellFromInput(), kill: null }, { ...options, stdin: powershellInput(text) })
    }
    const needsSudo = asRoot && user !== 'root'
    let marked = ''
    const job = linuxJob((mark) => {
      marked = mark
      return `export ${mark}; ${needsSudo ? 'sudo -n ' : ''}bash -s`
    })
    const ran = await run(job, { ...options, stdin: bashInput(marked, text) })
    if (needsSudo && ran.code === 1 && /^sudo: .*password/m.test(ran.stderr)) {
      throw new AppError('session.no-sudo', { user }, { message: ran.stderr.trim().slice(-500) })
    }
    return ran
  }

  return {
    system,
    user,
    exec,
    script,
    ...remoteFiles({ system, exec, sftp: (signal) => sftpOn(live, signal) }),
    restart: (signal) => live.restart(signal),
  }
}

/** A file transfer over whatever connection there is at the time. Throws AppError `session.*`, `cancelled`. */
export async function sftpOn(live: Live, signal: AbortSignal): Promise<SFTPWrapper> {
  const { connection } = await live.ready(signal)
  return sftpOf(connection.client, signal)
}

/**
 * A script as bash reads it from its input: whole before its first line runs, so that no command in it swallows the rest as input of its
 * own. Line numbers stay as written.
 */
function bashInput(mark: string, text: string): string {
  return `export ${mark}; { :; ${text.replaceAll('\r\n', '\n')}\n} </dev/null\n`
}
