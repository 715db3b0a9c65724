import { app, Notification, type BrowserWindow } from 'electron'
import { fill } from '../shared/messages/format'
import { messages } from '../shared/messages/messages'
import { isAtWork, needingPerson, noticeOf, taskBarOf, type Notice } from '../shared/notices'
import type { RunSummary } from '../shared/run'
import type { Language } from '../shared/terms'
import type { EngineView } from './engine/engine'

export type NoticeParts = {
  subscribe(listener: (view: EngineView) => void): () => void
  window(): BrowserWindow | null
  language(): Language
  /** Whether a person wants to be told at all. */
  isWanted(): boolean
  /** Brings the window to the front and opens a run. */
  show(run: string): void
}
export type Notices = {
  /** true while bytes leave from here: closing the app then stops them. */
  isUploading(): boolean
  /** Somebody looks at the window: what stopped is seen. */
  seen(): void
}

/**
 * Tells of runs outside the window: a notification when one finishes, fails or needs a person while the window is not in front, how
 * far it is on the task bar, and on the dock how many wait. Nothing of it holds an id, an account or a secret.
 */
export function watchRuns(parts: NoticeParts): Notices {
  let known = new Map<string, RunSummary>()
  const worked = new Set<string>()
  // A notification that nobody holds is collected, and its click with it.
  const shown = new Set<Notification>()

  function tell(run: RunSummary, notice: Notice) {
    if (!parts.isWanted() || parts.window()?.isFocused() || !Notification.isSupported()) return
    const notification = new Notification({ title: run.name, body: bodyOf(notice, parts.language()) })
    shown.add(notification)
    notification.on('click', () => parts.show(run.id))
    notification.on('close', () => shown.delete(notification))
    notification.show()
  }

  function showProgress() {
    const runs = [...known.values()]
    const { share, mode } = taskBarOf(runs, worked)
    parts.window()?.setProgressBar(share, { mode })
    if (process.platform !== 'win32') app.setBadgeCount(needingPerson(runs))
  }

  parts.subscribe(({ runs }) => {
    for (const run of runs) {
      if (isAtWork(run)) worked.add(run.id)
      const notice = noticeOf(known.get(run.id), run)
      if (notice) tell(run, notice)
    }
    known = new Map(runs.map((run) => [run.id, run]))
    showProgress()
  })

  return {
    isUploading: () => [...known.values()].some((run) => run.status === 'running' && run.step === 'disk.upload'),
    seen() {
      for (const run of known.values()) if (!isAtWork(run) && run.status !== 'paused') worked.delete(run.id)
      showProgress()
    },
  }
}

function bodyOf({ kind, step, left }: Notice, language: Language): string {
  const name = step ? messages[language].steps[step].short : ''
  return fill(messages[language].runPage.notice[kind], { step: name, n: left }, language)
}
