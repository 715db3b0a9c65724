import { BrowserWindow, screen, session, type Rectangle, type Session } from 'electron'
import type { Log } from './log'
import { pageOrigin } from './page'
import type { SettingsFile } from './settings'

/** The page of the window: the built one, or the development server's. */
export function isOwnPage(url: string): boolean {
  const development = process.env['ELECTRON_RENDERER_URL']
  return url.startsWith(`${pageOrigin}/`) || (development !== undefined && url.startsWith(`${development}/`))
}

/**
 * Opens the one window: sandboxed, isolated, unable to navigate away, to open others or to be granted any permission.
 * A crashed page is replaced by one that offers to reload; runs live in main and go on.
 */
export function createWindow(preload: string, settings: SettingsFile, log: Log): BrowserWindow {
  const saved = settings.get().window
  const window = new BrowserWindow({
    width: 1280,
    height: 820,
    ...(saved && isOnSomeScreen(saved.bounds) ? saved.bounds : {}),
    minWidth: 720,
    minHeight: 520,
    show: false,
    title: 'Batch Image Studio',
    webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false, spellcheck: false },
  })
  if (saved?.isMaximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  lock(window)
  keepState(window, settings, log)
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return
    log.write('error', 'window crashed', { reason: details.reason, exitCode: details.exitCode })
    void window.loadURL(`${pageOrigin}/crashed`)
  })
  void window.loadURL(process.env['ELECTRON_RENDERER_URL'] ?? `${pageOrigin}/index.html`)
  return window
}

/** No page of ours asks for a permission, so none is ever given. */
export function denyPermissions() {
  const own = session.defaultSession
  withoutDictionaries(own)
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  own.setPermissionCheckHandler(() => false)
  own.setDevicePermissionHandler(() => false)
}

/** Else Chromium fetches dictionaries for the languages of the system, whether or not a page has its spelling checked. */
export function withoutDictionaries(own: Session) {
  own.setSpellCheckerEnabled(false)
  own.setSpellCheckerLanguages([])
}

function lock(window: BrowserWindow) {
  const refuseForeign = (event: { preventDefault(): void; url: string }) => {
    if (!isOwnPage(event.url)) event.preventDefault()
  }
  window.webContents.on('will-navigate', refuseForeign)
  window.webContents.on('will-redirect', refuseForeign)
  window.webContents.on('will-frame-navigate', refuseForeign)
  window.webContents.on('will-attach-webview', (event) => event.preventDefault())
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

function keepState(window: BrowserWindow, settings: SettingsFile, log: Log) {
  const save = () => {
    try {
      settings.set({ window: { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() } })
    } catch (error) {
      log.write('warn', 'window state not saved', { error: String(error) })
    }
  }
  let timer: NodeJS.Timeout | undefined
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(save, 500)
  }
  window.on('resize', soon)
  window.on('move', soon)
  window.on('close', () => {
    clearTimeout(timer)
    save()
  })
}

function isOnSomeScreen(bounds: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const overlapX = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x)
    const overlapY = Math.min(bounds.y + bounds.height, workArea.y + workArea.height) - Math.max(bounds.y, workArea.y)
    return overlapX >= 100 && overlapY >= 60
  })
}
