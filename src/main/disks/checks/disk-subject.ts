import type { Generation } from '../../../shared/terms'
import type { LinuxSystem } from '../linux'
import type { Loaders } from '../loaders'
import type { Machine } from '../machine'
import type { PartitionTable } from '../partitions'
import type { FoundVolume } from '../volumes'
import type { WindowsSystem } from '../windows'

/** A disk as the checks see it that hold for every system. */
export type DiskSubject = {
  sizeBytes: number
  table: PartitionTable
  volumes: readonly FoundVolume[]
  loaders: Loaders
  boot: Boot
  linux: LinuxSystem | null
  windows: WindowsSystem | null
  /** A system was found and its files were read. */
  isSystemRead: boolean
  /** Whether it can be told if that system was generalized. */
  isStateKnown: boolean
  machine: Machine | null
}

/** How a machine could start from it. */
export type Boot = { generation: Generation | null; isV1: boolean; isV2: boolean }
