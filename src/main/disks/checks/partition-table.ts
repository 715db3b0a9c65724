import { finding } from '../findings'
import type { Check } from './check'
import type { DiskSubject } from './disk-subject'

/** Of a disk with or without a table. */
export const tableChecks: readonly Check<DiskSubject>[] = [
  {
    id: 'disk.truncated',
    look({ table, sizeBytes }) {
      const end = Math.max(0, ...table.partitions.map(({ offset, size }) => offset + size))
      return end > sizeBytes ? finding('disk.truncated:partitions', 'block', { end, bytes: sizeBytes }) : null
    },
  },
]

const mend = [{ on: 'linux' as const, text: 'sudo sgdisk -e /dev/sda' }]

/** Of a disk with a GPT, or with what is left of one. */
export const gptChecks: readonly Check<DiskSubject>[] = [
  {
    id: 'disk.gpt.primary',
    look({ table }) {
      if (table.primary === null) return null
      return table.kind === null
        ? finding('disk.gpt.primary:lost', 'block')
        : finding('disk.gpt.primary', 'warn', {}, mend)
    },
  },
  {
    id: 'disk.gpt.backup',
    look({ table }) {
      if (table.kind === null) return 'unknown'
      return table.backup === null ? null : finding('disk.gpt.backup', 'info', {}, mend)
    },
  },
]
