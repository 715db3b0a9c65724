import type { StepForm } from './step-form.svelte'

/** Under way, or resting until it goes on from where it was. */
export function isUploadBegun({ isRunning, isWaiting, state }: StepForm): boolean {
  return isRunning || isWaiting || state.status === 'paused' || state.status === 'interrupted'
}
