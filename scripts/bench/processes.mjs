import { readFileSync, readdirSync } from 'node:fs'
import { runCommand } from '../setup/commands.mjs'

/** Kinds of processes in the order of the table. */
export const kinds = ['main', 'renderer', 'GPU', 'utility', 'zygote', 'practice cloud', 'blob store']

/**
 * Resident memory of the process `pid` and of all that it started, in bytes by kind. Pages that several processes share count in each
 * of them, as they do in every task manager.
 */
export async function memoryOf(pid) {
  const all = await processes()
  const sums = new Map()
  for (const one of familyOf(pid, all)) {
    const kind = kindOf(one.command)
    sums.set(kind, (sums.get(kind) ?? 0) + one.bytes)
  }
  return sums
}

function familyOf(pid, all) {
  const family = all.filter((one) => one.pid === pid)
  for (let at = 0; at < family.length; at++) family.push(...all.filter((one) => one.parent === family[at].pid))
  return family
}

function kindOf(command) {
  const type = /--type=([a-z-]+)/.exec(command)?.[1]
  if (type !== undefined) return type === 'gpu-process' ? 'GPU' : type
  if (/\bazurite\.cjs\b/.test(command)) return 'blob store'
  return /\bpractice\.cjs\b/.test(command) ? 'practice cloud' : 'main'
}

/** Every process of the system: `{ pid, parent, bytes, command }`. */
async function processes() {
  if (process.platform === 'linux') return linuxProcesses()
  return process.platform === 'win32' ? windowsProcesses() : posixProcesses()
}

function linuxProcesses() {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
      const number = (key) => Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0)
      return [{ pid: Number(name), parent: number('PPid'), bytes: number('VmRSS') * 1024, command }]
    } catch {
      return [] // gone meanwhile
    }
  })
}

async function posixProcesses() {
  const { output } = await runCommand('ps', ['-axww', '-o', 'pid=,ppid=,rss=,command='])
  return [...output.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/gm)].map(([, pid, parent, kibibytes, command]) => ({
    pid: Number(pid),
    parent: Number(parent),
    bytes: Number(kibibytes) * 1024,
    command,
  }))
}

async function windowsProcesses() {
  const query =
    'Get-CimInstance Win32_Process | Select-Object ProcessId,ParentProcessId,WorkingSetSize,CommandLine | ConvertTo-Json -Compress'
  const { output } = await runCommand('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query])
  return JSON.parse(output).map((one) => ({
    pid: one.ProcessId,
    parent: one.ParentProcessId,
    bytes: one.WorkingSetSize,
    command: one.CommandLine ?? '',
  }))
}
