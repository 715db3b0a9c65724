import type { Finding, Inspection } from '../../shared/outputs'
import { openExt } from './ext'
import { isInFat } from './fat'
import { finding, sizeText } from './findings'
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
  if (isV2 && isV1) {
    const message = 'The disk can boot as generation 1 and as generation 2; generation 2 is proposed.'
    findings.push(finding('boot.generation', 'info', message, 'Choose the generation of the machine it came from.'))
  } else if (generation) {
    const how = generation === 'V2' ? 'by UEFI: generation 2' : 'by BIOS: generation 1'
    findings.push(finding('boot.generation', 'info', `The disk boots ${how}.`, 'Nothing to do.'))
  } else {
    const message = loaders.hasEsp
      ? 'The EFI system partition holds no boot loader at EFI/BOOT.'
      : 'Nothing to boot from was found: no EFI boot loader, no active partition with boot code.'
    const remedy = 'Choose the disk with the operating system; if it is that one, repair its boot loader.'
    findings.push(finding('boot.loader.missing', 'block', message, remedy))
  }
  if (loaders.arm64 && !loaders.x64) {
    const message = 'The boot loader is for Arm64 machines.'
    findings.push(finding('os.arch', 'warn', message, 'Choose an Arm64 image definition and Arm64 sizes.'))
  }
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
  if (end > diskSize) {
    const message = `The partitions reach to ${sizeText(end)}, but the disk ends at ${sizeText(diskSize)}.`
    findings.push(finding('disk.truncated', 'block', message, 'The file was cut off: export or copy the disk again.'))
  }
  if (table.primary && (table.kind === 'gpt' || table.backup)) {
    const isLost = table.kind === null
    const message = isLost
      ? `Both copies of the partition table are damaged: ${table.primary}.`
      : `The first copy of the partition table is damaged (${table.primary}); the second one is intact.`
    const remedy = isLost ? 'Export the disk again.' : 'Repair it in the machine: sgdisk -e /dev/sda.'
    findings.push(finding('disk.gpt.primary', isLost ? 'block' : 'warn', message, remedy))
  }
  if (table.kind === 'gpt' && table.backup) {
    const message = `The second copy of the partition table is not usable: ${table.backup}.`
    findings.push(finding('disk.gpt.backup', 'info', message, 'Harmless; sgdisk -e /dev/sda mends it.'))
  }
  return findings
}

function volumeFindings(found: Found[], encrypted: boolean, isSystemRead: boolean): Finding[] {
  const findings: Finding[] = []
  if (encrypted) {
    const message = 'A partition is encrypted; Azure could not start the system without its key.'
    findings.push(
      finding('disk.encrypted', 'block', message, 'Decrypt the disk fully in the machine, then export it again.'),
    )
  }
  if (found.some(({ volume }) => volume === 'lvm')) {
    const message = 'The system uses LVM volumes; what is in them was not checked.'
    findings.push(finding('linux.lvm', 'warn', message, 'Standard partitions are advised for images.'))
  }
  const unread = [...new Set(found.map(({ volume }) => volume))].filter((volume) => unreadVolumes.includes(volume))
  if (!isSystemRead && unread.length > 0) {
    const message = `The files on ${unread.join(', ')} partitions were not read, so nothing is known about them.`
    findings.push(finding('guest.unreadable', 'warn', message, 'Make sure yourself that the system is generalized.'))
  }
  return findings
}

const unreadVolumes: Volume[] = ['ext', 'xfs', 'btrfs', 'ntfs', 'refs', 'raid']
