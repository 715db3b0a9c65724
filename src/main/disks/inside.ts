import { agentFor } from '../../shared/node-agents'
import type { Inspection } from '../../shared/outputs'
import { bootChecks, bootOf } from './checks/boot'
import { runChecks, type Checked } from './checks/check'
import { judgeLinux, linuxChecks, type Judged } from './checks/linux'
import { gptChecks, tableChecks } from './checks/partition-table'
import { volumeChecks } from './checks/volumes'
import { judgeWindows, windowsChecks } from './checks/windows'
import { findLinux, type LinuxSystem } from './linux'
import { loadersOf, type Loaders } from './loaders'
import type { Machine } from './machine'
import { readPartitions, type PartitionTable } from './partitions'
import type { Volume } from './signatures'
import type { ByteSource } from './source'
import { volumesOf, type FoundVolume } from './volumes'
import { findWindows, type WindowsSystem } from './windows'

export type Inside = Omit<Pick<Inspection, SeenInside>, keyof Checked> & Checked

type SeenInside = 'partitionTable' | 'generation' | 'os' | 'generalized' | 'encrypted' | 'architecture' | 'nodeAgent'

/** What is known of a disk before it is looked into. */
export const notLookedInto: Inside = {
  partitionTable: null,
  generation: null,
  os: null,
  generalized: null,
  encrypted: false,
  findings: [],
  passed: [],
  unknown: [...tableChecks, ...bootChecks, ...volumeChecks]
    .map(({ id }) => id)
    .concat('os.identified', 'azure.extensions'),
}

/** Looks at what a machine would find on the disk: partitions, how it would boot, and whose system it is. */
export async function lookInside(disk: ByteSource): Promise<Inside> {
  const table = await readPartitions(disk)
  const volumes = await volumesOf(disk, table)
  const loaders = await loadersOf(volumes)
  const type = osTypeOf(volumes, loaders)
  const linux = type === 'Linux' ? await findLinux(volumes) : null
  const windows = type === 'Windows' ? await findWindows(volumes) : null
  const system = linux ? judgeLinux(linux) : windows ? judgeWindows(windows) : unread(type)
  const machine = machineOfDisk(loaders, linux, windows)
  const boot = bootOf(table, loaders)
  const agent = system.os && agentFor(system.os)
  const isSystemRead = linux !== null || windows !== null
  const isStateKnown = !system.unknown.some((id) => id === 'linux.generalized' || id === 'windows.generalized')
  const found = { linux, windows, isSystemRead, isStateKnown, machine }
  const subject = { sizeBytes: disk.size, table, volumes, loaders, boot, ...found }
  const checked = runChecks(diskChecks(table), subject)
  return {
    partitionTable: table.kind,
    generation: boot.generation,
    os: system.os,
    generalized: system.generalized,
    encrypted: volumes.some(({ volume }) => volume === 'luks' || volume === 'bitlocker'),
    ...(machine && machine !== 'other' && { architecture: machine }),
    ...(agent && { nodeAgent: agent }),
    findings: [...checked.findings, ...system.findings],
    passed: [...checked.passed, ...system.passed],
    unknown: [...checked.unknown, ...system.unknown],
  }
}

function diskChecks(table: PartitionTable) {
  const isGpt = table.kind === 'gpt' || table.primary !== null
  return [...tableChecks, ...(isGpt ? gptChecks : []), ...bootChecks, ...volumeChecks]
}

/** A system that is there, but whose files could not be read. */
function unread(type: 'Linux' | 'Windows' | null): Judged {
  const checks = type === 'Linux' ? linuxChecks : type === 'Windows' ? windowsChecks : []
  const unknown = checks.map(({ id }) => id)
  return { os: type && { type, id: null, versionId: null }, generalized: null, findings: [], passed: [], unknown }
}

function machineOfDisk(loaders: Loaders, linux: LinuxSystem | null, windows: WindowsSystem | null): Machine | null {
  const byName = loaders.x64 || loaders.windows ? 'x64' : loaders.arm64 ? 'Arm64' : null
  return linux?.kernel.machine ?? windows?.machine ?? loaders.machine ?? byName
}

function osTypeOf(volumes: readonly FoundVolume[], loaders: Loaders): 'Linux' | 'Windows' | null {
  const has = (...kinds: Volume[]) => volumes.some(({ volume }) => kinds.includes(volume))
  if (has('ext', 'xfs', 'btrfs', 'lvm', 'raid', 'luks') && !loaders.windows) return 'Linux'
  return has('ntfs', 'bitlocker') ? 'Windows' : null
}
