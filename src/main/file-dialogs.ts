import { dialog, type BrowserWindow } from 'electron'

type Owner = BrowserWindow | null

/** Asks for a file or folder; null when nobody chose one. */
export async function pickOne(owner: Owner, options: Electron.OpenDialogOptions): Promise<string | null> {
  return (await pickSome(owner, options))[0] ?? null
}

/** Asks for files or folders; none when nobody chose any. */
export async function pickSome(owner: Owner, options: Electron.OpenDialogOptions): Promise<string[]> {
  const chosen = await (owner ? dialog.showOpenDialog(owner, options) : dialog.showOpenDialog(options))
  return chosen.canceled ? [] : chosen.filePaths
}

/** Asks where something is to be saved; null when nobody chose a place. */
export async function placeToSave(owner: Owner, options: Electron.SaveDialogOptions): Promise<string | null> {
  const chosen = await (owner ? dialog.showSaveDialog(owner, options) : dialog.showSaveDialog(options))
  return chosen.canceled || !chosen.filePath ? null : chosen.filePath
}
