import type { Finding } from '../../shared/outputs'

type Severity = Finding['severity']

/** A finding; its id is one of those listed in the documentation, its texts are plain English. */
export function finding(id: string, severity: Severity, message: string, remedy: string): Finding {
  return { id, severity, message, remedy }
}

/** A size for a sentence: `1.5 GiB`, `20 MiB`, `512 bytes`. */
export function sizeText(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let size = bytes
  let unit = 'bytes'
  for (const next of units) {
    if (size < 1024) break
    size /= 1024
    unit = next
  }
  return `${Number(size.toFixed(size < 10 ? 2 : 1))} ${unit}`
}
