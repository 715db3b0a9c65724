import type { Finding, Inspection } from '../../shared/outputs'
import { openExt } from './ext'
import { isInFat } from './fat'
import { finding } from './findings'
import { readLinux, type LinuxGuest } from './linux'
import { readPartitions, type Partition, type PartitionTable } from './partitions'
import { volumeOf, type Volume } from './signatures'
import { partOf, type ByteSource } from './source'

export type Inside = Pick<Inspection, 'partitionTable' | 'generation' | 'os' | 'generalized' | 'encrypted' | 'findings'>

type Found = Partition & { volume: Volume; bytes: ByteSource }
type Loaders = { x64: boolean; arm64: boolean; windows: boolean; hasEsp: boolean }

/** Looks at what a machine would find on the disk: partitions, how it would boot, and whose system it is. */
export async function lookInside(disk: ByteSource): Promise<Inside> {
  const table = await readPartitions(disk)
  const found: Found[] = []
  for (const partition of table.partitions) {
    const bytes = partOf(disk, partition.offset, partition.size)
    found.push({ ...partition, bytes, volume: await volumeOf(bytes) })
  }
  const loaders = await loadersOf(found)
  const boot = bootOf(table, loaders)
  const encrypted = found.some(({ volume }) => volume === 'luks' || volume === 'bitlocker')
  const type = osTypeOf(found, loaders)
  const linux = type === 'Linux' ? await linuxOf(found) : null
  const findings = [
    ...tableFindings(table, disk.size),
    ...boot.findings,
    ...volumeFindings(found, encrypted, linux !== null),
    ...(linux?.findings ?? []),
  ]
  return {
    partitionTable: table.kind,
    generation: boot.generation,
    os: linux?.os ?? (type ? { type, id: null, versionId: null } : null),
    generalized: linux?.generalized ?? null,
    encrypted,
    findings,
  }
}

async function loadersOf(found: Found[]): Promise<Loaders> {
  const loaders = { x64: false, arm64: false, windows: false, hasEsp: false }
  for (const { bytes } of found.filter(({ kind }) => kind === 'esp').slice(0, 4)) {
    loaders.hasEsp = true
    loaders.x64 ||= await isInFat(bytes, 'EFI/BOOT/BOOTX64.EFI')
    loaders.arm64 ||= await isInFat(bytes, 'EFI/BOOT/BOOTAA64.EFI')
    // The 8.3 name that Windows gives to the folder `Microsoft`.
    loaders.windows ||= await isInFat(bytes, 'EFI/MICROS~1/BOOT/BOOTMGFW.EFI')
  }
  return loaders
}

/** The first ext volume with a system on it; damaged tables inside lead to none. */
async function linuxOf(found: Found[]): Promise<LinuxGuest | null> {
  for (const { bytes } of found.filter(({ volume }) => volume === 'ext').slice(0, 8)) {
    const root = await openExt(bytes)
    const guest = root ? await readLinux(root) : null
    if (guest) return guest
  }
  return null
}

function bootOf(table: PartitionTable, loaders: Loaders): Pick<Inside, 'generation' | 'findings'> {
  const isV2 = loaders.x64 || loaders.arm64 || loaders.windows
  const isActive = table.kind === 'mbr' && table.partitions.some((partition) => partition.isActive)
  const isV1 = table.hasBootCode && (isActive || table.partitions.some(({ kind }) => kind === 'bios-boot'))
  const generation = isV2 ? 'V2' : isV1 ? 'V1' : null
  const findings: Finding[] = []
  if (isV2 && isV1) findings.push(finding('boot.generation:both', 'info'))
  else if (generation) findings.push(finding('boot.generation', 'info', { generation: generation === 'V2' ? 2 : 1 }))
  else findings.push(finding(loaders.hasEsp ? 'boot.loader.missing:esp' : 'boot.loader.missing', 'block'))
  if (loaders.arm64 && !loaders.x64) findings.push(finding('os.arch', 'warn'))
  return { generation, findings }
}

function osTypeOf(found: Found[], loaders: Loaders): 'Linux' | 'Windows' | null {
  const has = (...volumes: Volume[]) => found.some(({ volume }) => volumes.includes(volume))
  if (has('ext', 'xfs', 'btrfs', 'lvm', 'raid', 'luks') && !loaders.windows) return 'Linux'
  return has('ntfs', 'bitlocker') ? 'Windows' : null
}

function tableFindings(table: PartitionTable, diskSize: number): Finding[] {
  const findings: Finding[] = []
  const end = Math.max(0, ...table.partitions.map(({ offset, size }) => offset + size))
  if (end > diskSize) findings.push(finding('disk.truncated:partitions', 'block', { end, bytes: diskSize }))
  const mend = [{ on: 'linux' as const, text: 'sudo sgdisk -e /dev/sda' }]
  if (table.primary && table.kind === null) findings.push(finding('disk.gpt.primary:lost', 'block'))
  else if (table.primary && table.kind === 'gpt') findings.push(finding('disk.gpt.primary', 'warn', {}, mend))
  if (table.kind === 'gpt' && table.backup) findings.push(finding('disk.gpt.backup', 'info', {}, mend))
  return findings
}

function volumeFindings(found: Found[], encrypted: boolean, isSystemRead: boolean): Finding[] {
  const findings: Finding[] = []
  if (encrypted) findings.push(finding('disk.encrypted', 'block'))
  if (found.some(({ volume }) => volume === 'lvm')) findings.push(finding('linux.lvm', 'warn'))
  const unread = [...new Set(found.map(({ volume }) => volume))].filter((volume) => unreadVolumes.includes(volume))
  if (!isSystemRead && unread.length > 0) {
    findings.push(finding('guest.unreadable', 'warn', { volumes: unread.join(', ') }))
  }
  return findings
}

const unreadVolumes: Volume[] = ['ext', 'xfs', 'btrfs', 'ntfs', 'refs', 'raid']
