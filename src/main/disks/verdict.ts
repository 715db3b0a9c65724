import type { DiskFormat, Finding, Inspection } from '../../shared/outputs'
import { paddedSize } from './azure-vhd'
import { finding } from './findings'
import { footerBytes } from './formats/vhd'

/** A file out of which no disk can be read. */
export function unreadable(format: DiskFormat, virtualSize: number, findings: Finding[], ms = 0): Inspection {
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
    ms,
  }
}

/** What is said of a disk whose inside took too long or too much memory to look at. */
export function cutShort(soFar: Inspection): Inspection {
  const findings = [...soFar.findings, finding('guest.unreadable:limit', 'warn')]
  return { ...soFar, findings, verdict: worst(findings) }
}

/** The verdict of a disk that can be read: its gravest finding. */
export function worst(findings: Finding[]): 'ok' | 'warn' | 'block' {
  if (findings.some(({ severity }) => severity === 'block')) return 'block'
  return findings.some(({ severity }) => severity === 'warn') ? 'warn' : 'ok'
}
