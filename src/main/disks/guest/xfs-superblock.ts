import type { ByteSource } from '../source'
import type { Damage } from './walk'

/** What the superblock says about where things are. */
export type Xfs = {
  bytes: ByteSource
  damage: Damage
  blockBytes: number
  blocksPerGroup: number
  groups: number
  /** Bits of a block's number inside its group, and of an inode's number inside its block. */
  groupBits: number
  inodeBits: number
  inodeBytes: number
  folderBlockBytes: number
  /** Version 5: blocks carry checksums, and their heads are longer. */
  isChecksummed: boolean
  /** Folders tell what kind of thing a name leads to. */
  hasKinds: boolean
  log: { block: number; blocks: number } | null
}

/** Everything up to parent pointers (Linux 6.14); what comes later may move what this reader looks for. */
const knownIncompatible = 0xff

/** Null when it is none, or tells of what this reader does not know. */
export function superblockOf(superblock: Buffer, bytes: ByteSource): Xfs | null {
  if (superblock.length < 512 || superblock.toString('latin1', 0, 4) !== 'XFSB') return null
  const version = superblock.readUInt16BE(100) & 15
  const isChecksummed = version === 5
  if (version !== 4 && !isChecksummed) return null
  if (isChecksummed && (superblock.readUInt32BE(216) & ~knownIncompatible) !== 0) return null
  const blockBytes = superblock.readUInt32BE(4)
  const inodeBytes = superblock.readUInt16BE(104)
  const [groupBits, inodeBits, folderBits] = [superblock[124]!, superblock[123]!, superblock[192]!]
  const blocksPerGroup = superblock.readUInt32BE(84)
  const logBlock = Number(superblock.readBigUInt64BE(48))
  const isPlausible =
    isPowerOfTwo(blockBytes, 512, 65_536) &&
    isPowerOfTwo(inodeBytes, 256, 2048) &&
    inodeBytes * 2 ** inodeBits === blockBytes &&
    groupBits <= 31 &&
    blocksPerGroup <= 2 ** groupBits &&
    isPowerOfTwo(blockBytes * 2 ** Math.min(folderBits, 16), 512, 65_536)
  if (!isPlausible) return null
  return {
    bytes,
    damage: { isFound: false },
    blockBytes,
    blocksPerGroup,
    groups: superblock.readUInt32BE(88),
    groupBits,
    inodeBits,
    inodeBytes,
    folderBlockBytes: blockBytes * 2 ** folderBits,
    isChecksummed,
    hasKinds: isChecksummed ? (superblock.readUInt32BE(216) & 1) !== 0 : (superblock.readUInt32BE(200) & 0x200) !== 0,
    log: logBlock === 0 ? null : { block: logBlock, blocks: superblock.readUInt32BE(96) },
  }
}

function isPowerOfTwo(value: number, from: number, to: number): boolean {
  return value >= from && value <= to && Number.isInteger(Math.log2(value))
}

/** Where a block lies in the volume, by its number that holds the group's. */
export function placeOf({ blocksPerGroup, groupBits, blockBytes }: Xfs, block: number): number {
  return (Math.floor(block / 2 ** groupBits) * blocksPerGroup + (block % 2 ** groupBits)) * blockBytes
}
