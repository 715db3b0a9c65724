import { AppError } from '../../shared/errors'
import type { cli } from '../../shared/messages/en/cli'
import { fill } from '../../shared/messages/format'
import type { Language } from '../../shared/terms'
import type { SignInUi, TokenCache } from '../azure/sign-in'
import { createNetwork, type Network } from '../net/network'
import { pathsIn } from '../paths'
import { readSettings, uploadLimitNow } from '../settings'
import { defaultNetwork } from '../../shared/settings'
import type { CommandIo } from './io'

/** What a command is told besides its arguments. */
export type CliFacts = { version: string; language: Language; texts: typeof cli; practiceProgram: string }

/** Without a window: a code on stderr for a browser elsewhere. */
export function deviceCodeOnStderr(io: CommandIo, facts: CliFacts): SignInUi {
  return {
    openBrowser: () => Promise.reject(new AppError('signIn.needed')),
    showDeviceCode(code) {
      if (code) io.stderr.write(`${fill(facts.texts.deviceCode, code, facts.language)}\n`)
    },
  }
}

/** Sign-ins of a command end with it; one cache per cloud. */
export function memoryCache(): (cloud: string) => TokenCache {
  const texts = new Map<string, string>()
  return (cloud) => ({
    load: () => Promise.resolve(texts.get(cloud) ?? null),
    save(text) {
      texts.set(cloud, text)
      return Promise.resolve()
    },
    clear() {
      texts.delete(cloud)
      return Promise.resolve()
    },
  })
}

/**
 * Proxy, trust and upload limit of the settings that the window keeps in the same state folder. Where they say "as the system
 * says", a command means its environment; the password of a proxy comes from BIS_PROXY_PASSWORD, the keyring is the window's.
 */
export function keptNetwork(state: string, io: CommandIo): { network: Network; uploadLimit(): number | null } {
  const kept = readSettings(pathsIn(state).settings)
  const { network = defaultNetwork } = kept
  return {
    network: createNetwork({
      settings: () => network,
      password: () => Promise.resolve(io.env['BIS_PROXY_PASSWORD'] ?? null),
      environment: io.env,
    }),
    uploadLimit: () => uploadLimitNow(kept),
  }
}
