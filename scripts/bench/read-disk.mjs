// Reads what a disk image stores, as the upload does, and tells how long that took. Bundled; usage: read-disk FILE.
import { fixedVhdView } from '../../src/main/disks/azure-vhd'
import { openDisk } from '../../src/main/disks/open'

const chunkBytes = 4 * 2 ** 20
const readers = 4

async function read(file) {
  const disk = await openDisk(file)
  const source = await fixedVhdView(disk)
  const begun = performance.now()
  let next = 0
  let bytes = 0
  const reader = async () => {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes)
    while (next < source.dataBytes) {
      const at = next
      next += chunkBytes
      const length = Math.min(chunkBytes, source.dataBytes - at)
      if (!source.mayHoldData(at, length)) continue
      await source.read(buffer.subarray(0, length), at)
      bytes += length
    }
  }
  await Promise.all(Array.from({ length: readers }, reader))
  const seconds = (performance.now() - begun) / 1000
  await disk.close()
  process.stdout.write(`${JSON.stringify({ bytes, seconds })}\n`)
}

void read(process.argv[2])
