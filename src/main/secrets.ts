import { safeStorage } from 'electron'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from './log'

/** Where one cloud's sign-ins are kept between starts. */
export type TokenCache = { load(): Promise<string | null>; save(text: string): Promise<void>; clear(): Promise<void> }

/** True where the system offers a keyring that really protects; `basic_text` on Linux is only an obfuscation. */
export function hasKeyring(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'
}

/** The token cache of one cloud: encrypted by the system's keyring, or in memory only where there is none. */
export function tokenCache(folder: string, cloud: string, log: Log): TokenCache {
  return hasKeyring() ? encryptedFile(join(folder, `${safeName(cloud)}.bin`), log) : memory()
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

function encryptedFile(file: string, log: Log): TokenCache {
  return {
    async load() {
      try {
        return safeStorage.decryptString(await readFile(file))
      } catch (error) {
        // Another user's keyring or a damaged file: signing in again is harmless, a crash is not.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.write('warn', 'stored sign-in is unreadable')
        return null
      }
    },
    async save(text) {
      await mkdir(join(file, '..'), { recursive: true, mode: 0o700 })
      const temporary = `${file}.tmp`
      await writeFile(temporary, safeStorage.encryptString(text), { mode: 0o600 })
      await rename(temporary, file)
    },
    clear: () => rm(file, { force: true }),
  }
}

function safeName(cloud: string): string {
  return cloud.replace(/[^A-Za-z0-9._-]/g, '_').slice(-80)
}
