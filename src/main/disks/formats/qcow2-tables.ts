import type { Finding } from '../../../shared/outputs'
import { quoted } from '../quoted'
import { entryIn } from './qcow2-entry'
import type { Qcow2Header } from './qcow2-header'
import type { Image } from './layout'
import { Qcow2Walk } from './qcow2-walk'
import { tableReader } from './table-reader'

const smallestBlock = 64 * 1024
export type Qcow2Tables = {
  /** Where the second tables lie, 0 for one that is not there. */
  second: Float64Array
  blockSize: number
  /** A bit per block. */
  stored: Uint8Array
  storedBytes: number
  findings: Finding[]
}

/** Walks through all tables once: every cluster inside of the file, none of them twice, and as the file counts them itself. */
export async function readTables(image: Image, header: Qcow2Header): Promise<Qcow2Tables> {
  const walk = new Qcow2Walk(image.source, header)
  const blockSize = Math.max(header.clusterSize, smallestBlock)
  const stored = new Uint8Array(Math.ceil(header.size / blockSize / 8))
  const width = header.isExtended ? 16 : 8
  const perTable = header.clusterSize / width
  const clusters = Math.ceil(header.size / header.clusterSize)
  const second = await walk.firstTable(Math.ceil(clusters / perTable))
  const tableBytes = tableReader(image.source, 'qcow2')
  let storedClusters = 0
  for (let number = 0; number < second.length; number++) {
    if (second[number] === 0) continue
    const table = await tableBytes(second[number]!, header.clusterSize)
    for (let index = 0; index < perTable; index++) {
      // Most of a table is empty.
      if (table.readUInt32BE(index * width + 4) === 0 && table.readUInt32BE(index * width) === 0 && width === 8)
        continue
      const cluster = number * perTable + index
      const entry = entryIn(table, index, header) ?? walk.damaged()
      const needed = Math.min(header.clusterSize, header.size - cluster * header.clusterSize)
      walk.take(table, index * width, entry, needed)
      if (cluster >= clusters && entry.kind !== 'absent') walk.beyond++
      if (cluster >= clusters || entry.kind === 'absent' || entry.kind === 'zeros') continue
      const block = Math.floor((cluster * header.clusterSize) / blockSize)
      stored[block >> 3]! |= 1 << (block & 7)
      storedClusters++
    }
  }
  const findings = await walk.compared(quoted(image.source.file ?? ''))
  return { second, blockSize, stored, storedBytes: storedClusters * header.clusterSize, findings }
}
