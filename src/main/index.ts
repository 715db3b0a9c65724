import { app, dialog, nativeTheme, net, powerMonitor, session, shell, type BrowserWindow } from 'electron'
import { join } from 'node:path'
import { toErrorData } from '../shared/errors'
import { errorText } from '../shared/messages/messages'
import { defaultNetwork } from '../shared/settings'
import type { Language } from '../shared/terms'
import { stayAwakeDuring } from './awake'
import { askBeforeClosing, mayLeave } from './closing'
import { createDesktopHandlers } from './desktop-handlers'
import { createHandlers } from './handlers'
import { openLog } from './log'
import { createNetwork } from './net/network'
import { watchRuns } from './notices'
import { setMenu, type MenuCommand } from './menu'
import { registerPageScheme, servePage } from './page'
import { assertWritable, pathsIn } from './paths'
import { hasKeyring, systemKeyring, tokenCache } from './secrets'
import { serve, type Opened } from './serve'
import { createSessionFiles } from './sessions/session-files'
import { keptClouds, openSettings, uploadLimitNow } from './settings'
import { createSettingsHandlers } from './settings-handlers'
import { openSignInPage } from './sign-in-window'
import { createStudio } from './studio'
import { createUpkeepHandlers } from './upkeep-handlers'
import { createWindow, denyPermissions, isOwnPage } from './window'

// The only wiring of the app: everything is built here and handed its parts as plain arguments.
registerPageScheme()
stayQuiet()
if (app.requestSingleInstanceLock()) start().catch(giveUp)
else app.quit()

const closeLimitMs = 30_000
const networkLookMs = 2_000
/** Major version of the stand-in used where no current Electron can be had; too old to trust with a real sign-in. */
const fallbackMajor = 33

async function start() {
  const paths = pathsIn(join(app.getPath('userData'), 'state'))
  assertWritable(paths.state)
  const log = openLog(paths.logs)
  process.on('uncaughtException', (error) =>
    log.write('error', 'uncaught', { error: error.message, stack: error.stack }),
  )
  process.on('unhandledRejection', (reason) => log.write('error', 'unhandled rejection', { error: String(reason) }))
  const settings = openSettings(paths.settings)
  if (settings.damagedCopy) log.write('warn', 'settings were damaged', { keptAs: settings.damagedCopy })
  const language = (): Language => settings.get().language ?? (app.getLocale().startsWith('de') ? 'de' : 'en')

  await app.whenReady()
  nativeTheme.themeSource = settings.get().theme
  denyPermissions()
  servePage(join(__dirname, '../renderer'), language)
  const password = tokenCache(join(paths.tokens, 'proxy'), 'password', log)
  const network = createNetwork({
    settings: () => settings.get().network ?? defaultNetwork,
    password: () => password.load(),
    environment: process.env,
    desktop: (url) => session.defaultSession.resolveProxy(url),
  })
  const clouds = keptClouds(settings)
  const studio = createStudio({
    stateFolder: paths.state,
    appVersion: app.getVersion(),
    log,
    language,
    signInUi: {
      openBrowser: (url, profile, signal) => openSignInPage(url, profile, language(), signal),
      showDeviceCode: () => undefined,
    },
    tokenCache: rememberedCaches(paths.tokens, (folder, cloud) => tokenCache(folder, cloud, log)),
    keyring: systemKeyring,
    network,
    uploadLimit: () => uploadLimitNow(settings.get()),
    queue: {},
    clouds,
    practice: { program: join(__dirname, 'practice.cjs'), ...practiceSpeed() },
  })
  stayAwakeDuring(studio.uploads)
  const menuListeners = new Set<Opened<'menu'>>()
  const noticeListeners = new Set<Opened<'notice'>>()
  let window: BrowserWindow | null = null
  const facts = () => ({
    version: app.getVersion(),
    language: language(),
    chosenLanguage: settings.get().language ?? null,
    theme: settings.get().theme,
    platform: process.platform,
    isFallbackElectron: Number.parseInt(process.versions.electron ?? '') === fallbackMajor,
    hasKeyring: hasKeyring(),
    damagedSettings: settings.damagedCopy,
    notify: settings.get().notify,
    closing: settings.get().closing,
    hasGraphicsCard: app.getGPUFeatureStatus().webgl === 'enabled',
  })
  const refreshMenu = () => {
    setMenu(language(), !app.isPackaged, {
      command: (command: MenuCommand) => menuListeners.forEach((listener) => listener.send(command)),
      openLog: () => void shell.openPath(log.folder),
      about: () => app.showAboutPanel(),
    })
    desktops.refresh()
  }
  const settingsScreen = createSettingsHandlers({
    studio,
    settings,
    network,
    password,
    keepsPassword: hasKeyring(),
    language,
    window: () => window,
  })
  const upkeep = createUpkeepHandlers({ studio, settings, network, log, paths, facts, window: () => window })
  const desktops = createDesktopHandlers({
    pins: studio.pins,
    window: () => window,
    language,
    theme: () => settings.get().theme,
    log,
    preload: join(__dirname, '../preload/desktop.cjs'),
    pages: join(__dirname, '../renderer'),
    machines: studio.machines,
  })
  const files = createSessionFiles(studio.sessions.fileHost)
  const { handlers, streamHandlers } = createHandlers({
    studio,
    settings,
    clouds,
    log,
    facts,
    window: () => window,
    refreshMenu,
    menuListeners,
    settingsParts: { ...settingsScreen.handlers, ...upkeep },
    settingsStreams: settingsScreen.streamHandlers,
    noticeListeners,
    desktops,
    files,
  })
  serve(handlers, streamHandlers, isOwnPage, log)
  refreshMenu()

  let isEnding = false
  const copying = () => (isEnding ? [] : files.transfers.unfinished())
  const open = () => {
    window = createWindow(join(__dirname, '../preload/index.cjs'), settings, log)
    window.on('closed', () => (window = null))
    window.on('focus', () => notices.seen())
    askBeforeClosing(window, { isUploading: () => notices.isUploading(), copying, settings, language })
  }
  const show = () => {
    if (!window) return open()
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }
  const notices = watchRuns({
    subscribe: (listener) => studio.engine.subscribe(listener),
    window: () => window,
    language,
    isWanted: () => settings.get().notify,
    show(run) {
      show()
      noticeListeners.forEach((listener) => listener.send({ run }))
    },
  })
  open()
  app.on('second-instance', show)
  app.on('activate', show)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  watchNetwork(() => studio.networkChanged())
  studio.requeue().catch((error: unknown) => log.write('error', 'queue not taken up', { error: String(error) }))
  closeCleanly(
    () => mayLeave(window, { copying, language }),
    () => {
      isEnding = true
      return studio.close()
    },
  )
  log.write('info', 'started', {
    version: app.getVersion(),
    electron: process.versions.electron,
    platform: process.platform,
  })
}

/** Chromium's own errands: updates of its parts, reports, look-ups ahead. No request leaves unless a run asks for it. */
function stayQuiet() {
  for (const errand of ['background-networking', 'component-update', 'domain-reliability', 'default-apps', 'sync']) {
    app.commandLine.appendSwitch(`disable-${errand}`)
  }
  app.commandLine.appendSwitch('no-pings')
}

/** Without a window nobody would learn why nothing happens. */
function giveUp(error: unknown) {
  const data = toErrorData(error)
  const { what, todo } = errorText(data, app.getLocale().startsWith('de') ? 'de' : 'en')
  dialog.showErrorBox('Batch Image Studio', [what, todo, data.details.message ?? ''].join('\n\n').trim())
  app.exit(1)
}

/** Tells when the system finds a network again, and when the computer wakes up. Sends nothing. */
function watchNetwork(isBack: () => void) {
  let wasOnline = net.isOnline()
  setInterval(() => {
    const isOnline = net.isOnline()
    if (isOnline && !wasOnline) isBack()
    wasOnline = isOnline
  }, networkLookMs).unref()
  powerMonitor.on('resume', isBack)
}

/**
 * Asks whether it may end, then lets running steps stop and the practice cloud save before the app leaves; a crash is covered by the
 * journal instead.
 */
function closeCleanly(mayEnd: () => Promise<boolean>, close: () => Promise<void>) {
  let state: 'open' | 'closing' | 'closed' = 'open'
  app.on('before-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    const leave = () => {
      if (state === 'closed') return
      state = 'closed'
      app.quit()
    }
    const end = () => {
      close().then(leave, leave)
      // Whatever does not stop is picked up at the next start: quitting must not hang on it.
      setTimeout(leave, closeLimitMs)
    }
    void mayEnd().then((may) => (may ? end() : (state = 'open')))
  })
}

/** One cache object per cloud: where there is no keyring, a sign-in lives in exactly that object. */
function rememberedCaches<Cache>(
  folder: string,
  make: (folder: string, cloud: string) => Cache,
): (cloud: string) => Cache {
  const caches = new Map<string, Cache>()
  return (cloud) => {
    const cache = caches.get(cloud) ?? make(folder, cloud)
    caches.set(cloud, cache)
    return cache
  }
}

/** Speed of the practice cloud's clock, for tests and demonstrations: `--practice-speed=jump` or a factor. */
function practiceSpeed(): { speed?: 'jump' | number } {
  const value = app.commandLine.getSwitchValue('practice-speed')
  if (value === 'jump') return { speed: 'jump' }
  const factor = Number(value)
  return value !== '' && factor > 0 ? { speed: factor } : {}
}
