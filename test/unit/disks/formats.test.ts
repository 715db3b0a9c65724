import { stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { inspect } from '../../../src/main/disks/inspect'
import { openDisk } from '../../../src/main/disks/open'
import { diskIn, formatNames, formats, hashByQemu, hashOf } from '../../support/disk-formats'
import { qemuImage, sha256 } from '../../support/disks'

test.each(formatNames)(
  'a %s holds the data that qemu-img finds in it, and stays as it was',
  async (name) => {
    const [qemu, , format] = formats[name]
    const file = await diskIn(name)
    const before = { hash: await sha256(file), modified: (await stat(file)).mtimeMs }
    const info = JSON.parse(await qemuImage('info', '--output=json', '-f', qemu, file)) as { 'virtual-size': number }
    const seen = await inspect(file)
    expect(seen).toMatchObject({ format, virtualSize: info['virtual-size'], partitionTable: 'mbr', generation: 'V1' })
    expect(seen.verdict).toBe(info['virtual-size'] % (1024 * 1024) === 0 ? 'ok' : 'warn')
    expect(await hashOf(file)).toBe(await hashByQemu(qemu, file))
    expect({ hash: await sha256(file), modified: (await stat(file)).mtimeMs }).toEqual(before)
  },
  60_000,
)

test.each(formatNames)(
  'a %s of a generation 2 disk is judged as such',
  async (name) => {
    const file = await diskIn(name, { generation: 'V2' })
    expect(await inspect(file)).toMatchObject({ format: formats[name][2], partitionTable: 'gpt', generation: 'V2' })
  },
  60_000,
)

test.each(
  formatNames.filter(
    (name) =>
      !['raw', 'fixed VHD', 'fixed VHDX', 'fixed VDI', 'VMDK of one flat part', 'VMDK of flat parts'].includes(name),
  ),
)(
  'a block of a %s that is not stored reads as zeros and is told beforehand',
  async (name) => {
    const disk = await openDisk(await diskIn(name))
    const count = Math.ceil(disk.virtualSize / disk.blockSize)
    const buffer = Buffer.alloc(disk.blockSize)
    let absent = 0
    for (let block = 0; block < count; block++) {
      if (disk.isAllocated(block)) continue
      absent++
      const part = buffer.subarray(0, Math.min(buffer.length, disk.virtualSize - block * disk.blockSize)).fill(1)
      await disk.read(part, block * disk.blockSize)
      expect(part.every((byte) => byte === 0)).toBe(true)
    }
    expect(absent).toBeGreaterThan(0)
    expect(absent).toBeLessThan(count)
    await disk.close()
  },
  60_000,
)
