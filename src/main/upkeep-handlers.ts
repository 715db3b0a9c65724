import { shell, type BrowserWindow } from 'electron'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { AppFacts } from '../shared/contract'
import { AppError } from '../shared/errors'
import { messages } from '../shared/messages/messages'
import { folderNames, type settingsCalls } from '../shared/settings-calls'
import type { Handlers } from './answer'
import { asDiskFull, unwritable } from './engine/files'
import { placeToSave } from './file-dialogs'
import { folderSize } from './folders'
import type { LogFile } from './log'
import type { Network } from './net/network'
import type { Paths } from './paths'
import type { SettingsFile } from './settings'
import type { Studio } from './studio'
import { supportBundle } from './support-bundle'

export type UpkeepParts = {
  studio: Studio
  settings: SettingsFile
  network: Network
  log: LogFile
  paths: Paths
  facts(): AppFacts
  window(): BrowserWindow | null
}

type Names = 'folders' | 'folder' | 'practice' | 'log' | 'support'
export type UpkeepHandlers = Pick<Handlers, Extract<keyof typeof settingsCalls, `${Names}.${string}`>>

const shownLines = 200

/** What the settings screen asks about what is kept on this computer: folders, log, support bundle. */
export function createUpkeepHandlers(parts: UpkeepParts): UpkeepHandlers {
  const { studio, log, paths } = parts
  const folders: Record<(typeof folderNames)[number], string> = {
    runs: paths.runs,
    practice: paths.practice,
    logs: paths.logs,
    catalogs: paths.catalogs,
  }
  /** What was shown last is what is saved, to the letter. */
  let shown: string | null = null

  return {
    'folders.list': () =>
      Promise.all(
        folderNames.map(async (name) => {
          const bytes = await folderSize(folders[name])
          return { name, path: folders[name], bytes: bytes ?? 0, isThere: bytes !== null }
        }),
      ),
    async 'folder.open'({ name }) {
      await mkdir(folders[name], { recursive: true }).catch((error: unknown) => {
        throw unwritable(folders[name], error)
      })
      const problem = await shell.openPath(folders[name])
      if (problem) throw new AppError('file.not-found', { file: folders[name] }, { message: problem })
      return null
    },
    async 'practice.reset'() {
      return { keptAs: await studio.resetPractice() }
    },
    'log.lines': ({ level }) => log.lines(level, shownLines),
    'log.clear'() {
      log.clear()
      return null
    },
    async 'support.preview'({ runs }) {
      const { language, version, hasKeyring } = parts.facts()
      const chosen = (await studio.engine.list()).filter(({ id }) => runs.includes(id))
      shown = await supportBundle({
        version,
        language,
        hasKeyring,
        at: new Date(),
        settings: parts.settings.get(),
        network: parts.network,
        log,
        runsFolder: paths.runs,
        runs: chosen,
      })
      return { text: shown }
    },
    async 'support.save'() {
      if (shown === null) throw new AppError('contract.refused', { name: 'support.save' })
      const words = messages[parts.facts().language].settings.support
      const options: Electron.SaveDialogOptions = {
        title: words.saveTitle,
        defaultPath: `batch-image-studio-${new Date().toISOString().slice(0, 10)}.txt`,
        filters: [{ name: words.files, extensions: ['txt'] }],
      }
      const file = await placeToSave(parts.window(), options)
      if (!file) return { file: null }
      await writeFile(file, shown, { mode: 0o600 }).catch((error: unknown) => {
        throw asDiskFull(error) ?? unwritable(file, error)
      })
      return { file: basename(file) }
    },
  }
}
