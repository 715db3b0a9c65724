import { finding } from '../findings'
import type { Volume } from '../signatures'
import type { Check } from './check'
import type { DiskSubject } from './disk-subject'

/** File systems whose files are of interest; swap and the like are left out. */
const withFiles: readonly Volume[] = ['ext', 'xfs', 'btrfs', 'ntfs', 'refs', 'raid']

export const volumeChecks: readonly Check<DiskSubject>[] = [
  {
    id: 'disk.encrypted',
    look({ volumes }) {
      if (volumes.some(({ volume }) => volume === 'luks')) return finding('disk.encrypted:luks', 'block')
      if (!volumes.some(({ volume }) => volume === 'bitlocker')) return null
      return finding('disk.encrypted:bitlocker', 'block', {}, [{ on: 'windows', text: 'manage-bde -off C:' }])
    },
  },
  {
    id: 'guest.unreadable',
    look({ volumes, isSystemRead }) {
      const unread = [...new Set(volumes.map(({ volume }) => volume))].filter((volume) => withFiles.includes(volume))
      if (isSystemRead || unread.length === 0) return null
      return finding('guest.unreadable', 'warn', { volumes: unread.join(', ') })
    },
  },
  {
    id: 'linux.lvm',
    look({ volumes, isSystemRead }) {
      if (!volumes.some(({ volume }) => volume === 'lvm')) return null
      return finding('linux.lvm', isSystemRead ? 'info' : 'warn')
    },
  },
]
