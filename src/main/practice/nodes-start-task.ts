import { digText } from './arm-parts'
import type { OsType } from '../../shared/terms'

/** How a start task ends on a node. */
export type StartTaskExit = {
  exitCode: number
  failure: { category: 'UserError'; code: string; message: string } | null
}

/** Foretells a start task by its command line; null when there is none. Nothing is run. */
export function startTaskExit(startTask: unknown, osType: OsType | null): StartTaskExit | null {
  const command = digText(startTask, 'commandLine')
  if (command === undefined || command.trim() === '') return null
  if (osType !== null && isForeign(command, osType)) {
    const message = 'The specified command program is not found'
    return { exitCode: 1, failure: { category: 'UserError', code: 'CommandProgramNotFound', message } }
  }
  const exitCode = exitCodeOf(command)
  if (exitCode === 0) return { exitCode, failure: null }
  const message = 'The task exited with an exit code representing a failure'
  return { exitCode, failure: { category: 'UserError', code: 'FailureExitCode', message } }
}

function exitCodeOf(command: string): number {
  const given = /(?:^|[\s;&|'"(])exit\s+(?:\/b\s+)?(\d{1,5})\b/i.exec(command)?.[1]
  if (given !== undefined) return Number(given) & 0xff
  return /(?:^|[\s;&|'"(/])false(?:$|[\s;&|'")])/.test(command) ? 1 : 0
}

/** A program of the other operating system: the shell that one of them does not have. */
function isForeign(command: string, osType: OsType): boolean {
  const program = command.trim().split(/\s+/)[0]?.replace(/["']/g, '').toLowerCase() ?? ''
  const isWindows = /^(cmd|powershell|pwsh)(\.exe)?$/.test(program) || /\.(exe|cmd|bat|ps1)$/.test(program)
  const isUnix = /^(\/|bash$|sh$)/.test(program)
  return osType === 'Linux' ? isWindows && !program.startsWith('pwsh') : isUnix
}
