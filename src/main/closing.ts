import { app, dialog, type BrowserWindow } from 'electron'
import type { Transfer } from '../shared/files-calls'
import { fill } from '../shared/messages/format'
import { messages } from '../shared/messages/messages'
import { shownName } from '../shared/shown-name'
import type { Language } from '../shared/terms'
import type { SettingsFile } from './settings'

export type ClosingParts = {
  isUploading(): boolean
  /** Files on their way to or from a VM: they end with the app. */
  copying(): readonly Transfer[]
  settings: SettingsFile
  language(): Language
}

const namesShown = 5

/**
 * Asks what to do when the window is closed while an upload runs; what was chosen for good is done without asking. While files are
 * copied, closing the last window is quitting, which asks by itself.
 */
export function askBeforeClosing(window: BrowserWindow, parts: ClosingParts) {
  let isAsking = false
  window.on('close', (event) => {
    if (!parts.isUploading()) {
      if (parts.copying().length === 0 || process.platform === 'darwin') return
      event.preventDefault()
      return app.quit()
    }
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    void decide(window, parts).finally(() => (isAsking = false))
  })
}

/** Whether the app may end: while files are copied to or from a VM a person says so, who sees which. */
export async function mayLeave(
  window: BrowserWindow | null,
  { copying, language }: Pick<ClosingParts, 'copying' | 'language'>,
): Promise<boolean> {
  const files = copying()
  if (files.length === 0) return true
  const words = messages[language()].files.leaving
  const say = (text: string, params: Parameters<typeof fill>[1]) => fill(text, params, language())
  const lines = files
    .slice(0, namesShown)
    .map(({ direction, name, items, to }) =>
      say(words[direction], { name: shownName(name), more: items > 1 ? items - 1 : '', to: shownName(to) }),
    )
  if (files.length > namesShown) lines.push(say(words.more, { n: files.length - namesShown }))
  const options = {
    type: 'question' as const,
    message: say(words.title, { n: files.length }),
    detail: [...lines, '', words.text].join('\n'),
    buttons: [words.wait, words.leave],
    ...{ defaultId: 0, cancelId: 0, noLink: true },
  }
  const { response } = window ? await dialog.showMessageBox(window, options) : await dialog.showMessageBox(options)
  return response === 1
}

async function decide(window: BrowserWindow, { settings, language }: ClosingParts): Promise<void> {
  const { closing } = settings.get()
  const choice = closing === 'ask' ? await asked(window, settings, language()) : closing
  if (choice === 'background') keepInBackground(window)
  // Quitting stops the upload first; then the window closes without a question.
  if (choice === 'quit') app.quit()
}

async function asked(
  window: BrowserWindow,
  settings: SettingsFile,
  language: Language,
): Promise<'background' | 'quit' | 'stay'> {
  const words = messages[language].runPage.closeWindow
  const choices = ['background', 'quit', 'stay'] as const
  const { response, checkboxChecked } = await dialog.showMessageBox(window, {
    type: 'question',
    message: words.title,
    detail: words.text,
    buttons: choices.map((choice) => words[choice]),
    defaultId: 0,
    cancelId: 2,
    checkboxLabel: words.never,
    noLink: true,
  })
  const choice = choices[response] ?? 'stay'
  if (checkboxChecked && choice !== 'stay') settings.set({ closing: choice })
  return choice
}

/** Without a tray the task bar is where a window is looked for; on macOS it is the dock. */
function keepInBackground(window: BrowserWindow) {
  if (process.platform === 'darwin') window.hide()
  else window.minimize()
}
