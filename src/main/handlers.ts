import { clipboard, nativeTheme, shell, type BrowserWindow } from 'electron'
import { basename, isAbsolute } from 'node:path'
import type { AppFacts, RunsView } from '../shared/contract'
import { AppError } from '../shared/errors'
import { messages } from '../shared/messages/messages'
import type { Language, StepId } from '../shared/terms'
import type { Handlers } from './answer'
import { coalesce } from './engine/coalesce'
import type { EngineView } from './engine/engine'
import type { DesktopHandlers } from './desktop-handlers'
import { pickOne, placeToSave } from './file-dialogs'
import { assertKnown, createKnownFiles } from './known-files'
import type { Log } from './log'
import { createFilesHandlers } from './files-handlers'
import type { KeptClouds } from './kept-sign-ins'
import { builtInProfiles, loadProfile } from './net/profiles'
import { createPlans } from './plans'
import { createMachineHandlers } from './machine-handlers'
import { createRecipeHandlers } from './recipe-handlers'
import type { Opened, StreamHandlers } from './serve'
import { createSessionHandlers } from './session-handlers'
import type { SessionFiles } from './sessions/session-files'
import type { SettingsFile } from './settings'
import type { SettingsHandlers } from './settings-handlers'
import type { Studio } from './studio'
import type { UpkeepHandlers } from './upkeep-handlers'

export type HandlerParts = {
  studio: Studio
  settings: SettingsFile
  clouds: KeptClouds
  log: Log
  facts(): AppFacts
  window(): BrowserWindow | null
  refreshMenu(): void
  menuListeners: Set<Opened<'menu'>>
  /** What the settings screen asks. */
  settingsParts: SettingsHandlers & UpkeepHandlers
  settingsStreams: Pick<StreamHandlers, 'connectionTest'>
  noticeListeners: Set<Opened<'notice'>>
  desktops: Pick<DesktopHandlers, 'handlers' | 'streamHandlers'>
  files: SessionFiles
}

const snapshotIntervalMs = 100
/** Characters. */
const longestPaste = 1_000_000

/** What each message of the contract does: one line into the rest of the app. */
export function createHandlers(parts: HandlerParts): { handlers: Handlers; streamHandlers: StreamHandlers } {
  const { studio, settings, log } = parts
  const { engine } = studio
  const plans = createPlans(engine)
  const shown = { language: () => parts.facts().language, window: parts.window }
  const sessionParts = createSessionHandlers({ studio, ...shown })
  const filesParts = createFilesHandlers({ files: parts.files, ...shown })
  const ofMachines = createMachineHandlers({
    studio,
    isKnownCloud: (cloud) => isKnownCloud(cloud) || isKnownPlace(cloud),
  })
  const knownFiles = createKnownFiles()
  const ofRecipes = createRecipeHandlers({
    studio,
    language: () => parts.facts().language,
    window: () => parts.window(),
    onPicked: (file) => knownFiles.add(file),
  })

  const handlers: Handlers = {
    'app.facts': () => parts.facts(),
    'settings.save'(change) {
      settings.set({
        ...(change.theme ? { theme: change.theme } : {}),
        ...(change.language !== undefined ? { language: change.language ?? undefined } : {}),
        ...(change.notify !== undefined ? { notify: change.notify } : {}),
        ...(change.closing ? { closing: change.closing } : {}),
      })
      nativeTheme.themeSource = settings.get().theme
      parts.refreshMenu()
      return parts.facts()
    },
    async 'run.create'(wanted) {
      const { recipe, name, cloud } = wanted
      if (cloud !== undefined) assertKnown(cloud, undefined, isKnownCloud)
      // A stand-in Electron is for the practice cloud only.
      const proposed = parts.facts().isFallbackElectron ? undefined : settings.get().defaultCloud
      const chosen = cloud ?? proposed
      return { run: await engine.create({ recipe, name, ...(chosen ? { cloud: chosen } : {}) }) }
    },
    'run.previewCopy': ({ run, cloud }) => engine.previewCopy(run, cloud ?? undefined),
    async 'run.duplicate'({ run, name, cloud, keepNames }) {
      const before = (await engine.open(run)).forms['connect.cloud']['cloud']
      if (cloud !== undefined) assertKnown(cloud, before, isKnownCloud)
      return { run: await engine.duplicate(run, { name, keepNames, ...(cloud ? { cloud } : {}) }) }
    },
    async 'plan.open'() {
      const words = messages[parts.facts().language].plans.pick
      const file = await pickOne(parts.window(), {
        title: words.title,
        buttonLabel: words.button,
        properties: ['openFile'],
        filters: [{ name: words.files, extensions: ['yaml', 'yml', 'json'] }],
      })
      return file ? plans.open(file) : null
    },
    'plan.create': async ({ plan, name }) => ({ run: await plans.create(plan, name) }),
    async 'plan.save'({ run }) {
      const words = messages[parts.facts().language].plans.pick
      const { name } = (await engine.open(run)).state
      const defaultPath = `${name.replace(/[^\p{L}\p{N} ._-]+/gu, '-')}.yaml`
      const filters = [{ name: words.files, extensions: ['yaml'] }]
      const options = { title: words.save, defaultPath, filters }
      const file = await placeToSave(parts.window(), options)
      return { file: file && (await plans.save(run, file)) }
    },
    'run.rename': ({ run, name }) => answered(engine.rename(run, name)),
    async 'run.remove'({ run, cleanUp }) {
      const refused = cleanUp ? (await engine.cleanUp(run)).left[0] : undefined
      if (refused) throw new AppError(refused.error.code, refused.error.params, refused.error.details)
      return answered(engine.remove(run))
    },
    'run.pause': ({ run }) => answered(engine.pause(run)),
    'run.cancel': ({ run, alsoRemove }) => answered(engine.giveUp(run, alsoRemove)),
    async 'step.input'({ run, step, input }) {
      assertPicked(step, input, (await engine.open(run)).state.steps[step].input)
      return answered(engine.setInput(run, step, input))
    },
    'step.consequences': ({ run, step, input }) => studio.consequences(run, step, input),
    async 'step.change'({ run, step, input, remove }) {
      assertPicked(step, input, (await engine.open(run)).state.steps[step].input)
      return answered(studio.change(run, step, input, remove))
    },
    'name.check': ({ run, step, input }) => studio.checkName(run, step, input),
    'step.perform': ({ run, step }) => answered(engine.perform(run, step)),
    'run.continue': ({ run }) => answered(engine.continue(run)),
    'run.tryNow': ({ run }) => answered(engine.tryNow(run)),
    'step.skip': ({ run, step, reason }) => answered(engine.skip(run, step, reason)),
    async 'file.pick'({ kind }) {
      const { language } = parts.facts()
      const file = await pickOne(parts.window(), kind === 'profile' ? profileDialog(language) : diskDialog(language))
      // Told at once, with the fields that are wrong, rather than when the step runs.
      if (file && kind === 'profile') await loadProfile(file)
      if (file) knownFiles.add(file)
      return { file }
    },
    'file.drop'({ path }) {
      if (!isAbsolute(path)) throw new AppError('file.not-found', { file: basename(path) })
      knownFiles.add(path)
      return { file: path }
    },
    'cloud.list': ({ run, list, fresh }) => studio.list(run, list, fresh ?? false),
    async 'pools.choose'({ place }) {
      assertKnown(place.cloud, undefined, (name) => isKnownCloud(name) || isKnownPlace(name))
      return answered(studio.pools.choose(place))
    },
    'pools.signIn': ({ method }) => nothing(studio.pools.signIn(method)),
    'pools.stop': () => nothing(studio.pools.stop()),
    'pools.refresh': (options) => nothing(studio.pools.refresh(options)),
    'pools.detail': ({ pool }) => studio.pools.detail(pool),
    'pools.scaleToZero': ({ pool }) => answered(studio.pools.scaleToZero(pool)),
    async 'pools.startRun'({ pool, name, recipe }) {
      return { run: await studio.pools.startRun(pool, name, recipe) }
    },
    'preflight.look': ({ run }) => nothing(studio.preflight.lookNow(run)),
    'xray.look': ({ run }) => nothing(studio.xray.lookNow(run)),
    'xray.stop': ({ run }) => nothing(studio.xray.stop(run)),
    'account.list': ({ run }) => studio.accounts(run),
    'account.signOut': ({ cloud, account }) => answered(studio.signOut(cloud, account)),
    'cloud.settings': () => studio.cloudSettings(),
    'cloud.save': ({ cloud, clientId, tenant }) =>
      nothing(parts.clouds.set(cloud, { ...(clientId ? { clientId } : {}), ...(tenant ? { tenant } : {}) })),
    'signIn.reopen': ({ run }) => nothing(studio.reopenSignIn(run)),
    'signIn.copyAddress'({ run }) {
      const address = studio.signInAddress(run)
      if (!address) throw new AppError('signIn.needed')
      return nothing(clipboard.writeText(address))
    },
    async 'report.open'({ run }) {
      const file = await studio.reportFile(run)
      const problem = file ? await shell.openPath(file) : 'missing'
      if (problem) throw new AppError('file.not-found', { file: file ? basename(file) : '' }, { message: problem })
      return null
    },
    async 'clipboard.read'() {
      // A promise in newer versions of Electron.
      const text = await clipboard.readText()
      return { text: text.slice(0, longestPaste) }
    },
    async 'link.open'({ url }) {
      await shell.openExternal(url)
      return null
    },
    'log.write': ({ level, message }) => nothing(log.write(level, 'window', { message })),
    async 'log.open'() {
      await shell.openPath(log.folder)
      return null
    },
    ...parts.settingsParts,
    ...sessionParts.handlers,
    ...filesParts.handlers,
    ...parts.desktops.handlers,
    ...ofRecipes.handlers,
    ...ofMachines.handlers,
    'session.open'(input) {
      ofMachines.assertKnown(input.target)
      return sessionParts.handlers['session.open'](input)
    },
    'desktop.open'(input) {
      ofMachines.assertKnown(input.target)
      return parts.desktops.handlers['desktop.open'](input)
    },
    'clipboard.write': ({ text }) => nothing(clipboard.writeText(text)),
  }

  function assertPicked(step: StepId, input: Record<string, unknown>, before: Record<string, unknown>) {
    knownFiles.assertIn(step, input, before)
    if (step === 'connect.cloud') assertKnown(input['cloud'], before['cloud'], isKnownCloud)
  }

  function isKnownCloud(name: string): boolean {
    const remembered = settings.get().profileFiles ?? []
    return (
      name === 'practice' || Object.hasOwn(builtInProfiles, name) || remembered.includes(name) || knownFiles.has(name)
    )
  }

  /** A profile file that a run or an earlier reading used. */
  function isKnownPlace(file: string): boolean {
    return studio.pools.view().places.some(({ cloud }) => cloud === file)
  }

  const streamHandlers: StreamHandlers = {
    ...parts.settingsStreams,
    ...sessionParts.streamHandlers,
    ...filesParts.streamHandlers,
    ...parts.desktops.streamHandlers,
    ...ofRecipes.streamHandlers,
    ...ofMachines.streamHandlers,
    pools(_input, opened) {
      const send = coalesce(snapshotIntervalMs)
      send.subscribe(() => opened.send(studio.pools.view()))
      const stop = studio.pools.subscribe(send.tell)
      opened.onClose(() => {
        stop()
        send.close()
      })
    },
    runs({ run }, opened) {
      let latest: EngineView | null = null
      const send = coalesce(snapshotIntervalMs)
      send.subscribe(() => {
        if (latest) opened.send(snapshot(run, latest))
      })
      const stops = [
        engine.subscribe((view) => {
          latest = view
          send.tell()
        }, run),
        studio.subscribe(send.tell),
      ]
      opened.onClose(() => {
        for (const stop of stops) stop()
        send.close()
      })
    },
    preflight({ run }, opened) {
      opened.onClose(studio.preflight.watch(run, (view) => opened.send(view)))
    },
    xray({ run }, opened) {
      opened.onClose(studio.xray.watch(run, (view) => opened.send(view)))
    },
    notice(_input, opened) {
      parts.noticeListeners.add(opened)
      opened.onClose(() => parts.noticeListeners.delete(opened))
    },
    menu(_input, opened) {
      parts.menuListeners.add(opened)
      opened.onClose(() => parts.menuListeners.delete(opened))
    },
  }

  function snapshot(run: string | null, view: EngineView): RunsView {
    return {
      ...view,
      run: view.run && { ...view.run, signIn: studio.pendingSignIn(view.run.state.id) },
      cloud: studio.connection(run),
      practiceSetAside: studio.practiceSetAside(),
    }
  }

  return { handlers, streamHandlers }
}

/** As the programs that make disk images name them. */
const diskExtensions = ['vhd', 'vhdx', 'avhd', 'avhdx', 'img', 'raw', 'bin', 'qcow2', 'qcow', 'vmdk', 'vdi']

function diskDialog(language: Language): Electron.OpenDialogOptions {
  const words = messages[language].shell.pickDisk
  const filters = [
    { name: words.images, extensions: diskExtensions },
    { name: words.all, extensions: ['*'] },
  ]
  return { title: words.title, buttonLabel: words.button, properties: ['openFile'], filters }
}

function profileDialog(language: Language): Electron.OpenDialogOptions {
  const words = messages[language].signIn.pickProfile
  const filters = [
    { name: words.profiles, extensions: ['json'] },
    { name: words.all, extensions: ['*'] },
  ]
  return { title: words.title, buttonLabel: words.button, properties: ['openFile'], filters }
}

function nothing(_result: unknown): null {
  return null
}

/** Long work has begun when this answers; what follows comes down the `runs` stream. */
async function answered(work: Promise<unknown>): Promise<null> {
  await work
  return null
}
