import type { Client } from 'ssh2'
import { execOn } from './exec'
import { powershellLine } from './powershell'
import type { Ran } from './session'

export type System = 'linux' | 'windows'

const lookMs = 15_000
const uname = 'uname -s'
const bootIdFile = '/proc/sys/kernel/random/boot_id'
const lastBoot = '(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()'

/** What runs there; null where it would not say. */
export async function systemOf(client: Client): Promise<System | null> {
  const told = await looked(client, uname)
  if (told === null) return null
  if (told.code === 0 && /^[A-Za-z]/.test(told.stdout)) return 'linux'
  const windows = await looked(client, powershellLine('$env:OS'))
  return windows?.stdout.includes('Windows') ? 'windows' : null
}

/** Another one after every start of the system; null where it cannot be had. */
export async function bootIdOf(client: Client, system: System): Promise<string | null> {
  const ran = await looked(client, system === 'linux' ? `cat ${bootIdFile}` : powershellLine(lastBoot))
  const text = ran?.code === 0 ? ran.stdout.trim() : ''
  return text === '' ? null : text
}

/** Tells the system to restart; it does so after this has ended, or while it does. Code 0 or none: it was willing. */
export function restartOn(client: Client, system: System): Promise<Ran> {
  const command = system === 'linux' ? 'sudo -n reboot' : powershellLine('shutdown.exe /r /f /t 1')
  return execOn(client, { command, kill: null }, { signal: AbortSignal.timeout(lookMs * 2) })
}

async function looked(client: Client, command: string): Promise<Ran | null> {
  try {
    return await execOn(client, { command, kill: null }, { signal: new AbortController().signal, limitMs: lookMs })
  } catch {
    return null
  }
}
