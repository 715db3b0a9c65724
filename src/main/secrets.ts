import { safeStorage } from 'electron'
import { join } from 'node:path'
import type { Log } from './log'
import { tokenFile, type Cipher, type TokenCache } from './token-file'

const keyring: Cipher = {
  encrypt: (text) => safeStorage.encryptString(text),
  decrypt: (bytes) => safeStorage.decryptString(bytes),
}

/** True where the system offers a keyring that really protects; `basic_text` on Linux is only an obfuscation. */
export function hasKeyring(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'
}

/** The system's keyring, null where it protects nothing. Only once Electron is ready. */
export function systemKeyring(): Cipher | null {
  return hasKeyring() ? keyring : null
}

/** The token cache of one cloud: encrypted by the system's keyring, or in memory only where there is none. */
export function tokenCache(folder: string, cloud: string, log: Log): TokenCache {
  return hasKeyring() ? tokenFile(join(folder, `${safeName(cloud)}.bin`), keyring, log) : memory()
}

function memory(): TokenCache {
  let text: string | null = null
  return {
    load: () => Promise.resolve(text),
    save: (next) => {
      text = next
      return Promise.resolve()
    },
    clear: () => {
      text = null
      return Promise.resolve()
    },
  }
}

function safeName(cloud: string): string {
  return cloud.replace(/[^A-Za-z0-9._-]/g, '_').slice(-80)
}
