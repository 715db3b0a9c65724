import type { Image, Layout } from './layout'
import { finding } from '../findings'
import type { DiskSource } from '../disk'
import { refuse } from '../refusal'
import { footerBytes } from './vhd'

const blockSize = 4 * 1024 * 1024

/** A file that is the disk, byte for byte. */
export function readRaw({ source, detected }: Image): Layout {
  if (detected.isCutOff) refuse('disk.truncated', { bytes: source.size })
  return plainLayout(source, source.size)
}

/** A VHD of fixed size: the disk with a footer behind it. */
export function readFixedVhd(image: Image): Layout {
  const { source, detected } = image
  const { footer, footerLength } = detected
  if (!footer || footer.type !== 'fixed') refuse('disk.vhd.header:type')
  const stored = source.size - footerLength
  const sizes = { says: footer.currentSize, has: stored }
  if (footer.currentSize > stored) refuse('disk.truncated:footer', sizes)
  if (footer.currentSize < stored || stored === 0) refuse('disk.vhd.header', sizes)
  const layout = plainLayout(source, stored)
  if (footerLength < footerBytes) return { ...layout, findings: [finding('disk.vhd.footer', 'warn')] }
  if (!footer.isChecksumRight) return { ...layout, findings: [finding('disk.vhd.footer-checksum', 'warn')] }
  return { ...layout, footer, uniqueId: footer.uniqueId }
}

/** Bytes that are the disk, or a part of one. */
export function plainLayout(source: DiskSource, virtualSize: number): Layout {
  return {
    virtualSize,
    blockSize,
    storedBytes: Math.min(source.storedBytes || virtualSize, virtualSize),
    uniqueId: null,
    footer: null,
    // Node cannot ask a file for its holes, and finding them by reading costs what reading them does.
    isAllocated: () => true,
    read: (buffer, offset) => source.read(buffer, offset),
    findings: [],
  }
}
