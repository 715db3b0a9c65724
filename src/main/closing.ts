import { app, dialog, type BrowserWindow } from 'electron'
import { messages } from '../shared/messages/messages'
import type { Language } from '../shared/terms'
import type { SettingsFile } from './settings'

export type ClosingParts = { isUploading(): boolean; settings: SettingsFile; language(): Language }

/** Asks what to do when the window is closed while an upload runs; what was chosen for good is done without asking. */
export function askBeforeClosing(window: BrowserWindow, parts: ClosingParts) {
  let isAsking = false
  window.on('close', (event) => {
    if (!parts.isUploading()) return
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    void decide(window, parts).finally(() => (isAsking = false))
  })
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
