import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judgeVhd } from '../../../src/main/practice/judge'

const folder = mkdtempSync(join(tmpdir(), 'judge-'))

/** A disk of qemu-img, as its bytes. */
function disk(name: string, format: string, size: string, ...options: string[]): Buffer {
  const file = join(folder, name)
  execFileSync('qemu-img', ['create', '-q', '-f', format, ...options, file, size])
  return readFileSync(file)
}

function judge(bytes: Buffer, type = 'PageBlob') {
  const read = (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length))
  return judgeVhd({ url: 'https://storage/vhds/x.vhd', name: 'x.vhd', sizeBytes: bytes.length, type, read })
}

const fixed = () => disk('fixed.vhd', 'vpc', '24M', '-o', 'subformat=fixed,force_size=on')

describe('a stored blob', () => {
  it('that is a fixed VHD becomes an image, bootable or not', async () => {
    const verdict = await judge(fixed())
    expect(verdict).toMatchObject({ refusal: null, virtualSizeBytes: 24 * 1024 * 1024, generation: null, os: null })
  })

  it('must be a page blob', async () => {
    const { refusal } = await judge(fixed(), 'BlockBlob')
    expect(refusal?.message).toContain('Only blobs formatted as VHDs can be imported')
  })

  it('must have a whole number of MiB', async () => {
    const bytes = disk('odd.vhd', 'vpc', '25000448', '-o', 'subformat=fixed,force_size=on')
    const { refusal } = await judge(bytes)
    expect(refusal).toMatchObject({ code: 'InvalidVhd', message: expect.stringContaining('unsupported virtual size') })
  })

  it('must end with a footer', async () => {
    const { refusal } = await judge(Buffer.alloc(24 * 1024 * 1024 + 512))
    expect(refusal?.message).toContain("Disk is expected to have cookie value 'conectix'")
  })

  it('must be a fixed VHD', async () => {
    const dynamic = disk('dynamic.vhd', 'vpc', '24M', '-o', 'subformat=dynamic,force_size=on')
    const padded = Buffer.concat([Buffer.alloc(24 * 1024 * 1024), dynamic.subarray(-512)])
    expect((await judge(padded)).refusal?.message).toContain('is not a fixed VHD')
  })

  it('must have a footer for its own size, with a right checksum', async () => {
    const [small, damaged] = [fixed(), fixed()]
    const larger = Buffer.concat([Buffer.alloc(1024 * 1024), small])
    expect((await judge(larger)).refusal?.code).toBe('InvalidVhd')
    damaged[damaged.length - 100] = 1
    expect((await judge(damaged)).refusal?.code).toBe('InvalidVhd')
  })

  it('of another format has no footer', async () => {
    const vhdx = disk('disk.vhdx', 'vhdx', '24M')
    expect(
      (await judge(Buffer.concat([vhdx, Buffer.alloc(24 * 1024 * 1024 + 512 - (vhdx.length % (1024 * 1024)))])))
        .refusal,
    ).not.toBeNull()
  })
})
