import { open } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { mebibyte, qemuImage } from './disks'

const pageBytes = 512

/** A piece of a disk that was written to; a seed of 0 stands for zeros. */
export type Written = { page: number; pages: number; seed: number }
export type AnyDisk = { sizeMiB: number; written: Written[] }

/** Disks of up to 12 MiB: single pages, runs over the borders of chunks, zeros among them. */
export const anyDisk: fc.Arbitrary<AnyDisk> = fc
  .integer({ min: 1, max: 12 })
  .chain((sizeMiB) =>
    fc.record({ sizeMiB: fc.constant(sizeMiB), written: fc.array(written(sizeMiB), { maxLength: 8 }) }),
  )

function written(sizeMiB: number): fc.Arbitrary<Written> {
  const pages = (sizeMiB * mebibyte) / pageBytes
  const borders = Array.from({ length: sizeMiB }, (_, at) => (at * mebibyte) / pageBytes)
  const page = fc.oneof(fc.integer({ min: 0, max: pages - 1 }), fc.constantFrom(...borders))
  const length = fc.oneof(
    fc.integer({ min: 1, max: 16 }),
    fc.integer({ min: 1, max: 600 }),
    fc.integer({ min: 1, max: 9000 }),
  )
  const seed = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: fc.nat() })
  return fc
    .tuple(page, length, seed)
    .map(([at, count, of]) => ({ page: at, pages: Math.min(count, pages - at), seed: of }))
}

/** Writes such a disk as a fixed VHD whose footer qemu-img made; returns its file and the very bytes it consists of. */
export async function writeDisk(
  { sizeMiB, written }: AnyDisk,
  folder: string,
): Promise<{ file: string; bytes: Buffer }> {
  const file = path.join(folder, 'any.vhd')
  await qemuImage('create', '-q', '-f', 'vpc', '-o', 'subformat=fixed,force_size', file, `${sizeMiB}M`)
  const bytes = Buffer.alloc(sizeMiB * mebibyte + pageBytes)
  const handle = await open(file, 'r+')
  await handle.read(bytes, sizeMiB * mebibyte, pageBytes, sizeMiB * mebibyte)
  for (const { page, pages, seed } of written) {
    fillWith(seed, bytes.subarray(page * pageBytes, (page + pages) * pageBytes))
    await handle.write(bytes, page * pageBytes, pages * pageBytes, page * pageBytes)
  }
  await handle.close()
  return { file, bytes }
}

/** Noise that is the same for the same seed. */
export function fillWith(seed: number, bytes: Buffer): void {
  let state = seed | 0
  for (let at = 0; at < bytes.length; at += 4) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes.writeInt32LE(state, at)
  }
}
