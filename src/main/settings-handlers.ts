import type { BrowserWindow } from 'electron'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '../shared/errors'
import { messages } from '../shared/messages/messages'
import type { Language } from '../shared/terms'
import { defaultNetwork, type NetworkSettings } from '../shared/settings'
import type { CloudFacts, NetworkFacts, settingsCalls } from '../shared/settings-calls'
import type { Handlers } from './answer'
import { testConnection } from './connection-test'
import { pickOne } from './file-dialogs'
import type { Network } from './net/network'
import { builtInProfiles, loadProfile } from './net/profiles'
import { parseProxy } from './net/proxy'
import { describeCertificate, readAuthorities } from './net/trust'
import type { StreamHandlers } from './serve'
import { uploadLimitsIn, type SettingsFile } from './settings'
import type { Studio } from './studio'
import type { TokenCache } from './token-file'

export type SettingsParts = {
  studio: Studio
  settings: SettingsFile
  network: Network
  /** Where the password of the proxy lies. */
  password: TokenCache
  keepsPassword: boolean
  language(): Language
  window(): BrowserWindow | null
}

type Names = 'network' | 'authority' | 'clouds' | 'profile' | 'upload'
export type SettingsHandlers = Pick<Handlers, Extract<keyof typeof settingsCalls, `${Names}.${string}`>>

const maxCertificateBytes = 1024 * 1024

/** What the settings screen asks about network, clouds and uploads. */
export function createSettingsHandlers(parts: SettingsParts): {
  handlers: SettingsHandlers
  streamHandlers: Pick<StreamHandlers, 'connectionTest'>
} {
  const { studio, settings, network } = parts
  const current = () => settings.get().network ?? defaultNetwork
  const save = (change: Partial<NetworkSettings>) => settings.set({ network: { ...current(), ...change } })

  async function networkFacts(): Promise<NetworkFacts> {
    const { authorities, ...rest } = current()
    const now = new Date()
    const system = network.system()
    return {
      ...rest,
      hasPassword: (await parts.password.load()) !== null,
      keepsPassword: parts.keepsPassword,
      authorities: authorities.flatMap((pem) => describeCertificate(pem, now) ?? []),
      system: { from: system.from, count: system.authorities.length },
    }
  }

  async function cloudFacts(): Promise<CloudFacts> {
    const { defaultCloud = null, profileFiles = [] } = settings.get()
    const profiles = await Promise.all(
      profileFiles.map(async (file) => {
        const profile = await loadProfile(file).catch(() => null)
        return { file, name: profile?.name ?? '', host: profile ? new URL(profile.armEndpoint).host : '' }
      }),
    )
    return { defaultCloud, profiles }
  }

  async function pick(words: { title: string; button: string; files: string }, extensions: string[]) {
    const options: Electron.OpenDialogOptions = {
      title: words.title,
      buttonLabel: words.button,
      properties: ['openFile'],
      filters: [
        { name: words.files, extensions },
        { name: messages[parts.language()].shell.pickDisk.all, extensions: ['*'] },
      ],
    }
    return pickOne(parts.window(), options)
  }

  function assertKnown(cloud: string | null) {
    const known = ['practice', ...Object.keys(builtInProfiles), ...(settings.get().profileFiles ?? [])]
    if (cloud !== null && !known.includes(cloud)) throw new AppError('contract.refused', { name: 'cloud' })
  }

  const handlers: SettingsHandlers = {
    'network.read': networkFacts,
    async 'network.save'({ password, ...change }) {
      const before = current()
      const url = change.url === undefined ? before.url : change.url.trim() && parseProxy(change.url).url
      const next = { ...before, ...definedOnly(change), url }
      if (next.proxy === 'manual' && !url) throw new AppError('proxy.invalid', { proxy: '' })
      const isOther = next.url !== before.url || next.user !== before.user
      if (password) await parts.password.save(password)
      else if (password === null || isOther) await parts.password.clear()
      save(next)
      return networkFacts()
    },
    async 'authority.add'() {
      const file = await pick(messages[parts.language()].settings.network.pick, ['pem', 'crt', 'cer', 'der'])
      if (file) {
        const bytes = await readFile(file)
        if (bytes.length > maxCertificateBytes) throw new AppError('certificate.unreadable', { file: basename(file) })
        const added = readAuthorities(bytes, basename(file), new Date())
        save({ authorities: [...new Set([...current().authorities, ...added])] })
      }
      return networkFacts()
    },
    'authority.remove'({ id }) {
      const now = new Date()
      save({ authorities: current().authorities.filter((pem) => describeCertificate(pem, now)?.id !== id) })
      return networkFacts()
    },
    'clouds.read': cloudFacts,
    'clouds.save'({ defaultCloud }) {
      assertKnown(defaultCloud)
      settings.set({ defaultCloud: defaultCloud ?? undefined })
      return cloudFacts()
    },
    async 'profile.add'() {
      const file = await pick(messages[parts.language()].settings.clouds.pick, ['json'])
      if (file) {
        await loadProfile(file)
        settings.set({ profileFiles: [...new Set([...(settings.get().profileFiles ?? []), file])] })
      }
      return cloudFacts()
    },
    'profile.remove'({ file }) {
      const { profileFiles = [], defaultCloud } = settings.get()
      settings.set({
        profileFiles: profileFiles.filter((it) => it !== file),
        ...(defaultCloud === file ? { defaultCloud: undefined } : {}),
      })
      return cloudFacts()
    },
    'upload.readLimit': () => uploadLimitsIn(settings.get()),
    'upload.saveLimit'({ limitMbit, hours }) {
      settings.set({ uploadLimitMbit: limitMbit ?? undefined, uploadHours: hours ?? undefined })
      return null
    },
  }

  return {
    handlers,
    streamHandlers: {
      connectionTest({ cloud }, opened) {
        const stop = new AbortController()
        opened.onClose(() => stop.abort())
        void (async () => {
          assertKnown(cloud)
          const profile = cloud === 'practice' ? (await studio.practice.start()).profile : await loadProfile(cloud)
          await testConnection(profile, await studio.knownHosts(cloud), network, stop.signal, (test) =>
            opened.send(test),
          )
        })().catch(() => opened.send({ rows: [], isDone: true }))
      },
    },
  }
}

function definedOnly<T extends object>(value: T) {
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>
  }
}
