import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { mebibyte, patch, place, sparseFile } from './disks'

const run = promisify(execFile)
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
const extentMiB = 4
const physicalId = 'bbbbbb-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbbb'

export type LogicalVolumeRecipe = {
  name: string
  /** Where it lies, in extents of 4 MiB; one stripe each when there are several. */
  segments: { firstExtent: number[]; extents: number; stripeKiB?: number; type?: string; on?: string }[]
}

/**
 * A partition that is a physical volume. pvcreate wants a device, so that label and metadata are written here; pvck,
 * which reads files too, tells whether they are right.
 */
export async function makeLvm(
  file: string,
  extents: number,
  volumes: LogicalVolumeRecipe[],
  options: { wrap?: boolean } = {},
) {
  await sparseFile(file, (1 + extents * extentMiB) * mebibyte)
  const text = Buffer.from(`${metadataText(extents, volumes)}\0`)
  const area = { offset: 4096, size: mebibyte - 4096 }
  // A text may begin near the end of the area and go on behind the area's head.
  const start = options.wrap ? area.size - 512 : 512
  await patch(file, 512, label(area, (1 + extents * extentMiB) * mebibyte))
  await patch(file, area.offset, areaHead(area, start, text))
  await patch(file, area.offset + start, text.subarray(0, area.size - start))
  await patch(file, area.offset + 512, text.subarray(area.size - start))
  return file
}

/** The same partition with another text of metadata and the right sums for it. */
export function withText(partition: Buffer, text: string): Buffer {
  const bytes = Buffer.from(partition.subarray(0, mebibyte))
  const area = { offset: 4096, size: mebibyte - 4096 }
  const content = Buffer.from(`${text}\0`)
  areaHead(area, 512, content).copy(bytes, area.offset)
  content.copy(bytes, area.offset + 512)
  return Buffer.concat([bytes, partition.subarray(mebibyte, 2 * mebibyte)])
}

/** Puts a file system into a linear volume that begins at an extent. */
export async function placeInExtent(source: string, file: string, extent: number): Promise<void> {
  await place(source, file, 1 + extent * extentMiB)
}

/** `pvck --dump WHAT FILE`: what LVM's own tool reads there. */
export async function lvmDump(file: string, what: 'headers' | 'metadata'): Promise<string> {
  return (await run('pvck', ['--dump', what, file], { env: environment })).stdout
}

export function metadataText(extents: number, volumes: LogicalVolumeRecipe[]): string {
  return `contents = "Text Format Volume Group"
version = 1

description = "Created *after* executing 'lvcreate -n root rhel'"

creation_host = "host {1}"	# Linux
creation_time = 1700000000	# a comment

rhel {
	id = "aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa"
	seqno = 2
	format = "lvm2"
	status = ["RESIZEABLE", "READ", "WRITE"]
	flags = []
	extent_size = ${extentMiB * 2048}		# 4 Megabytes
	max_lv = 0
	max_pv = 0
	metadata_copies = 0

	physical_volumes {

		pv0 {
			id = "${physicalId}"
			device = "/dev/sda3"

			status = ["ALLOCATABLE"]
			flags = []
			dev_size = ${(1 + extents * extentMiB) * 2048}
			pe_start = 2048
			pe_count = ${extents}
		}
	}

	logical_volumes {
${volumes.map(volumeText).join('')}	}

}
`
}

function volumeText({ name, segments }: LogicalVolumeRecipe, index: number): string {
  let start = 0
  const parts = segments.map(({ firstExtent, extents, stripeKiB, type = 'striped', on = 'pv0' }, number) => {
    const first = start
    start += extents
    return `
			segment${number + 1} {
				start_extent = ${first}
				extent_count = ${extents}

				type = "${type}"
				stripe_count = ${firstExtent.length}
${stripeKiB ? `				stripe_size = ${stripeKiB * 2}\n` : ''}
				stripes = [
${firstExtent.map((at) => `					"${on}", ${at}`).join(',\n')}
				]
			}
`
  })
  return `
		${name} {
			id = "cccccc-cccc-cccc-cccc-cccc-cccc-cccc${String(index).padStart(2, '0')}"
			status = ["READ", "WRITE", "VISIBLE"]
			flags = []
			creation_time = 1700000000
			creation_host = "host"
			segment_count = ${segments.length}
${parts.join('')}		}
`
}

function label(area: { offset: number; size: number }, deviceBytes: number): Buffer {
  const sector = Buffer.alloc(512)
  sector.write('LABELONE')
  sector.writeBigUInt64LE(1n, 8)
  sector.writeUInt32LE(32, 20)
  sector.write('LVM2 001', 24)
  sector.write(physicalId.replaceAll('-', ''), 32)
  sector.writeBigUInt64LE(BigInt(deviceBytes), 64)
  // Data area, end of the list, metadata area, end of the list; then version and flags (1: in use).
  sector.writeBigUInt64LE(BigInt(mebibyte), 72)
  sector.writeBigUInt64LE(BigInt(area.offset), 104)
  sector.writeBigUInt64LE(BigInt(area.size), 112)
  sector.writeUInt32LE(2, 136)
  sector.writeUInt32LE(1, 140)
  sector.writeUInt32LE(sumOf(sector.subarray(20)), 16)
  return sector
}

function areaHead(area: { offset: number; size: number }, start: number, text: Buffer): Buffer {
  const sector = Buffer.alloc(512)
  sector.write(' LVM2 x[5A%r0N*>', 4)
  sector.writeUInt32LE(1, 20)
  const numbers = [area.offset, area.size, start, text.length]
  numbers.forEach((value, index) => sector.writeBigUInt64LE(BigInt(value), 24 + index * 8))
  sector.writeUInt32LE(sumOf(text), 56)
  sector.writeUInt32LE(sumOf(sector.subarray(4)), 0)
  return sector
}

function sumOf(bytes: Buffer): number {
  return ~crc32(bytes, ~0xf597a6cf >>> 0) >>> 0
}
