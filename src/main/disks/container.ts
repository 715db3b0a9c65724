import type { Finding } from '../../shared/outputs'
import type { Generation } from '../../shared/terms'
import { paddedSize } from './azure-vhd'
import type { Detected } from './detect'
import type { Disk } from './disk'
import { finding, sizeText } from './findings'
import { footerBytes } from './vhd'

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3
const exportAgain = 'Export or copy the disk again from the program that made it, and compare the sizes.'

/** What is to be said about the file around the disk, before anything inside is looked at. */
export function containerFindings(detected: Detected, fileSize: number, name: string | null): Finding[] {
  if (detected.isCutOff) {
    const message = `The file is cut off: it begins as a disk does, but ends in the middle of a sector (${fileSize} bytes).`
    return [finding('disk.truncated', 'block', message, exportAgain)]
  }
  const refusal = refusalOf(detected)
  if (refusal) return [refusal]
  return [...(detected.footer ? footerFindings(detected, fileSize) : []), ...nameFindings(detected, name)]
}

/** Whether a disk can be read out of the file at all, given what was found about the container. */
export function isReadable({ kind }: Detected, findings: Finding[]): boolean {
  return (kind === 'raw' || kind === 'vhd-fixed') && findings.every(({ severity }) => severity !== 'block')
}

/** Azure's limits: https://learn.microsoft.com/azure/virtual-machines/windows/prepare-for-upload-vhd-image */
export function sizeFindings(disk: Disk, generation: Generation | null): Finding[] {
  const findings: Finding[] = []
  const size = disk.virtualSize
  const padding = paddedSize(size) - size
  const limit = generation === 'V1' ? 2048 * gibibyte : 4095 * gibibyte
  if (padding > 0) {
    const message = `The disk's size is not a whole number of MiB; ${sizeText(padding)} of zeros are added at its end.`
    findings.push(finding('disk.size.alignment', 'warn', message, 'Nothing to do: this is mended during upload.'))
  }
  if (paddedSize(size) < 20 * mebibyte) {
    const message = `The disk has ${sizeText(size)}; Azure takes none below 20 MiB.`
    findings.push(finding('disk.size.min', 'block', message, 'Choose the disk that holds the operating system.'))
  }
  if (paddedSize(size) > limit) {
    const message = `The disk has ${sizeText(size)}; an operating system disk may have ${sizeText(limit)} at most.`
    findings.push(
      finding('disk.size.max', 'block', message, 'Shrink the partitions and the disk, then export it again.'),
    )
  }
  if (size > 64 * gibibyte && disk.storedBytes < size / 4) {
    const message = `The disk has ${sizeText(size)} and holds at most ${sizeText(disk.storedBytes)}. Azure charges by the size of the disk.`
    findings.push(finding('disk.size.cost', 'info', message, 'Shrink the disk if every node does not need that room.'))
  }
  return findings
}

function refusalOf({ kind, footer }: Detected): Finding | null {
  const convert = (from: string) =>
    `Convert it: qemu-img convert -f ${from} -O vpc -o subformat=fixed,force_size FILE disk.vhd`
  const unpack = 'Unpack it first, then choose the disk image that was in it.'
  switch (kind) {
    case 'raw':
      return null
    case 'vhd-fixed':
      return footer?.type === 'fixed'
        ? null
        : finding('disk.vhd.header', 'block', 'The VHD footer names a disk type that does not exist.', exportAgain)
    case 'vhd-dynamic':
      return unsupported('a dynamic VHD', convert('vpc'))
    case 'vhd-differencing': {
      const message = 'This is a differencing VHD: it holds only the changes against another disk.'
      return finding('disk.differencing', 'block', message, 'Merge the checkpoint into its parent first.')
    }
    case 'vhdx':
    case 'qcow2':
    case 'vmdk':
    case 'vdi':
      return unsupported(`a ${kind.toUpperCase()} image`, convert(kind))
    case 'iso9660': {
      const message = 'This is an installation medium (ISO), not a disk with an installed system.'
      return finding('disk.format.iso', 'block', message, 'Install from it into a virtual machine and use its disk.')
    }
    case 'gzip':
    case 'xz':
    case 'zstd':
    case 'bzip2':
    case 'zip':
    case '7z':
      return finding('disk.format.compressed', 'block', `This is a file compressed with ${kind}, not a disk.`, unpack)
    case 'tar':
      return finding(
        'disk.format.compressed',
        'block',
        'This is a tar archive (OVA appliances are), not a disk.',
        unpack,
      )
    case 'wim': {
      const message = 'This is a Windows image file (WIM), not a disk.'
      return finding('disk.format.unknown', 'block', message, 'Apply it to a virtual machine and use its disk.')
    }
    case 'unknown': {
      const message = 'This is not a disk image: it has no partition table and no known format.'
      return finding('disk.format.unknown', 'block', message, 'Choose a disk image; if it was one, export it again.')
    }
  }
}

function unsupported(what: string, remedy: string): Finding {
  return finding('disk.format.unsupported', 'block', `This is ${what}; so far only fixed VHDs can be uploaded.`, remedy)
}

function footerFindings({ footer, footerLength }: Detected, fileSize: number): Finding[] {
  if (!footer) return []
  const stored = fileSize - footerLength
  if (footer.currentSize > stored) {
    const message = `The file is cut off: its footer says ${sizeText(footer.currentSize)}, there are ${sizeText(stored)}.`
    return [finding('disk.truncated', 'block', message, exportAgain)]
  }
  if (footer.currentSize < stored || footer.currentSize === 0) {
    const message = `The footer says ${sizeText(footer.currentSize)}, but the file holds ${sizeText(stored)} of data.`
    return [finding('disk.vhd.header', 'block', message, exportAgain)]
  }
  const mended = 'Nothing to do: a correct footer is written during upload.'
  if (footerLength < footerBytes) {
    const message = 'The VHD footer has 511 bytes, as very old programs wrote it.'
    return [finding('disk.vhd.footer', 'warn', message, mended)]
  }
  if (!footer.isChecksumRight) {
    return [finding('disk.vhd.footer-checksum', 'warn', 'The checksum of the VHD footer is wrong.', mended)]
  }
  return []
}

function nameFindings({ kind }: Detected, name: string | null): Finding[] {
  const extension = name ? /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() : undefined
  if (kind === 'raw' && extension === 'vhd') {
    const message = 'The file is named .vhd but has no VHD footer; it is read as a raw disk.'
    const remedy = 'A correct footer is written during upload. Make sure that the file is complete.'
    return [finding('disk.vhd.footer', 'warn', message, remedy)]
  }
  const others = kind === 'raw' ? ['vhdx', 'qcow2', 'vmdk', 'vdi'] : ['vhdx', 'qcow2', 'vmdk', 'vdi', 'raw', 'img']
  if (!extension || !others.includes(extension)) return []
  const message = `The file is named .${extension} but is a ${kind === 'raw' ? 'raw disk' : 'fixed VHD'}; it is read as that.`
  return [finding('disk.format.extension', 'warn', message, 'Nothing to do if this is the right file.')]
}
