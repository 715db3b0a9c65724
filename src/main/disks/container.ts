import type { DiskFormat, Finding } from '../../shared/outputs'
import type { Generation } from '../../shared/terms'
import { paddedSize } from './azure-vhd'
import type { Detected } from './detect'
import type { Disk } from './disk'
import { finding } from './findings'
import type { Image } from './formats/layout'
import { quoted } from './quoted'
import { refuse } from './refusal'

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3
/** Azure's limits: https://learn.microsoft.com/azure/virtual-machines/windows/prepare-for-upload-vhd-image */
const largest = { V1: 2048 * gibibyte, V2: 4095 * gibibyte }

/** Refuses a file that is no disk, by the name it has and with what to do. */
export function refuseUnreadable({ source, detected: { other, volume, isCutOff } }: Image): never {
  if (isCutOff) refuse('disk.truncated', { bytes: source.size })
  if (volume) refuse('disk.format.unknown:volume', { volume })
  const name = quoted(source.file ?? '')
  if (!other) refuse('disk.format.unknown')
  const { kind, command } = other
  refuse(
    other.key,
    kind ? { kind } : {},
    command ? [{ ...command, text: command.text.replace('FILE', () => name) }] : [],
  )
}

/** Whether the name of a file promises something else than what it holds. */
export function nameFindings({ kind }: Detected, name: string | null): Finding[] {
  const extension = name ? /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() : undefined
  if (!extension || !isDiskExtension(extension)) return []
  if (kind === 'raw' && extension === 'vhd') return [finding('disk.vhd.footer:missing', 'warn')]
  return extensions[kind]?.includes(extension)
    ? []
    : [finding('disk.format.extension', 'warn', { extension, format: kind })]
}

/** Refuses a disk that no machine of Azure can have before its tables are read: they would be as large. */
export function refuseTooLarge(virtualSize: number): void {
  if (!(virtualSize <= largest.V2)) refuse('disk.size.max', { bytes: virtualSize, limit: largest.V2 })
}

/** What is to be said about the size of a disk. `generation` null: the larger limit counts. */
export function sizeFindings(disk: Disk, generation: Generation | null): Finding[] {
  const findings: Finding[] = []
  const size = disk.virtualSize
  const padding = paddedSize(size) - size
  const limit = largest[generation ?? 'V2']
  if (padding > 0) findings.push(finding('disk.size.alignment', 'warn', { padding }))
  if (paddedSize(size) < 20 * mebibyte) findings.push(finding('disk.size.min', 'block', { bytes: size }))
  if (paddedSize(size) > limit) findings.push(finding('disk.size.max', 'block', { bytes: size, limit }))
  if (size > 64 * gibibyte && disk.storedBytes < size / 4) {
    findings.push(finding('disk.size.cost', 'info', { bytes: size, stored: disk.storedBytes }))
  }
  return findings
}

const extensions: Partial<Record<DiskFormat, string[]>> = {
  raw: ['raw', 'img'],
  'vhd-fixed': ['vhd'],
  'vhd-dynamic': ['vhd'],
  'vhd-differencing': ['vhd', 'avhd'],
  vhdx: ['vhdx', 'avhdx'],
  qcow2: ['qcow2', 'qcow', 'img'],
  vmdk: ['vmdk'],
  vdi: ['vdi'],
}

function isDiskExtension(extension: string): boolean {
  return Object.values(extensions).some((known) => known.includes(extension))
}
