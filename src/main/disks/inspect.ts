import path from 'node:path'
import { AppError } from '../../shared/errors'
import type { DiskFormat, Finding, Inspection } from '../../shared/outputs'
import { paddedSize } from './azure-vhd'
import { containerFindings, isReadable, sizeFindings } from './container'
import { detect, type Detected } from './detect'
import type { DiskSource } from './disk'
import { finding } from './findings'
import { lookInside, type Inside } from './inside'
import { diskOf } from './open'
import { openFile } from './source'
import { footerBytes } from './vhd'

/**
 * Reads and judges a disk image without changing it; no network, no other file, only a small part is read.
 * A bad image is an answer, not an error. Throws AppError `file.not-found`, `file.unreadable` or `file.changed`.
 */
export async function inspect(file: string): Promise<Inspection> {
  const started = performance.now()
  try {
    const source = await openFile(file)
    try {
      return await inspectSource(source, { name: path.basename(file) })
    } finally {
      await source.close()
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'file.empty') throw error
    const findings = [finding('disk.empty', 'block')]
    return unreadable('unknown', 0, findings, started)
  }
}

/** The same for bytes that are not a file here, such as a blob. `name` only serves to compare its extension with the content. */
export async function inspectSource(source: DiskSource, about: { name?: string } = {}): Promise<Inspection> {
  const started = performance.now()
  const detected = await detect(source)
  const format = documentedFormat(detected.kind)
  const findings = containerFindings(detected, source.size, about.name ?? null)
  if (!isReadable(detected, findings)) return unreadable(format, detected.virtualSize, findings, started)

  const disk = diskOf(source, detected)
  const inside = await lookInside({ size: disk.virtualSize, read: (buffer, offset) => disk.read(buffer, offset) })
  findings.push(...inside.findings, ...sizeFindings(disk, inside.generation))
  const dataBytes = paddedSize(disk.virtualSize)
  return {
    format,
    verdict: worst(findings),
    virtualSize: disk.virtualSize,
    dataBytes,
    uploadBytes: dataBytes + footerBytes,
    ...seen(inside),
    findings,
    ms: elapsed(started),
  }
}

function seen({ partitionTable, generation, os, generalized, encrypted }: Inside) {
  return { partitionTable, generation, os, generalized, encrypted }
}

function unreadable(format: DiskFormat, virtualSize: number, findings: Finding[], started: number): Inspection {
  return {
    format,
    verdict: 'unreadable',
    virtualSize,
    dataBytes: paddedSize(virtualSize),
    uploadBytes: virtualSize > 0 ? paddedSize(virtualSize) + footerBytes : 0,
    partitionTable: null,
    generation: null,
    os: null,
    generalized: null,
    encrypted: false,
    findings,
    ms: elapsed(started),
  }
}

/** Archives that are no disk format of their own are `unknown` in the documented output; the finding names them. */
function documentedFormat(kind: Detected['kind']): DiskFormat {
  return isArchive(kind) ? 'unknown' : kind
}

function isArchive(kind: Detected['kind']): kind is Exclude<Detected['kind'], DiskFormat> {
  return ['zip', '7z', 'bzip2', 'tar', 'wim'].includes(kind)
}

function worst(findings: Finding[]): 'ok' | 'warn' | 'block' {
  if (findings.some(({ severity }) => severity === 'block')) return 'block'
  return findings.some(({ severity }) => severity === 'warn') ? 'warn' : 'ok'
}

function elapsed(started: number): number {
  return Math.round(performance.now() - started)
}
