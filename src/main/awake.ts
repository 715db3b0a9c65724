import { powerSaveBlocker } from 'electron'
import type { Uploads } from './upload/uploads'

/** A computer that falls asleep by itself would break off what takes hours; paused uploads may wait asleep. The screen may go dark. */
export function stayAwakeDuring(uploads: Uploads): void {
  let blocker: number | null = null
  uploads.subscribe(() => {
    const isNeeded = uploads.list().some(({ isPaused }) => !isPaused)
    if (isNeeded) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
  })
}
