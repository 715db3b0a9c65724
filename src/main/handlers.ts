import { clipboard, dialog, nativeTheme, shell, type BrowserWindow } from 'electron'
import { basename, isAbsolute } from 'node:path'
import type { AppFacts, RunsView } from '../shared/contract'
import { AppError } from '../shared/errors'
import { messages } from '../shared/messages/messages'
import type { StepId } from '../shared/terms'
import type { Handlers } from './answer'
import { coalesce } from './engine/coalesce'
import type { Log } from './log'
import { builtInProfiles } from './net/profiles'
import type { Opened, StreamHandlers } from './serve'
import type { SettingsFile } from './settings'
import type { Studio } from './studio'

export type HandlerParts = {
  studio: Studio
  settings: SettingsFile
  log: Log
  facts(): AppFacts
  window(): BrowserWindow | null
  refreshMenu(): void
  menuListeners: Set<Opened<'menu'>>
}

const snapshotIntervalMs = 100

/** What each message of the contract does: one line into the rest of the app. */
export function createHandlers(parts: HandlerParts): { handlers: Handlers; streamHandlers: StreamHandlers } {
  const { studio, settings, log } = parts
  const { engine } = studio
  // Paths that a person picked or dropped since the start: the window may name these and no others.
  const pickedFiles = new Set<string>()

  const handlers: Handlers = {
    'app.facts': () => parts.facts(),
    'settings.save'(change) {
      settings.set({
        ...(change.theme ? { theme: change.theme } : {}),
        ...(change.language ? { language: change.language } : {}),
      })
      nativeTheme.themeSource = settings.get().theme
      parts.refreshMenu()
      return parts.facts()
    },
    'run.create'({ recipe, name, cloud }) {
      const run = engine.create({ recipe, name })
      if (cloud) engine.setInput(run, 'connect.cloud', { cloud })
      return { run }
    },
    'run.rename': ({ run, name }) => nothing(engine.rename(run, name)),
    'run.remove': ({ run }) => nothing(engine.remove(run)),
    'run.cancel': ({ run }) => nothing(engine.cancel(run)),
    'step.input'({ run, step, input }) {
      assertPicked(step, input, engine.state(run).steps[step].input)
      return nothing(engine.setInput(run, step, input))
    },
    'step.perform': ({ run, step }) => nothing(engine.perform(run, step)),
    'run.continue'({ run }) {
      engine.continue(run).catch((error: unknown) => log.write('warn', 'continue failed', { error: String(error) }))
      return null
    },
    'step.skip': ({ run, step, reason }) => nothing(engine.skip(run, step, reason)),
    async 'file.pick'() {
      const words = messages[parts.facts().language].shell.pickDisk
      const window = parts.window()
      const options: Electron.OpenDialogOptions = {
        title: words.title,
        buttonLabel: words.button,
        properties: ['openFile'],
        filters: [
          { name: words.images, extensions: ['vhd', 'vhdx', 'img', 'raw', 'qcow2', 'vmdk', 'vdi'] },
          { name: words.all, extensions: ['*'] },
        ],
      }
      const picked = window ? await dialog.showOpenDialog(window, options) : await dialog.showOpenDialog(options)
      const file = picked.canceled ? null : (picked.filePaths[0] ?? null)
      if (file) pickedFiles.add(file)
      return { file }
    },
    'file.drop'({ path }) {
      if (!isAbsolute(path)) throw new AppError('file.not-found', { file: basename(path) })
      pickedFiles.add(path)
      return { file: path }
    },
    'cloud.list': ({ run, list }) => studio.list(run, list),
    async 'report.open'({ run }) {
      const file = studio.reportFile(run)
      const problem = file ? await shell.openPath(file) : 'missing'
      if (problem) throw new AppError('file.not-found', { file: file ? basename(file) : '' }, { message: problem })
      return null
    },
    'log.write': ({ level, message }) => nothing(log.write(level, 'window', { message })),
    async 'log.open'() {
      await shell.openPath(log.folder)
      return null
    },
    'clipboard.write': ({ text }) => nothing(clipboard.writeText(text)),
  }

  function assertPicked(step: StepId, input: Record<string, unknown>, before: Record<string, unknown>) {
    if (step === 'disk.choose') assertKnown(input['file'], before['file'], (path) => pickedFiles.has(path))
    if (step === 'connect.cloud') {
      const isBuiltIn = (name: string) =>
        name === 'practice' || Object.hasOwn(builtInProfiles, name) || pickedFiles.has(name)
      assertKnown(input['cloud'], before['cloud'], isBuiltIn)
    }
  }

  const streamHandlers: StreamHandlers = {
    runs({ run }, opened) {
      const changes = coalesce(snapshotIntervalMs)
      const stops = [engine.subscribe(changes.tell), studio.subscribe(changes.tell)]
      changes.subscribe(() => opened.send(snapshot(run)))
      opened.onClose(() => {
        for (const stop of stops) stop()
        changes.close()
      })
      opened.send(snapshot(run))
    },
    menu(_input, opened) {
      parts.menuListeners.add(opened)
      opened.onClose(() => parts.menuListeners.delete(opened))
    },
  }

  function snapshot(run: string | null): RunsView {
    const runs = engine.list()
    const isThere = run !== null && runs.some((summary) => summary.id === run)
    return {
      runs,
      run: isThere ? { ...engine.detail(run), deviceCode: studio.deviceCode(run) } : null,
      cloud: studio.connection(run),
      savedAt: runs[0]?.updatedAt ?? null,
    }
  }

  return { handlers, streamHandlers }
}

/** A page that was taken over must not make the app read files of its choice. */
function assertKnown(value: unknown, before: unknown, isKnown: (text: string) => boolean) {
  if (value === undefined || value === before) return
  if (typeof value !== 'string' || !isKnown(value)) throw new AppError('contract.refused', { name: 'file' })
}

function nothing(_result: unknown): null {
  return null
}
