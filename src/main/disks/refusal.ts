import { AppError, type ErrorCode } from '../../shared/errors'
import type { FindingKey } from '../../shared/messages/finding-text'
import type { Params } from '../../shared/messages/format'
import type { Finding } from '../../shared/outputs'
import { finding } from './findings'

/** A file that no disk can be read from. An inspection shows its finding; everything else meets an AppError. */
export class Refusal extends AppError {
  constructor(readonly finding: Finding) {
    super(codeOf(finding), { format: 'unknown', ...finding.params }, { message: finding.message })
  }
}

/** Ends the reading of an image with the finding that says why. */
export function refuse(key: FindingKey, params: Params = {}, commands: NonNullable<Finding['commands']> = []): never {
  throw new Refusal(finding(key, 'block', params, commands))
}

function codeOf({ id, variant }: Finding): ErrorCode {
  if (id.startsWith('disk.format')) return 'disk.format'
  if (id === 'disk.truncated') return 'disk.truncated'
  if (id === 'disk.vhd.header' && !variant) return 'disk.size'
  const isWhole = ['disk.differencing', 'disk.encrypted', 'disk.sector.4k'].includes(id) || id.startsWith('disk.size')
  return isWhole ? 'disk.blocked' : 'disk.damaged'
}
