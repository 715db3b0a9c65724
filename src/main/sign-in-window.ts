import { BrowserWindow, session, shell, type Session } from 'electron'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { CloudProfile } from '../shared/profile'
import { AppError } from '../shared/errors'
import { messages } from '../shared/messages/messages'
import type { Language } from '../shared/terms'
import { withoutDictionaries } from './window'

/**
 * Shows a cloud's sign-in page: real clouds in the system's browser, a loopback cloud in a window of its own, because no
 * browser trusts that cloud's certificate authority and none should learn to.
 * Throws `cancelled` when the person closes that window before the sign-in came back, or when `signal` ends the waiting;
 * `offline` when the page cannot be shown.
 */
export async function openSignInPage(
  url: string,
  profile: CloudProfile,
  language: Language,
  signal: AbortSignal,
): Promise<void> {
  if (new URL(url).origin !== new URL(profile.authority).origin) {
    throw new AppError('token.refused-host', { host: new URL(url).host })
  }
  if (profile.loopbackOnly) await showWindow(url, profile, language, signal)
  else await shell.openExternal(url)
}

async function showWindow(url: string, profile: CloudProfile, language: Language, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new AppError('cancelled')
  // A partition without `persist:` lives in memory: nothing of a sign-in stays behind.
  const own = session.fromPartition(`sign-in-${Date.now()}`)
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  own.setPermissionCheckHandler(() => false)
  withoutDictionaries(own)
  trustOnly(own, profile.caFile)
  // The page speaks the language of the app, whatever the system's is.
  own.setUserAgent(own.getUserAgent(), language)
  // Only clouds on this computer are shown here, and no proxy leads to those.
  await own.setProxy({ mode: 'direct' })
  const window = new BrowserWindow({
    width: 460,
    height: 600,
    title: messages[language].shell.signInWindow.title,
    autoHideMenuBar: true,
    webPreferences: { session: own, sandbox: true, contextIsolation: true, nodeIntegration: false, spellcheck: false },
  })
  window.setMenu(null)
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  const refuseForeign = (event: { preventDefault(): void; url: string }) => {
    if (!isExpected(event.url, profile)) event.preventDefault()
  }
  window.webContents.on('will-navigate', refuseForeign)
  window.webContents.on('will-redirect', refuseForeign)
  const close = () => window.destroy()
  signal.addEventListener('abort', close, { once: true })
  try {
    await signedIn(window, url)
  } finally {
    signal.removeEventListener('abort', close)
    if (!window.isDestroyed()) window.destroy()
    await own.clearStorageData()
  }
}

/** Resolves when the page leads back to the app. */
function signedIn(window: BrowserWindow, url: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    window.webContents.on('did-navigate', (_event, at) => {
      if (isReturn(at)) resolve()
    })
    window.on('closed', () => reject(new AppError('cancelled')))
    window.loadURL(url).catch((error: unknown) => {
      // A page that leads on before it has loaded is no failure.
      const { code } = error as { code?: unknown }
      if (code === 'ERR_ABORTED') return
      // Closed while it was loading is closed, whatever the loading says about it.
      if (window.isDestroyed()) return reject(new AppError('cancelled'))
      reject(new AppError('offline', { host: new URL(url).host }, { message: String(code) }))
    })
  })
}

function trustOnly(own: Session, caFile: string | undefined) {
  const authority = caFile ? new X509Certificate(readFileSync(caFile)) : null
  own.setCertificateVerifyProc((request, answer) => {
    if (!authority) return answer(-3)
    const shown = new X509Certificate(request.certificate.data)
    const isOurs = shown.verify(authority.publicKey) && new Date(shown.validTo) > new Date()
    const isLoopback = request.hostname === '127.0.0.1' || request.hostname === 'localhost'
    answer(isOurs && isLoopback ? 0 : -2)
  })
}

function isExpected(url: string, profile: CloudProfile): boolean {
  return new URL(url).origin === new URL(profile.authority).origin || isReturn(url)
}

/** The redirect URI of a public client: the loopback server that MSAL opened for this one answer. */
function isReturn(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && hostname === 'localhost'
}
