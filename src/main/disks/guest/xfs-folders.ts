import type { Xfs } from './xfs-superblock'

export type FolderEntry = { name: string; inode: number }

const freeTag = 0xffff

/** The entries of a folder that fits into its inode. */
export function localEntries(fork: Buffer, sizeBytes: number, { hasKinds, damage }: Xfs): FolderEntry[] {
  const entries: FolderEntry[] = []
  // The second count is that of inode numbers which need 64 bits; then all of them have so many.
  const width = fork[1] === 0 ? 4 : 8
  let at = 2 + width
  for (let left = fork[1] === 0 ? fork[0]! : fork[1]!; left > 0 && at + 3 < fork.length; left--) {
    const nameAt = at + 3
    const inodeAt = nameAt + fork[at]! + (hasKinds ? 1 : 0)
    if (fork[at] === 0 || inodeAt + width > fork.length) {
      damage.isFound = true
      break
    }
    const inode = width === 4 ? fork.readUInt32BE(inodeAt) : Number(fork.readBigUInt64BE(inodeAt))
    entries.push({ name: fork.toString('utf8', nameAt, nameAt + fork[at]!), inode })
    at = inodeAt + width
  }
  // The inode tells how long all of it is.
  if (at !== sizeBytes) damage.isFound = true
  return entries
}

/** The entries in one block of a folder: a block that is the whole folder ends with its own hash table. */
export function blockEntries(block: Buffer, { isChecksummed, hasKinds, damage }: Xfs): FolderEntry[] {
  const magic = block.toString('latin1', 0, 4)
  const isWhole = magic === (isChecksummed ? 'XDB3' : 'XD2B')
  if (block.length < 64 || (!isWhole && magic !== (isChecksummed ? 'XDD3' : 'XD2D'))) {
    damage.isFound = true
    return []
  }
  const end = isWhole ? block.length - 8 - block.readUInt32BE(block.length - 8) * 8 : block.length
  const entries: FolderEntry[] = []
  for (let at = isChecksummed ? 64 : 16; at + 16 <= end;) {
    if (block.readUInt16BE(at) === freeTag) {
      const length = block.readUInt16BE(at + 2)
      if (length < 8) {
        damage.isFound = true
        break
      }
      at += length
      continue
    }
    const nameEnd = at + 9 + block[at + 8]!
    if (block[at + 8] === 0 || nameEnd > end) {
      damage.isFound = true
      break
    }
    entries.push({
      name: block.toString('utf8', at + 9, nameEnd),
      inode: Number(block.readBigUInt64BE(at)),
    })
    at += Math.ceil((9 + block[at + 8]! + (hasKinds ? 1 : 0) + 2) / 8) * 8
  }
  return entries
}
