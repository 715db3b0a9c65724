import { logicalVolumesOf } from './guest/lvm'
import type { Partition, PartitionTable } from './partitions'
import { uuidOf, volumeOf, type Volume } from './signatures'
import { partOf, sourceOfBytes, type ByteSource } from './source'

/** A partition or a logical volume in one, what is in it, and its bytes. */
export type FoundVolume = Partition & { volume: Volume; bytes: ByteSource; uuid: string | null }

export async function volumesOf(disk: ByteSource, table: PartitionTable): Promise<FoundVolume[]> {
  const found: FoundVolume[] = []
  for (const partition of table.partitions) {
    const bytes = partOf(disk, partition.offset, partition.size)
    const volume = await volumeOf(bytes)
    found.push({ ...partition, bytes, volume, uuid: await uuidOf(bytes, volume) })
    if (volume === 'lvm') found.push(...(await logicalIn(partition, bytes)))
  }
  return found
}

/** What is in the logical volumes of a partition; `unknown` where they cannot be put together. */
async function logicalIn(partition: Partition, bytes: ByteSource): Promise<FoundVolume[]> {
  const unread = { name: '', bytes: null }
  const found: FoundVolume[] = []
  for (const logical of (await logicalVolumesOf(bytes)) ?? [unread]) {
    const inside = logical.bytes ?? sourceOfBytes(Buffer.alloc(0))
    const volume = await volumeOf(inside)
    const facts = { ...partition, size: inside.size, kind: 'other' as const, isActive: false }
    found.push({ ...facts, bytes: inside, volume, uuid: await uuidOf(inside, volume) })
  }
  return found
}
