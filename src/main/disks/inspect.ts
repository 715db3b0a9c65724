import path from 'node:path'
import { AppError } from '../../shared/errors'
import type { Finding, Inspection } from '../../shared/outputs'
import { paddedSize } from './azure-vhd'
import { nameFindings, sizeFindings } from './container'
import { detect } from './detect'
import type { Disk, DiskSource } from './disk'
import { finding } from './findings'
import { lookInside, notLookedInto, type Inside } from './inside'
import { openSource } from './open'
import { Refusal } from './refusal'
import { openFile } from './source'
import { unreadable, worst } from './verdict'
import { footerBytes } from './formats/vhd'

/**
 * Reads and judges a disk image without changing it; no network, no file outside its folder, only a small part is read.
 * A bad image is an answer, not an error. Throws AppError `file.not-found`, `file.unreadable` or `file.changed`.
 */
export async function inspect(file: string, onOpened?: (soFar: Inspection) => void): Promise<Inspection> {
  try {
    const source = await openFile(file)
    try {
      return await inspectSource(source, { name: path.basename(file), ...(onOpened && { onOpened }) })
    } finally {
      await source.close()
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'file.empty') throw error
    const findings = [finding('disk.empty', 'block')]
    return unreadable('unknown', 0, findings)
  }
}

export type About = {
  /** Only to compare its extension with the content. */
  name?: string
  /** Told what is known before anything inside is looked at. */
  onOpened?(soFar: Inspection): void
}

/** The same for bytes that are not a file here, such as a blob. */
export async function inspectSource(source: DiskSource, about: About = {}): Promise<Inspection> {
  const started = performance.now()
  const detected = await detect(source)
  const findings = nameFindings(detected, about.name ?? null)
  const opened = await openSource(source, detected).catch(refusalIn)
  if (opened instanceof Refusal) {
    return unreadable(detected.kind, detected.virtualSize, [opened.finding, ...findings], elapsed(started))
  }
  const { disk } = opened
  findings.unshift(...opened.findings)
  about.onOpened?.(judged(disk, notLookedInto, findings, elapsed(started)))
  const inside = await lookInside({ size: disk.virtualSize, read: (buffer, offset) => disk.read(buffer, offset) })
    .catch(damageIn)
    .finally(() => disk.close())
  if (!('partitionTable' in inside))
    return unreadable(disk.format, disk.virtualSize, [inside, ...findings], elapsed(started))
  return judged(disk, inside, findings, elapsed(started))
}

function judged(disk: Disk, inside: Inside, outside: Finding[], ms: number): Inspection {
  const findings = [...outside, ...inside.findings, ...sizeFindings(disk, inside.generation)]
  const dataBytes = paddedSize(disk.virtualSize)
  return {
    format: disk.format,
    verdict: worst(findings),
    virtualSize: disk.virtualSize,
    dataBytes,
    uploadBytes: dataBytes + footerBytes,
    ...inside,
    findings,
    ms,
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

function elapsed(started: number): number {
  return Math.round(performance.now() - started)
}
