import {
  BaseWindow,
  WebContentsView,
  session,
  type BrowserWindow,
  type IpcMainEvent,
  type MessagePortMain,
  type Session,
} from 'electron'
import { fromDesktop, type ToDesktop } from '../shared/desktop-link'
import type { Log } from './log'
import { desktopPage, serveDesktopPage } from './page'
import type { Desktop } from './sessions/rdp/desktop'
import type { BytePort } from './sessions/rdp/relay'
import { withoutDictionaries } from './window'

export type Bounds = { x: number; y: number; width: number; height: number }
export type DesktopViewParts = {
  desktop: Desktop
  preload: string
  /** Folder of the built pages. */
  pages: string
  window: BrowserWindow
  log: Log
}
/** The page of one remote desktop, inside the window or in one of its own. */
export type DesktopPage = {
  /** In CSS pixels of the window's page; null hides it. */
  place(bounds: Bounds | null): void
  focus(): void
  popOut(): void
  bringBack(): void
  captured(isCaptured: boolean): void
  /** After it broke down. */
  reopen(): void
  close(): void
}

/** Gives the keyboard back, whatever the remote computer would do with it; as Microsoft's client shows its bar. */
const wayOut = { key: 'Home', control: true, alt: true }
const smallest = { width: 640, height: 480 }

/**
 * Makes the page of a remote desktop: own WebContents with own session, preload and policy, which reaches nothing but the two ports
 * that main serves. It holds no right except the clipboard, which it reads when a person presses the button for that.
 */
export function openDesktopPage({ desktop, preload, pages, window, log }: DesktopViewParts): DesktopPage {
  const own = desktopSession(pages)
  const view = new WebContentsView({
    webPreferences: {
      ...{ preload, session: own, sandbox: true, contextIsolation: true, nodeIntegration: false, spellcheck: false },
      // A desktop that paints in the background is what one comes back to.
      backgroundThrottling: false,
    },
  })
  const { webContents: page } = view
  let outside: BaseWindow | null = null
  let placed: Bounds | null = null
  let isCaptured = false

  page.on('will-navigate', (event) => event.preventDefault())
  page.on('will-redirect', (event) => event.preventDefault())
  page.setWindowOpenHandler(() => ({ action: 'deny' }))
  page.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    log.write('error', 'desktop page crashed', { reason, exitCode })
    bringBack()
    show()
    desktop.crash()
  })
  page.on('before-input-event', (event, input) => {
    const isWayOut = input.key === wayOut.key && input.control && input.alt
    if (!isWayOut || input.type !== 'keyDown') return
    event.preventDefault()
    if (isCaptured) desktop.release()
    else if (!outside && !window.isDestroyed()) window.webContents.focus()
  })
  // A frame inside of it, or a page in its place, would be somebody else.
  const isOwn = ({ senderFrame }: IpcMainEvent) =>
    senderFrame === page.mainFrame && senderFrame.url.startsWith(desktopPage())
  page.ipc.on('link', (event) => {
    const [port] = event.ports
    if (port && isOwn(event)) talk(port, desktop)
  })
  page.ipc.on('bytes', (event, token: unknown) => {
    const [port] = event.ports
    if (port && isOwn(event)) desktop.serveBytes(String(token), bytePort(port))
  })
  window.contentView.addChildView(view)
  view.setVisible(false)
  const loaded = page.loadURL(desktopPage())
  loaded.catch((error: unknown) => log.write('error', 'desktop page not loaded', { error: String(error) }))

  function show() {
    if (outside || window.isDestroyed()) return
    const isShown = placed !== null && desktop.view.state !== 'crashed'
    if (isShown) view.setBounds(inWindow(placed!, window.webContents.getZoomFactor()))
    view.setVisible(isShown)
  }

  function popOut() {
    if (outside) return outside.focus()
    const { width, height } = view.getBounds()
    const size = { width: Math.max(width, smallest.width), height: Math.max(height, smallest.height) }
    const { label } = desktop.view
    outside = new BaseWindow({ ...size, useContentSize: true, title: label, minWidth: 480, minHeight: 320 })
    outside.setMenu(null)
    window.contentView.removeChildView(view)
    outside.contentView.addChildView(view)
    const fill = () => {
      const [contentWidth = 0, contentHeight = 0] = outside?.getContentSize() ?? []
      view.setBounds({ x: 0, y: 0, width: contentWidth, height: contentHeight })
    }
    outside.on('resize', fill)
    // Closing that window brings the desktop back; it goes on meanwhile.
    outside.on('close', (event) => {
      event.preventDefault()
      bringBack()
    })
    fill()
    view.setVisible(true)
    desktop.setPoppedOut(true)
    page.focus()
  }

  function bringBack() {
    if (!outside) return
    const left = outside
    outside = null
    left.contentView.removeChildView(view)
    left.destroy()
    if (window.isDestroyed()) return
    window.contentView.addChildView(view)
    desktop.setPoppedOut(false)
    show()
  }

  return {
    place(bounds) {
      placed = bounds
      show()
    },
    focus: () => page.focus(),
    popOut,
    bringBack,
    captured(is) {
      isCaptured = is
      // The remote computer gets Ctrl+W and Ctrl+Q; the app's menu would close itself.
      page.setIgnoreMenuShortcuts(is)
    },
    reopen: () => page.reload(),
    close() {
      outside?.destroy()
      if (!outside && !window.isDestroyed()) window.contentView.removeChildView(view)
      outside = null
      if (!page.isDestroyed()) page.close()
    },
  }
}

/** What the page may: load itself. One session for all of them, in memory. */
function desktopSession(pages: string): Session {
  const own = session.fromPartition('desktop')
  if (served.has(own)) return own
  served.add(own)
  const rights = new Set(['clipboard-read', 'clipboard-sanitized-write'])
  own.setPermissionRequestHandler((_contents, permission, answer) => answer(rights.has(permission)))
  own.setPermissionCheckHandler((_contents, permission) => rights.has(permission))
  own.setDevicePermissionHandler(() => false)
  withoutDictionaries(own)
  serveDesktopPage(own, pages)
  const isOwn = (url: string) => /^(app|blob|data|devtools):/.test(url) || isOfDevelopment(url)
  own.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isOwn(url) }))
  return own
}

const served = new WeakSet<Session>()

function isOfDevelopment(url: string): boolean {
  const server = process.env['ELECTRON_RENDERER_URL']
  return server !== undefined && new URL(url).host === new URL(server).host
}

function talk(port: MessagePortMain, desktop: Desktop) {
  let isOpen = true
  port.on('close', () => (isOpen = false))
  port.on('message', ({ data }) => {
    const message = fromDesktop.safeParse(data)
    if (message.success) desktop.receive(message.data)
    else port.close()
  })
  port.start()
  desktop.attach((message: ToDesktop) => {
    if (isOpen) port.postMessage(message)
  })
}

function bytePort(port: MessagePortMain): BytePort {
  let isOpen = true
  return {
    send(bytes) {
      if (isOpen) port.postMessage(bytes)
    },
    close() {
      isOpen = false
      port.close()
    },
    listen(on) {
      port.on('close', () => {
        isOpen = false
        on.close()
      })
      port.on('message', ({ data }: { data: unknown }) => {
        if (typeof data === 'number') on.seen(data)
        else if (data instanceof Uint8Array) on.bytes(Buffer.from(data.buffer, data.byteOffset, data.byteLength))
      })
      port.start()
    },
  }
}

/** Pixels of a page that is zoomed in to those of the window. */
function inWindow({ x, y, width, height }: Bounds, zoom: number): Bounds {
  const [left, top] = [Math.round(x * zoom), Math.round(y * zoom)]
  return {
    x: left,
    y: top,
    width: Math.max(0, Math.round((x + width) * zoom) - left),
    height: Math.max(0, Math.round((y + height) * zoom) - top),
  }
}
