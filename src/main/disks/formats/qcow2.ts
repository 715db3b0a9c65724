import { nameIn } from '../beside'
import { below, type Below } from './below'
import { clean, finding } from '../findings'
import { keptLast } from './kept'
import type { Image, Layout } from './layout'
import { mergeCommands } from './merge-commands'
import { readerOf, type Piece } from './pieces'
import { readQcow2Header, type Qcow2Header } from './qcow2-header'
import { entryIn } from './qcow2-entry'
import { readTables, type Qcow2Tables } from './qcow2-tables'
import { refuse } from '../refusal'
import { bytesAt, type ByteSource } from '../source'
import { unpack } from './unpack'

const keptBytes = 8 * 1024 * 1024

/** A qcow2 of version 2 or 3 as it is now; its snapshots are left alone. qemu, docs/interop/qcow2.txt. Throws Refusal. */
export async function readQcow2(image: Image): Promise<Layout> {
  const header = await readQcow2Header(image)
  const tables = await readTables(image, header)
  const parent = header.backing ? await openBacking(image, header.backing) : null
  const under = parent && below(parent)
  const { blockSize, stored } = tables
  return {
    virtualSize: header.size,
    blockSize,
    storedBytes: Math.min(header.size, tables.storedBytes + (parent?.storedBytes ?? 0)),
    uniqueId: null,
    footer: null,
    isAllocated: (block) =>
      (stored[block >> 3]! & (1 << (block & 7))) !== 0 || (under?.mayHoldData(block * blockSize, blockSize) ?? false),
    read: readerOf(header.size, pieces(image.source, header, tables, under)),
    findings: [...tables.findings, ...(parent?.findings ?? [])],
  }
}

function pieces(source: ByteSource, header: Qcow2Header, tables: Qcow2Tables, under: Below | null) {
  const { clusterSize, isExtended } = header
  const kept = Math.max(2, keptBytes / clusterSize)
  const tableAt = keptLast<Buffer>(kept)
  const unpacked = keptLast<Buffer>(kept)
  const perTable = clusterSize / (isExtended ? 16 : 8)
  const packing = header.isZstd ? 'zstd' : 'deflate'
  return async (offset: number, length: number): Promise<Piece> => {
    const cluster = Math.floor(offset / clusterSize)
    const inside = offset - cluster * clusterSize
    const span = Math.min(length, clusterSize - inside)
    const place = tables.second[Math.floor(cluster / perTable)] ?? 0
    const nothing = (rest: number): Piece => under?.piece(offset, rest) ?? { kind: 'zeros', length: rest }
    if (place === 0) return nothing(span)
    const table = await tableAt(place, () => bytesAt(source, place, clusterSize))
    const entry = entryIn(table, cluster % perTable, header) ?? refuse('disk.corrupt', { format: 'qcow2' })
    if (entry.kind === 'absent') return nothing(span)
    if (entry.kind === 'zeros') return { kind: 'zeros', length: span }
    if (entry.kind === 'stored') return { kind: 'stored', length: span, source, at: entry.at + inside }
    if (entry.kind === 'parts') {
      const part = Math.floor((inside * 32) / clusterSize)
      const rest = Math.min(span, ((part + 1) * clusterSize) / 32 - inside)
      if (((entry.isStored >>> part) & 1) === 1) return { kind: 'stored', length: rest, source, at: entry.at + inside }
      return ((entry.isZero >>> part) & 1) === 1 ? { kind: 'zeros', length: rest } : nothing(rest)
    }
    const whole = () =>
      unpacked(cluster, async () => unpack(await bytesAt(source, entry.at, entry.length), packing, clusterSize))
    const fill = async (buffer: Uint8Array) => buffer.set((await whole()).subarray(inside, inside + span))
    return { kind: 'made', length: span, fill }
  }
}

async function openBacking(image: Image, { name, isRaw }: NonNullable<Qcow2Header['backing']>): Promise<Layout> {
  // Chains that were copied into one folder still name the places they came from.
  const found = /^[a-z][a-z0-9+.-]+:/i.test(name) ? null : await image.beside(nameIn(name))
  const parent = clean(nameIn(name))
  if (!found) refuse('disk.differencing:missing', { parent }, mergeCommands(image))
  const layout = await found.open(isRaw || found.detected.kind === 'unknown' ? 'raw' : undefined)
  return { ...layout, findings: [finding('disk.differencing:read', 'warn', { parent }), ...layout.findings] }
}
