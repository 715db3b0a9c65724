import type { BrowserWindow } from 'electron'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { desktopCalls, desktopStreams, DesktopTarget, DesktopView } from '../shared/desktop-calls'
import { AppError } from '../shared/errors'
import { messages } from '../shared/messages/messages'
import type { Language, Theme } from '../shared/terms'
import type { Handlers } from './answer'
import type { DesktopMachines } from './desktop-machines'
import { openDesktopPage, type DesktopPage } from './desktop-view'
import { placeToSave } from './file-dialogs'
import type { Log } from './log'
import type { StreamHandlers } from './serve'
import type { Pins } from './sessions/pins'
import { clientFile } from './sessions/rdp/client-file'
import { Desktop, type Machine } from './sessions/rdp/desktop'
import { clientText, openSystemClient } from './sessions/rdp/system-client'

export type DesktopHandlerParts = {
  pins: Pins
  window(): BrowserWindow | null
  language(): Language
  theme(): Theme
  log: Log
  /** Built preload and pages. */
  preload: string
  pages: string
  machines: DesktopMachines
}
type Open = {
  key: string
  target: DesktopTarget
  desktop: Desktop
  page: DesktopPage
  listeners: Set<(view: DesktopView) => void>
}
export type DesktopHandlers = {
  handlers: Pick<Handlers, keyof typeof desktopCalls>
  streamHandlers: Pick<StreamHandlers, keyof typeof desktopStreams>
  /** The language or the window changed. */
  refresh(): void
}

/** What the window asks about remote desktops. Each lives until its tab is closed, wherever it is shown. */
export function createDesktopHandlers(parts: DesktopHandlerParts): DesktopHandlers {
  const open = new Map<string, Open>()

  async function begin(target: DesktopTarget): Promise<string> {
    const machine = await parts.machines.machineOf(target)
    const window = parts.window()
    if (!window) throw new AppError('cancelled')
    const key = JSON.stringify(target)
    const known = [...open].find(([, it]) => it.key === key)
    if (known) return known[0]
    const id = randomUUID()
    const listeners = new Set<(view: DesktopView) => void>()
    const desktop = new Desktop(
      {
        id,
        machine,
        pins: parts.pins,
        dial: (signal) => parts.machines.dial(machine, target, signal),
        onView: (view) => listeners.forEach((listener) => listener(view)),
        around: {
          popOut: () => page.popOut(),
          bringBack: () => page.bringBack(),
          captured: (isCaptured) => page.captured(isCaptured),
          openInClient: ({ password, user }, fingerprint) =>
            openSystemClient({ ...machine, user, password, fingerprint }),
          saveFile: (current) => saveFile(current, parts),
        },
      },
      () => ({ language: parts.language(), theme: parts.theme() }),
    )
    const page = openDesktopPage({ ...parts, desktop, window })
    open.set(id, { key, target, desktop, page, listeners })
    window.once('closed', () => close(id))
    return id
  }

  function close(id: string) {
    const found = open.get(id)
    open.delete(id)
    found?.desktop.close()
    found?.page.close()
    if (found) parts.machines.left(found.target)
  }

  function pageOf(id: string): DesktopPage {
    const found = open.get(id)
    if (!found) throw new AppError('contract.refused', { name: 'desktop' })
    return found.page
  }

  return {
    handlers: {
      'desktop.open': async ({ target }) => ({ desktop: await begin(target) }),
      'desktop.place': ({ desktop, bounds }) => nothing(open.get(desktop)?.page.place(bounds)),
      'desktop.focus': ({ desktop }) => nothing(pageOf(desktop).focus()),
      'desktop.popOut': ({ desktop }) => nothing(pageOf(desktop).popOut()),
      'desktop.bringBack': ({ desktop }) => nothing(pageOf(desktop).bringBack()),
      'desktop.reopen': ({ desktop }) => nothing(pageOf(desktop).reopen()),
      'desktop.close': ({ desktop }) => nothing(close(desktop)),
    },
    streamHandlers: {
      desktop({ desktop }, opened) {
        const found = open.get(desktop)
        if (!found) return opened.close()
        found.listeners.add(opened.send)
        opened.onClose(() => found.listeners.delete(opened.send))
        opened.send(found.desktop.view)
      },
    },
    refresh: () => open.forEach(({ desktop }) => desktop.refresh()),
  }
}

async function saveFile(machine: Machine, { window, language }: DesktopHandlerParts) {
  const words = messages[language()].desktop.saveDialog
  const options = {
    title: words.title,
    defaultPath: `${machine.label}.rdp`,
    filters: [{ name: words.kind, extensions: ['rdp'] }],
  }
  const file = await placeToSave(window(), options)
  if (!file) return
  try {
    await writeFile(file, clientText(await clientFile(machine)), { mode: 0o600 })
  } catch (error) {
    throw new AppError('file.unwritable', { file }, { message: String(error) }, { cause: error })
  }
}

function nothing(_result: unknown): null {
  return null
}
