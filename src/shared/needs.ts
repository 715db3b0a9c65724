import type { RunState } from './run'
import { uploadTargets, type StepId, type UploadTargetKind } from './terms'

/**
 * What takes the bytes of a run: as the form of the upload says. A run of an older version, which has its storage account, goes on
 * with the page blob.
 */
export function targetOf({ steps }: RunState): UploadTargetKind {
  const said = steps['disk.upload'].input['target']
  const known = uploadTargets.find((target) => target === said)
  return known ?? (steps['prepare.storage'].output === undefined ? 'disk' : 'pageBlob')
}

/** A step that a run does without, as its forms stand: nobody has to leave it out, and it comes back when the forms change. */
export function isUnneeded(step: StepId, state: RunState): boolean {
  if (step === 'vm.restore') return state.recipe === 'from-vm' && timesOf(state) === 0
  return step === 'prepare.storage' && targetOf(state) === 'disk'
}

/** How often the build VM was to be set back to its snapshot. */
function timesOf({ steps }: RunState): number {
  return Number(steps['vm.restore'].input['times'] ?? 0) || 0
}
