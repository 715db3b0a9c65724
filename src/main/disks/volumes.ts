import type { Partition, PartitionTable } from './partitions'
import { uuidOf, volumeOf, type Volume } from './signatures'
import { partOf, type ByteSource } from './source'

/** A partition, what is in it, and its bytes. */
export type FoundVolume = Partition & { volume: Volume; bytes: ByteSource; uuid: string | null }

export async function volumesOf(disk: ByteSource, table: PartitionTable): Promise<FoundVolume[]> {
  const found: FoundVolume[] = []
  for (const partition of table.partitions) {
    const bytes = partOf(disk, partition.offset, partition.size)
    const volume = await volumeOf(bytes)
    found.push({ ...partition, bytes, volume, uuid: await uuidOf(bytes, volume) })
  }
  return found
}
