// The peer: what an application gets that uploads with Azure's own library. Usage: sdk-upload.mjs page|block FILE, TARGET in the environment.
import { BlockBlobClient, PageBlobClient } from '@azure/storage-blob'
import { open, stat } from 'node:fs/promises'

const connections = 8
const chunkBytes = 4 * 2 ** 20
const [, , kind, file] = process.argv

if (kind === 'block') {
  await new BlockBlobClient(process.env.TARGET).uploadFile(file, { concurrency: connections, blockSize: 8 * 2 ** 20 })
} else {
  await uploadPages()
}

/** uploadPages of the library in parallel, with a buffer for each connection; whole chunks of zeros are left out. */
async function uploadPages() {
  const { size } = await stat(file)
  const zeros = Buffer.alloc(chunkBytes)
  const blob = new PageBlobClient(process.env.TARGET)
  const handle = await open(file)
  await blob.create(size)
  let next = 0
  const connection = async () => {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes)
    while (next < size) {
      const at = next
      next += chunkBytes
      const { bytesRead } = await handle.read(buffer, 0, Math.min(chunkBytes, size - at), at)
      const bytes = buffer.subarray(0, bytesRead)
      if (bytes.compare(zeros, 0, bytesRead) !== 0) await blob.uploadPages(bytes, at, bytesRead)
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  await handle.close()
}
