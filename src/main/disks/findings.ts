import { findingText, type FindingKey } from '../../shared/messages/finding-text'
import type { Params } from '../../shared/messages/format'
import type { Finding } from '../../shared/outputs'

/** A finding with the words that its key has in English. Text in `params` that comes from a disk image must have gone through `clean`. */
export function finding(
  key: FindingKey,
  severity: Finding['severity'],
  params: Params = {},
  commands: NonNullable<Finding['commands']> = [],
): Finding {
  const [id = '', variant] = key.split(':')
  const bare: Finding = {
    id,
    severity,
    ...(variant && { variant }),
    ...(Object.keys(params).length > 0 && { params }),
    ...(commands.length > 0 && { commands }),
    message: '',
    remedy: '',
  }
  const { message, remedy } = findingText(bare, 'en')
  return { ...bare, message, remedy }
}

/** Text from a disk image is somebody else's: one line, no control characters, not endless. */
export function clean(text: string): string {
  return text.replace(/\p{C}/gu, ' ').slice(0, 100)
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
