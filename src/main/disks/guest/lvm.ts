import { crc32 } from 'node:zlib'
import { bytesAt, type ByteSource } from '../source'
import { parseLvmText, type Section, type Value } from './lvm-text'
import { sourceOfRuns } from './runs'

/** A logical volume; `bytes` is null when this partition alone does not tell them. */
export type LogicalVolume = { name: string; bytes: ByteSource | null }

const sectorBytes = 512
const maxTextBytes = 4 * 1024 * 1024
const maxAreas = 8
const maxVolumes = 256
const maxPieces = 16_384
const initialSum = 0xf597a6cf
const areaMagic = ' LVM2 x[5A%r0N*>'

/**
 * The logical volumes of a partition that is a physical volume of LVM2; null when its label or its metadata are not
 * as they must be. Linear and striped volumes that lie wholly on it can be read; mirrors, thin volumes and snapshots
 * cannot. Layout: lib/label/label.h, lib/format_text/layout.h and import_vsn1.c of LVM2.
 */
export async function logicalVolumesOf(partition: ByteSource): Promise<LogicalVolume[] | null> {
  const label = await labelOf(partition)
  for (const area of label?.areas ?? []) {
    const text = await textOf(partition, area)
    const group = text === null ? null : groupIn(parseLvmText(text))
    if (label && group) return volumesIn(partition, group, label.id)
  }
  return null
}

type Area = { offset: number; size: number }

/** The label stands in one of the first four sectors and names the areas with metadata. */
async function labelOf(partition: ByteSource): Promise<{ id: string; areas: Area[] } | null> {
  const head = await bytesAt(partition, 0, 4 * sectorBytes)
  for (let at = 0; at + sectorBytes <= head.length; at += sectorBytes) {
    const label = head.subarray(at, at + sectorBytes)
    const isLabel = label.toString('latin1', 0, 8) === 'LABELONE' && label.toString('latin1', 24, 32) === 'LVM2 001'
    if (!isLabel || sumOf(label.subarray(20)) !== label.readUInt32LE(16)) continue
    const start = label.readUInt32LE(20)
    if (start + 40 > label.length) return null
    const data = areasAt(label, start + 40)
    return { id: label.toString('latin1', start, start + 32), areas: areasAt(label, data.end).areas }
  }
  return null
}

/** Pairs of offset and size up to one of zeros. */
function areasAt(label: Buffer, start: number): { areas: Area[]; end: number } {
  const areas: Area[] = []
  let at = start
  for (; at + 16 <= label.length && areas.length < maxAreas; at += 16) {
    const area = { offset: Number(label.readBigUInt64LE(at)), size: Number(label.readBigUInt64LE(at + 8)) }
    if (area.offset === 0) break
    areas.push(area)
  }
  return { areas, end: at + 16 }
}

/** The text of an area; it may go on at the area's start, behind its head. */
async function textOf(partition: ByteSource, { offset, size }: Area): Promise<string | null> {
  const head = await bytesAt(partition, offset, sectorBytes)
  if (head.length < sectorBytes || head.toString('latin1', 4, 20) !== areaMagic) return null
  if (sumOf(head.subarray(4)) !== head.readUInt32LE(0)) return null
  const [start, length] = [Number(head.readBigUInt64LE(40)), Number(head.readBigUInt64LE(48))]
  const isInside = start >= sectorBytes && start < size && length <= Math.min(maxTextBytes, size - sectorBytes)
  if (length === 0 || !isInside || offset + size > partition.size) return null
  const first = await bytesAt(partition, offset + start, Math.min(length, size - start))
  const rest = await bytesAt(partition, offset + sectorBytes, length - first.length)
  const text = Buffer.concat([first, rest])
  return sumOf(text) === head.readUInt32LE(56) ? text.toString('utf8') : null
}

/** CRC-32 as LVM starts and ends it: with a value of its own, and not turned over. */
function sumOf(bytes: Buffer): number {
  return ~crc32(bytes, ~initialSum >>> 0) >>> 0
}

function groupIn(text: Section | null): Section | null {
  const groups = [...(text?.values() ?? [])].filter((value) => value instanceof Map)
  return groups.find((one) => one.get('physical_volumes') instanceof Map) ?? null
}

function volumesIn(partition: ByteSource, group: Section, id: string): LogicalVolume[] {
  const physical = sectionsIn(group.get('physical_volumes'))
  const own = physical.find(([, one]) => String(one.get('id')).replaceAll('-', '') === id)
  const start = numberIn(own?.[1].get('pe_start'))
  const extent = numberIn(group.get('extent_size'))
  return sectionsIn(group.get('logical_volumes'))
    .slice(0, maxVolumes)
    .map(([name, volume]) => {
      const pieces =
        own && start !== null && extent !== null && extent > 0 ? piecesOf(volume, own[0], start, extent) : null
      const isInside = pieces?.every(({ from, length }) => from + length <= partition.size)
      const size = pieces?.reduce((sum, { length }) => sum + length, 0) ?? 0
      return { name, bytes: pieces && isInside ? sourceOfRuns(size, pieces, partition) : null }
    })
}

type Piece = { at: number; length: number; from: number }

function piecesOf(volume: Section, own: string, start: number, extent: number): Piece[] | null {
  const pieces: Piece[] = []
  for (const [, segment] of sectionsIn(volume)) {
    const [first, count] = [numberIn(segment.get('start_extent')), numberIn(segment.get('extent_count'))]
    const stripes = stripesIn(segment, own)
    if (first === null || count === null || segment.get('type') !== 'striped' || !stripes) return null
    const chunk = stripes.length === 1 ? count * extent : numberIn(segment.get('stripe_size'))
    if (!chunk || (count * extent) / chunk + pieces.length > maxPieces) return null
    for (let index = 0; index * chunk < count * extent; index++) {
      const from = start + stripes[index % stripes.length]! * extent + Math.floor(index / stripes.length) * chunk
      const at = first * extent + index * chunk
      pieces.push({ at: at * sectorBytes, length: chunk * sectorBytes, from: from * sectorBytes })
    }
  }
  return pieces.length > 0 ? pieces : null
}

/** First extents of the stripes; null when one lies on another disk. */
function stripesIn(segment: Section, own: string): number[] | null {
  const list = segment.get('stripes')
  if (!Array.isArray(list) || list.length === 0 || list.length % 2 !== 0) return null
  const firsts: number[] = []
  for (let at = 0; at < list.length; at += 2) {
    const first = numberIn(list[at + 1])
    if (list[at] !== own || first === null) return null
    firsts.push(first)
  }
  return firsts
}

function sectionsIn(value: Value | undefined): [string, Section][] {
  if (!(value instanceof Map)) return []
  return [...value].filter((entry): entry is [string, Section] => entry[1] instanceof Map)
}

function numberIn(value: Value | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}
