import path from 'node:path'
import { AppError } from '../../shared/errors'
import type { DiskFormat, Finding, Inspection } from '../../shared/outputs'
import { paddedSize } from './azure-vhd'
import { nameFindings, sizeFindings } from './container'
import { detect } from './detect'
import type { DiskSource } from './disk'
import { finding } from './findings'
import { lookInside } from './inside'
import { openSource } from './open'
import { Refusal } from './refusal'
import { openFile } from './source'
import { footerBytes } from './vhd'

/**
 * Reads and judges a disk image without changing it; no network, no file outside its folder, only a small part is read.
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
  const findings = nameFindings(detected, about.name ?? null)
  const opened = await openSource(source, detected).catch(refusalIn)
  if (opened instanceof Refusal) {
    return unreadable(detected.kind, detected.virtualSize, [opened.finding, ...findings], started)
  }
  const { disk } = opened
  findings.unshift(...opened.findings)
  const inside = await lookInside({ size: disk.virtualSize, read: (buffer, offset) => disk.read(buffer, offset) })
    .catch(damageIn)
    .finally(() => disk.close())
  if (!('partitionTable' in inside)) return unreadable(disk.format, disk.virtualSize, [inside, ...findings], started)
  findings.push(...inside.findings, ...sizeFindings(disk, inside.generation))
  const dataBytes = paddedSize(disk.virtualSize)
  return {
    format: disk.format,
    verdict: worst(findings),
    virtualSize: disk.virtualSize,
    dataBytes,
    uploadBytes: dataBytes + footerBytes,
    ...inside,
    findings,
    ms: elapsed(started),
  }
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
    encrypted: findings.some(({ id }) => id === 'disk.encrypted'),
    findings,
    ms: elapsed(started),
  }
}

/** Tables of the image were right, but what they lead to cannot be read. */
function damageIn(error: unknown): Finding {
  const isDamage = error instanceof AppError && (error.code === 'disk.damaged' || error.code === 'disk.truncated')
  if (isDamage) return finding('disk.corrupt:content', 'block')
  throw error
}

function refusalIn(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  throw error
}

function worst(findings: Finding[]): 'ok' | 'warn' | 'block' {
  if (findings.some(({ severity }) => severity === 'block')) return 'block'
  return findings.some(({ severity }) => severity === 'warn') ? 'warn' : 'ok'
}

function elapsed(started: number): number {
  return Math.round(performance.now() - started)
}
