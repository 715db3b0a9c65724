import type { Finding } from '../../../shared/outputs'
import { clean, finding } from '../findings'
import type { GuestFiles } from '../guest/files'
import type { LinuxSystem } from '../linux'
import type { Check } from './check'
import { onLinux } from './distribution'
import { fstabOf, type FstabLine } from './fstab'

/** Where the Batch node agent looks for the temporary disk. */
const usualPaths = ['/mnt', '/mnt/resource']

export const tempDiskChecks: readonly Check<LinuxSystem>[] = [
  {
    id: 'batch.temp-disk',
    look: ({ files }) =>
      [agentFinding(files), fstabFinding(files), cloudInitFinding(files), swapFinding(files)].filter(
        (one) => one !== null,
      ),
  },
]

function agentFinding(files: GuestFiles): Finding | null {
  const path = settingOf(files, 'MountPoint')
  if (!path || usualPaths.includes(path)) return null
  const set = `sudo sed -i 's|^ResourceDisk.MountPoint=.*|ResourceDisk.MountPoint=/mnt/resource|' /etc/waagent.conf`
  return finding('batch.temp-disk', 'warn', { path: clean(path) }, onLinux(set))
}

function fstabFinding(files: GuestFiles): Finding | null {
  const line = (fstabOf(files) ?? []).find((one) => isTempDisk(one) !== usualPaths.includes(one.path) || isFixed(one))
  if (!line) return null
  const params = { device: clean(line.device), path: clean(line.path) }
  return finding('batch.temp-disk:fstab', 'warn', params, onLinux('sudoedit /etc/fstab'))
}

/** cloud-init writes such a line itself and renews it on each machine. */
function isFixed({ device, options }: FstabLine): boolean {
  return /^\/dev\/sdb\d?$/.test(device) && !options.includes('comment=cloudconfig')
}

function isTempDisk({ device }: FstabLine): boolean {
  return /^\/dev\/sdb\d?$/.test(device) || device.startsWith('/dev/disk/cloud/azure_resource')
}

function cloudInitFinding(files: GuestFiles): Finding | null {
  const path = ephemeralMount(files)
  if (path === null) return null
  const show = onLinux('grep -rn ephemeral0 /etc/cloud')
  if (!usualPaths.includes(path)) return finding('batch.temp-disk:cloud-init', 'warn', { path: clean(path) }, show)
  const isFormattedTwice = settingOf(files, 'Format')?.toLowerCase() === 'y'
  if (!isFormattedTwice) return null
  const set = `sudo sed -i 's|^ResourceDisk.Format=.*|ResourceDisk.Format=n|' /etc/waagent.conf`
  return finding('batch.temp-disk:twice', 'warn', {}, onLinux(set))
}

function swapFinding(files: GuestFiles): Finding | null {
  return settingOf(files, 'EnableSwap')?.toLowerCase() === 'y' ? finding('batch.temp-disk:swap', 'info') : null
}

function settingOf(files: GuestFiles, name: string): string | null {
  const settings = files.text('etc/waagent.conf') ?? ''
  return new RegExp(`^\\s*ResourceDisk\\.${name}\\s*=\\s*(\\S+)`, 'm').exec(settings)?.[1] ?? null
}

/** Where cloud-init is told to mount it, written in one line or in two: `- [ ephemeral0, /mnt/x ]`. */
function ephemeralMount(files: GuestFiles): string | null {
  const paths = ['etc/cloud/cloud.cfg', ...files.paths('etc/cloud/cloud.cfg.d/*.cfg').sort()]
  const texts = paths.map((path) => (files.text(path) ?? '').replace(/^\s*#.*$/gm, ''))
  const mounts = texts.flatMap((text) => [
    ...text.matchAll(/-\s*(?:\[\s*|-\s*)["']?ephemeral0(?:\.\d)?["']?\s*(?:,|\n\s*-)\s*["']?([^\s"',\]]+)/g),
  ])
  return mounts.at(-1)?.[1] ?? null
}
