import { call } from './api'
import { shell } from './shell.svelte'

/** Stops what works on a run for now. */
export async function pause(run: string): Promise<void> {
  await shell.attempt(() => call('run.pause', { run }))
}

/** Goes on where a run was paused, interrupted or left. */
export async function goOn(run: string): Promise<void> {
  await shell.attempt(() => call('run.continue', { run }))
}
