import type { DiskFormat, Finding } from '../../shared/outputs'
import type { Generation } from '../../shared/terms'
import { paddedSize } from './azure-vhd'
import type { Detected } from './detect'
import type { Disk } from './disk'
import { finding } from './findings'
import { footerBytes } from './vhd'

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3

/** What is to be said about the file around the disk, before anything inside is looked at. */
export function containerFindings(detected: Detected, fileSize: number, name: string | null): Finding[] {
  if (detected.isCutOff) {
    return [finding('disk.truncated', 'block', { bytes: fileSize })]
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
  if (padding > 0) findings.push(finding('disk.size.alignment', 'warn', { padding }))
  if (paddedSize(size) < 20 * mebibyte) findings.push(finding('disk.size.min', 'block', { bytes: size }))
  if (paddedSize(size) > limit) findings.push(finding('disk.size.max', 'block', { bytes: size, limit }))
  if (size > 64 * gibibyte && disk.storedBytes < size / 4) {
    findings.push(finding('disk.size.cost', 'info', { bytes: size, stored: disk.storedBytes }))
  }
  return findings
}

function refusalOf({ kind, footer }: Detected): Finding | null {
  switch (kind) {
    case 'raw':
      return null
    case 'vhd-fixed':
      return footer?.type === 'fixed' ? null : finding('disk.vhd.header:type', 'block')
    case 'vhd-differencing':
      return finding('disk.differencing', 'block')
    case 'vhd-dynamic':
      return unsupported(kind, 'vpc')
    case 'vhdx':
    case 'qcow2':
    case 'vmdk':
    case 'vdi':
      return unsupported(kind, kind)
    case 'iso9660':
      return finding('disk.format.iso', 'block')
    case 'gzip':
    case 'xz':
    case 'zstd':
    case 'bzip2':
    case 'zip':
    case '7z':
      return finding('disk.format.compressed', 'block', { kind })
    case 'tar':
      return finding('disk.format.compressed:tar', 'block')
    case 'wim':
      return finding('disk.format.unknown:wim', 'block')
    case 'unknown':
      return finding('disk.format.unknown', 'block')
  }
}

function unsupported(format: DiskFormat, qemuName: string): Finding {
  const text = `qemu-img convert -f ${qemuName} -O vpc -o subformat=fixed,force_size FILE disk.vhd`
  return finding('disk.format.unsupported', 'block', { format }, [{ on: 'here', text }])
}

function footerFindings({ footer, footerLength }: Detected, fileSize: number): Finding[] {
  if (!footer) return []
  const stored = fileSize - footerLength
  const sizes = { says: footer.currentSize, has: stored }
  if (footer.currentSize > stored) return [finding('disk.truncated:footer', 'block', sizes)]
  if (footer.currentSize < stored || footer.currentSize === 0) return [finding('disk.vhd.header', 'block', sizes)]
  if (footerLength < footerBytes) return [finding('disk.vhd.footer', 'warn')]
  return footer.isChecksumRight ? [] : [finding('disk.vhd.footer-checksum', 'warn')]
}

function nameFindings({ kind }: Detected, name: string | null): Finding[] {
  const extension = name ? /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() : undefined
  if (kind === 'raw' && extension === 'vhd') return [finding('disk.vhd.footer:missing', 'warn')]
  const others = kind === 'raw' ? ['vhdx', 'qcow2', 'vmdk', 'vdi'] : ['vhdx', 'qcow2', 'vmdk', 'vdi', 'raw', 'img']
  if (!extension || !others.includes(extension)) return []
  return [finding('disk.format.extension', 'warn', { extension, format: kind })]
}
