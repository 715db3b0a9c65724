import { clean, finding } from '../findings'
import type { LinuxSystem } from '../linux'
import { swapFiles } from '../linux-wanted'
import type { Volume } from '../signatures'
import type { Check } from './check'
import { onLinux } from './distribution'
import { fstabOf, isMovable, isNetwork, type FstabLine } from './fstab'

const edit = onLinux('sudoedit /etc/fstab')
/** Volumes that may hold others, whose UUIDs are then not seen. */
const containers: readonly Volume[] = ['lvm', 'luks', 'raid', 'unknown', 'bitlocker', 'ntfs', 'refs']

export const mountChecks: readonly Check<LinuxSystem>[] = [
  {
    id: 'linux.fstab',
    look({ files, volumes }) {
      const lines = fstabOf(files)
      if (lines === null) return 'unknown'
      const byLetter = lines.find(({ device }) => isMovable(device))
      if (byLetter)
        return finding('linux.fstab', 'warn', { device: clean(byLetter.device) }, onLinux('sudo blkid', ...texts(edit)))
      const needed = lines.filter((line) => !line.options.includes('nofail') && !line.options.includes('noauto'))
      const remote = needed.find(isNetwork)
      if (remote)
        return finding('linux.fstab:network', 'warn', { device: clean(remote.device), path: clean(remote.path) }, edit)
      const absent = needed.find((line) => isElsewhere(line, volumes))
      if (!absent) return null
      return finding('linux.fstab:absent', 'warn', { device: clean(absent.device), path: clean(absent.path) }, edit)
    },
  },
  {
    id: 'linux.swap',
    look({ files, volumes }) {
      const off = ['sudo swapoff -a', ...texts(edit)]
      const file = swapFiles.find(files.isThere)
      if ((fstabOf(files) ?? []).some(({ type }) => type === 'swap')) {
        return finding('linux.swap', 'warn', {}, onLinux(...off))
      }
      if (file) return finding('linux.swap:file', 'warn', { path: `/${file}` }, onLinux(...off, `sudo rm /${file}`))
      const hasPartition = volumes.some(({ kind, volume }) => kind === 'swap' || volume === 'swap')
      return hasPartition ? finding('linux.swap:partition', 'warn', {}, onLinux(...off)) : null
    },
  },
]

/** A UUID that no volume of this disk has; only where all of them could be seen. */
function isElsewhere({ device, path }: FstabLine, volumes: LinuxSystem['volumes']): boolean {
  const wanted = /^UUID="?([0-9A-Fa-f-]+)"?$/.exec(device)?.[1]?.toLowerCase()
  if (!wanted || path === '/' || volumes.some(({ volume }) => containers.includes(volume))) return false
  return volumes.every(({ uuid }) => uuid?.toLowerCase() !== wanted)
}

function texts(commands: { text: string }[]): string[] {
  return commands.map(({ text }) => text)
}
