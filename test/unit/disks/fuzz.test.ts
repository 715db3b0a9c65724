import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { nameFindings } from '../../../src/main/disks/container'
import { detect } from '../../../src/main/disks/detect'
import { openSource } from '../../../src/main/disks/open'
import { sourceOfBytes, type ByteSource } from '../../../src/main/disks/source'
import { AppError } from '../../../src/shared/errors'
import { tinyDiskIn, tinyFormats, type TinyDisk, type TinyFormat } from '../../support/tiny-disks'

/** Some of the bytes of an image changed, and perhaps its end cut off. */
type Mutation = { changes: { at: number; bytes: Buffer }[]; size: number }

type Seen = { isSame: boolean; findings: string }

// Over 10,000 mutated images in all formats together, the same every time; another number tries others.
const runsPerFormat = 850
const seed = Number(process.env['BIS_FUZZ_SEED'] ?? 20261125)

describe.each(Object.keys(tinyFormats) as TinyFormat[])('a %s with changed tables', (name) => {
  let image: TinyDisk
  beforeAll(async () => {
    image = await tinyDiskIn(name)
  }, 60_000)

  test('is refused, or found fault with, or still holds the same data: no crash, no hang, no wrong success', async () => {
    const unchanged = await read(sourceOfBytes(image.bytes), image)
    expect(unchanged).toMatchObject({ isSame: true })
    const before = (unchanged as Seen).findings
    await fc.assert(
      fc.asyncProperty(mutations(image), async (mutation) => {
        const { source, readBytes } = mutated(image.bytes, mutation)
        const seen = await read(source, image)
        const isAnswered = seen === 'refused' || seen.isSame || seen.findings !== before
        expect({ isAnswered, seen }).toMatchObject({ isAnswered: true })
        expect(readBytes()).toBeLessThan(64 * 1024 * 1024)
      }),
      { numRuns: runsPerFormat, seed },
    )
  }, 120_000)
})

/**
 * What an upload would make of it; anything but an AppError ends the test. A size that changed shows in zeros only: what is not
 * there any more must be zeros, and so must what was not there before.
 */
async function read(source: ByteSource, { disk: expected, file }: TinyDisk): Promise<Seen | 'refused'> {
  try {
    const detected = await detect(source)
    const { disk, findings } = await openSource(source, detected)
    const seen = Buffer.alloc(Math.min(disk.virtualSize, 2 * expected.length))
    await disk.read(seen, 0)
    const both = Math.min(seen.length, expected.length)
    const isPrefix = seen.subarray(0, both).equals(expected.subarray(0, both))
    return {
      isSame: isPrefix && isZero(seen.subarray(both)) && isZero(expected.subarray(both)),
      findings: JSON.stringify([...findings, ...nameFindings(detected, file)]),
    }
  } catch (error) {
    if (error instanceof AppError) return 'refused'
    throw error
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes.equals(Buffer.alloc(bytes.length))
}

function mutations(image: TinyDisk): fc.Arbitrary<Mutation> {
  const { bytes, structure } = image
  const values = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }).map((value) => Buffer.from(value)),
    fc.constantFrom('00', 'ff', '80', '01', '7fffffff', 'ffffffff', '00000000', '0000000000000000').map(hex),
    // Another field of the same image is more like the truth than noise.
    fc.constantFrom(...structure).map(({ at, length }) => bytes.subarray(at, at + length)),
  )
  const change = fc.record({ place: fc.constantFrom(...structure), skip: fc.nat(7), value: values }).map(
    // Within one field: an entry that moves to another place of its table, whole, cannot be told from one that belongs there.
    ({ place: { at, length }, skip, value }) => ({
      at: at + (skip % length),
      bytes: value.subarray(0, length - (skip % length)),
    }),
  )
  const size = fc.oneof(
    { weight: 9, arbitrary: fc.constant(bytes.length) },
    { weight: 1, arbitrary: fc.nat(bytes.length) },
  )
  return fc.record({ changes: fc.array(change, { minLength: 1, maxLength: 4 }), size })
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex')
}

function mutated(bytes: Buffer, { changes, size }: Mutation): { source: ByteSource; readBytes(): number } {
  const whole = sourceOfBytes(bytes.subarray(0, size))
  let readBytes = 0
  return {
    source: {
      size,
      async read(buffer, offset) {
        readBytes += buffer.length
        await whole.read(buffer, offset)
        for (const { at, bytes: changed } of changes) {
          const [from, to] = [Math.max(at, offset), Math.min(at + changed.length, offset + buffer.length)]
          if (from < to) buffer.set(changed.subarray(from - at, to - at), from - offset)
        }
      },
    },
    readBytes: () => readBytes,
  }
}
