import { realpath } from 'node:fs/promises'
import path from 'node:path'
import type { Finding } from '../../shared/outputs'
import { openBeside } from './beside'
import { refuseUnreadable } from './container'
import { detect, type Detected } from './detect'
import type { Disk, DiskSource } from './disk'
import type { Image, Layout } from './formats/layout'
import { readFixedVhd, readRaw } from './formats/raw'
import { refuse } from './refusal'
import { openFile } from './source'
import { readQcow2 } from './formats/qcow2'
import { readVdi } from './formats/vdi'
import { readDynamicVhd } from './formats/vhd-dynamic'
import { readVhdx } from './formats/vhdx'
import { readVmdk } from './formats/vmdk'

const deepest = 16

export type Opened = { disk: Disk; findings: Finding[] }

/**
 * Opens the disk in a file, whatever its format, and the files of the same folder that belong to it. Throws AppError
 * `file.*` for what the file system says and Refusal, which is an AppError `disk.*` with the finding of an inspection,
 * for a file that no disk can be read from.
 */
export async function openDisk(file: string): Promise<Disk> {
  const source = await openFile(file)
  try {
    return (await openSource(source, await detect(source))).disk
  } catch (error) {
    await source.close()
    throw error
  }
}

/** The disk in a source whose format is known, and what is to be said about it. Same errors as `openDisk`; the source stays open. */
export async function openSource(source: DiskSource, detected: Detected): Promise<Opened> {
  const sources = [source]
  try {
    const layout = await imageOf(source, detected, { sources, depth: 0, folder: await folderOf(source) }).open()
    return { disk: diskOf(layout, detected, sources), findings: layout.findings }
  } catch (error) {
    await Promise.all(sources.slice(1).map(async (one) => one.close?.()))
    throw error
  }
}

function diskOf({ findings: _said, ...layout }: Layout, { kind }: Detected, sources: DiskSource[]): Disk {
  const [first] = sources
  return {
    ...layout,
    format: isDisk(kind) ? kind : 'raw',
    file: first?.file ?? '',
    files: sources.flatMap(({ file, size, modifiedMs = 0 }) => (file ? [{ file, size, modifiedMs }] : [])),
    modifiedMs: Math.max(...sources.map(({ modifiedMs = 0 }) => modifiedMs)),
    async assertUnchanged() {
      for (const source of sources) await source.assertUnchanged?.()
    },
    async close() {
      await Promise.all(sources.map(async (source) => source.close?.()))
    },
  }
}

type Family = { sources: DiskSource[]; depth: number; folder: string | null }

function imageOf(source: DiskSource, detected: Detected, family: Family): Image {
  const image: Image = {
    source,
    detected,
    async beside(name) {
      const found = family.folder === null ? null : await openBeside(family.folder, name)
      if (!found) return null
      const isKnown = family.sources.some(({ file }) => file === found.file)
      // Extents of one disk are many, but they lead nowhere: only what is read as a disk of its own goes deeper.
      if (isKnown || family.depth >= deepest || family.sources.length > 256) {
        await found.close()
        refuse('disk.differencing:depth', { deepest })
      }
      family.sources.push(found)
      return imageOf(found, await detect(found), { ...family, depth: family.depth + 1 })
    },
    open: (as) => (as === 'raw' ? Promise.resolve(readRaw(image)) : readerFor(image)),
    async drop() {
      family.sources.splice(family.sources.indexOf(source), 1)
      await source.close?.()
    },
  }
  return image
}

async function readerFor(image: Image): Promise<Layout> {
  switch (image.detected.kind) {
    case 'raw':
      return readRaw(image)
    case 'vhd-fixed':
      return readFixedVhd(image)
    case 'vhd-dynamic':
    case 'vhd-differencing':
      return readDynamicVhd(image)
    case 'vhdx':
      return readVhdx(image)
    case 'qcow2':
      return readQcow2(image)
    case 'vmdk':
      return readVmdk(image)
    case 'vdi':
      return readVdi(image)
    default:
      return refuseUnreadable(image)
  }
}

/** Where the file really lies: names in it were written there. */
async function folderOf({ file }: DiskSource): Promise<string | null> {
  if (!file) return null
  return path.dirname(await realpath(file).catch(() => file))
}

function isDisk(kind: Detected['kind']): kind is Disk['format'] {
  return !['zip', '7z', 'bzip2', 'tar', 'wim'].includes(kind)
}
