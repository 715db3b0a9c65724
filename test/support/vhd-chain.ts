import { open, readFile, stat } from 'node:fs/promises'
import path from 'node:path'

const blockSize = 2 * 1024 * 1024
const sectorBytes = 512

export type ChainOptions = {
  /** Name of the parent as it stands in the child; that of the parent's file when absent. */
  parentName?: string
  /** 32 hexadecimal digits; those of the parent when absent. */
  parentId?: string
  /** How the locator of the name is coded; the name stands in the header too. */
  locator?: 'W2ru' | 'W2ku' | 'none'
}

/**
 * A differencing VHD, written field by field as the specification has it: qemu-img makes none. `sectors`: content by number of
 * the sector; everything else comes from the parent, whose size it takes over.
 */
export async function differencingVhd(
  file: string,
  parent: string,
  sectors: Map<number, Buffer>,
  options: ChainOptions = {},
): Promise<void> {
  const footerOfParent = await lastSector(parent)
  const size = Number(footerOfParent.readBigUInt64BE(48))
  const count = Math.ceil(size / blockSize)
  const name = options.parentName ?? path.basename(parent)
  const id = Buffer.from(options.parentId ?? footerOfParent.toString('hex', 68, 84), 'hex')

  const footer = Buffer.from(footerOfParent)
  footer.writeBigUInt64BE(512n, 16)
  footer.writeUInt32BE(4, 60)
  footer.fill(Buffer.from(`${path.basename(file)}${' '.repeat(16)}`.slice(0, 16)), 68, 84)
  seal(footer, 64)

  const header = Buffer.alloc(1024)
  header.write('cxsparse')
  header.fill(0xff, 8, 16)
  header.writeBigUInt64BE(2048n, 16)
  header.writeUInt32BE(0x10000, 24)
  header.writeUInt32BE(count, 28)
  header.writeUInt32BE(blockSize, 32)
  id.copy(header, 40)
  Buffer.from(name, 'utf16le').swap16().copy(header, 64)
  const path16 = Buffer.from(name, 'utf16le')
  if (options.locator !== 'none') {
    header.write(options.locator ?? 'W2ru', 576)
    header.writeUInt32BE(512, 580)
    header.writeUInt32BE(path16.length, 584)
    header.writeBigUInt64BE(1536n, 592)
  }
  seal(header, 36)

  const table = Buffer.alloc(Math.ceil((count * 4) / sectorBytes) * sectorBytes, 0xff)
  const blocks: Buffer[] = []
  const first = (2048 + table.length) / sectorBytes
  for (const block of new Set([...sectors.keys()].map((sector) => Math.floor((sector * sectorBytes) / blockSize)))) {
    table.writeUInt32BE(first + blocks.length * (1 + blockSize / sectorBytes), block * 4)
    blocks.push(blockOf(block, sectors))
  }
  const handle = await open(file, 'w')
  const locator = Buffer.alloc(512)
  path16.copy(locator)
  await handle.writev([footer, header, locator, table, ...blocks, footer])
  await handle.close()
}

/** Bitmap and data of one block; sectors that are not its own hold rubbish, which must never be seen. */
function blockOf(block: number, sectors: Map<number, Buffer>): Buffer {
  const bytes = Buffer.alloc(sectorBytes + blockSize, 0xaa)
  bytes.fill(0, 0, sectorBytes)
  for (let inside = 0; inside < blockSize / sectorBytes; inside++) {
    const content = sectors.get((block * blockSize) / sectorBytes + inside)
    if (!content) continue
    bytes[inside >> 3]! |= 0x80 >> (inside & 7)
    content.copy(bytes, sectorBytes + inside * sectorBytes)
  }
  return bytes
}

async function lastSector(file: string): Promise<Buffer> {
  const { size } = await stat(file)
  return Buffer.from((await readFile(file)).subarray(size - 512))
}

function seal(structure: Buffer, place: number): void {
  structure.writeUInt32BE(0, place)
  structure.writeUInt32BE(~structure.reduce((sum, byte) => sum + byte, 0) >>> 0, place)
}
