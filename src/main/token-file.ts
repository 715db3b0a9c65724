import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Log } from './log'

/** Where one cloud's sign-ins are kept between starts. */
export type TokenCache = { load(): Promise<string | null>; save(text: string): Promise<void>; clear(): Promise<void> }
/** What the system's keyring does. */
export type Cipher = { encrypt(text: string): Buffer; decrypt(bytes: Buffer): string }

/**
 * Sign-ins in an encrypted file. Several runs renew their tokens at the same time, so writes wait for each other. A file that cannot be
 * read or written costs a sign-in at the next start, never the one that is going on.
 */
export function tokenFile(file: string, cipher: Cipher, log: Log): TokenCache {
  let last: Promise<void> = Promise.resolve()
  /** What was kept last, also where it could not be written; undefined: whatever the file holds. */
  let held: string | null | undefined

  function inTurn(work: () => Promise<void>): Promise<void> {
    last = last.then(work).catch((error: unknown) => {
      const code = (error as NodeJS.ErrnoException).code ?? 'no code'
      log.write('warn', 'sign-in is not kept', { code })
    })
    return last
  }

  return {
    async load() {
      await last
      if (held !== undefined) return held
      try {
        return cipher.decrypt(await readFile(file))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.write('warn', 'stored sign-in is unreadable')
        return null
      }
    },
    save(text) {
      held = text
      return inTurn(async () => {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 })
        const temporary = `${file}.tmp`
        await writeFile(temporary, cipher.encrypt(text), { mode: 0o600 })
        await rename(temporary, file)
      })
    },
    clear() {
      held = null
      return inTurn(() => rm(file, { force: true }))
    },
  }
}
