import { bytesAt } from '../source'
import { placeOf, type Xfs } from './xfs-superblock'

const sectorBytes = 512
const recordMagic = 0xfeedbabe
/** A record has 256 KiB at most, and a head of up to eight sectors. */
const maxRecordSectors = 512 + 8
const unmountFlag = 0x20

/**
 * Whether the last record in the log is that of an unmount: else there are changes that are nowhere but in the log.
 * As the kernel finds it (fs/xfs/xfs_log_recover.c): each sector begins with the number of the round it was written in.
 * A log on another device counts as clean: it cannot be looked at.
 */
export async function isLogClean(xfs: Xfs): Promise<boolean> {
  if (!xfs.log) return true
  const start = placeOf(xfs, xfs.log.block)
  const sectors = Math.floor((xfs.log.blocks * xfs.blockBytes) / sectorBytes)
  if (sectors < 2 || start + sectors * sectorBytes > xfs.bytes.size) return false
  const sector = (number: number) => bytesAt(xfs.bytes, start + number * sectorBytes, sectorBytes)
  const round = async (number: number) => {
    const bytes = await sector(number)
    return bytes.readUInt32BE(bytes.readUInt32BE(0) === recordMagic ? 4 : 0)
  }
  const head = await headOf(round, sectors)
  for (let back = 1; back <= Math.min(maxRecordSectors, sectors); back++) {
    const at = (head - back + sectors) % sectors
    const record = await sector(at)
    if (record.readUInt32BE(0) !== recordMagic) continue
    const headSectors = headSectorsOf(record)
    const operation = await sector((at + headSectors) % sectors)
    return record.readUInt32BE(40) === 1 && (operation[9]! & unmountFlag) !== 0 && back === headSectors + 1
  }
  return false
}

/** The first sector that was not written in the present round. */
async function headOf(round: (sector: number) => Promise<number>, sectors: number): Promise<number> {
  const present = await round(0)
  if ((await round(sectors - 1)) === present) return 0
  let [written, old] = [0, sectors - 1]
  while (old - written > 1) {
    const middle = Math.floor((written + old) / 2)
    if ((await round(middle)) === present) written = middle
    else old = middle
  }
  return old
}

/** Records larger than 32 KiB (log version 2) have one sector of head for each such part. */
function headSectorsOf(record: Buffer): number {
  const isSecond = (record.readUInt32BE(8) & 2) !== 0
  return isSecond ? Math.min(8, Math.max(1, Math.ceil(record.readUInt32BE(320) / 32_768))) : 1
}
