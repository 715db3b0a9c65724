import type { ErrorCode, Remedy } from '../../shared/errors'
import type { StepId } from '../../shared/terms'

/** What the button of a red card does, and in which step's form where that is not the failed one. */
export type Cure = { does: Remedy; at?: StepId }

export function cureOf(code: ErrorCode): Cure {
  return cures[code] ?? { does: 'retry' }
}

const edit: Cure = { does: 'edit' }
const signIn: Cure = { does: 'signIn' }
const openLog: Cure = { does: 'openLog' }
const chooseFile: Cure = { does: 'chooseFile' }

/** Everything else is best met by another try. */
const cures: Partial<Record<ErrorCode, Cure>> = {
  'input.invalid': edit,
  'contract.refused': { does: 'reload' },
  'run.not-found': { does: 'reload' },
  'run.newer': openLog,
  'run.not-clean': { does: 'edit', at: 'finish.cleanup' },
  'journal.damaged': openLog,
  'settings.damaged': { does: 'reload' },
  'file.not-found': chooseFile,
  'file.unreadable': chooseFile,
  'file.empty': chooseFile,
  'file.changed': chooseFile,
  'disk.format': chooseFile,
  'disk.truncated': chooseFile,
  'disk.footer': chooseFile,
  'disk.size': chooseFile,
  'disk.blocked': chooseFile,
  'plan.unreadable': edit,
  'plan.unknown-key': edit,
  'plan.invalid': edit,
  'plan.secret': edit,
  'profile.invalid': { does: 'edit', at: 'connect.cloud' },
  'token.refused-host': openLog,
  'signIn.needed': signIn,
  'signIn.failed': signIn,
  'signIn.consent': signIn,
  'signIn.client-missing': { does: 'edit', at: 'connect.cloud' },
  'cloud.bad-request': edit,
  'cloud.name-taken': edit,
  'cloud.region-mismatch': edit,
  'cloud.foreign-resource': edit,
  'cloud.group-not-empty': { does: 'edit', at: 'finish.cleanup' },
  'quota.cores': { does: 'edit', at: 'pool.create' },
  'quota.accounts': { does: 'edit', at: 'prepare.account' },
  'quota.pools': { does: 'edit', at: 'prepare.account' },
  'storage.no-page-blobs': { does: 'edit', at: 'prepare.storage' },
  'upload.target-changed': { does: 'edit', at: 'disk.upload' },
  'upload.target-foreign': { does: 'edit', at: 'disk.upload' },
  'upload.access-expired': signIn,
  'image.rejected': chooseFile,
  'image.generation-mismatch': { does: 'edit', at: 'image.definition' },
  'image.no-replica': { does: 'edit', at: 'image.version' },
  'pool.node-unusable': { does: 'edit', at: 'pool.create' },
  'pool.start-task-failed': { does: 'edit', at: 'pool.create' },
}
