import { AppError } from '../../shared/errors'
import { detect, type Detected } from './detect'
import type { Disk, DiskSource } from './disk'
import { openFile } from './source'

const blockSize = 4 * 1024 * 1024

/**
 * Opens the disk in a file. Throws AppError `file.*` for what the file system says, `disk.format` (param `format`)
 * for a format that cannot be read, `disk.truncated` for a file that was cut off, `disk.truncated` and `disk.size` for a VHD
 * whose length and footer disagree.
 */
export async function openDisk(file: string): Promise<Disk> {
  const source = await openFile(file)
  try {
    return diskOf(source, await detect(source))
  } catch (error) {
    await source.close()
    throw error
  }
}

/** The disk in a source whose format is known. Same errors as `openDisk`. */
export function diskOf(source: DiskSource, detected: Detected): Disk {
  if (detected.isCutOff) throw new AppError('disk.truncated', {}, { message: `${source.size} bytes` })
  return {
    format: formatOf(detected),
    file: source.file ?? '',
    virtualSize: sizeOf(source, detected),
    blockSize,
    storedBytes: Math.min(source.storedBytes || source.size, source.size),
    modifiedMs: source.modifiedMs ?? 0,
    footer: detected.footer?.isChecksumRight && detected.footerLength === 512 ? detected.footer : null,
    isAllocated: () => true,
    // A fixed VHD is the raw disk with a footer behind it.
    read: (buffer, offset) => source.read(buffer, offset),
    assertUnchanged: async () => source.assertUnchanged?.(),
    close: async () => source.close?.(),
  }
}

function formatOf({ kind, footer }: Detected): 'raw' | 'vhd-fixed' {
  if (kind === 'raw') return kind
  if (kind === 'vhd-fixed' && footer?.type === 'fixed') return kind
  throw new AppError('disk.format', { format: kind })
}

function sizeOf(source: DiskSource, { kind, footer, footerLength }: Detected): number {
  if (kind === 'raw' || !footer) return source.size
  const stored = source.size - footerLength
  if (footer.currentSize > stored) {
    throw new AppError('disk.truncated', { expected: footer.currentSize, found: stored })
  }
  if (footer.currentSize < stored || footer.currentSize === 0) {
    throw new AppError('disk.size', { expected: footer.currentSize, found: stored })
  }
  return stored
}
