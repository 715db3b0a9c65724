import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

export type LogLevel = 'info' | 'warn' | 'error'
export type Log = {
  folder: string
  write(level: LogLevel, msg: string, data?: Record<string, unknown>): void
}

const maxBytes = 5 * 1024 * 1024
const keptFiles = 3

/**
 * Opens the app's log: JSON lines `{at, level, msg, data}` in `folder/app.log`, rotated at 5 MiB, three old files kept.
 * Everything is redacted on its way in. A log that cannot be written never stops the app.
 */
export function openLog(folder: string, now: () => Date = () => new Date()): Log {
  const file = join(folder, 'app.log')
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    // An unwritable folder shows when the log is opened by the user; work goes on.
  }
  return {
    folder,
    write(level, msg, data) {
      const line = redact(JSON.stringify({ at: now().toISOString(), level, msg, ...(data ? { data } : {}) }))
      try {
        rotate(file, line.length)
        appendFileSync(file, line + '\n', { mode: 0o600 })
      } catch {
        // Full disk or removed folder: the journal reports that, the log must not.
      }
    },
  }
}

/** Replaces what must never be written down: SAS signatures, tokens, keys, passwords, private keys. */
export function redact(text: string): string {
  return text
    .replace(/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(-----END \1-----|$)/g, '[private key]')
    .replace(
      /([?&;\s"']|\\u0026|^)(sig|skoid|code|client_secret|refresh_token|access_token|id_token|client_assertion|password)=[^&\s"'\\]+/gi,
      '$1$2=[redacted]',
    )
    .replace(/\b(Bearer|SharedKey|Basic)\s+[A-Za-z0-9._~+/:=-]{8,}/g, '$1 [redacted]')
    .replace(/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '[token]')
    .replace(/\b(AccountKey|SharedAccessSignature)=[^;"\s\\]+/gi, '$1=[redacted]')
    .replace(
      /(\\?["'](?:[a-z]*password|[a-z_]*secret|adminPassword|accessToken|refreshToken|access_token|refresh_token|accessSAS|accountKey|key1|key2|authorization)\\?["']\s*:\s*\\?["'])(?:[^"'\\]|\\(?!["']))+/gi,
      '$1[redacted]',
    )
}

function rotate(file: string, nextBytes: number) {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size + nextBytes <= maxBytes) return
  for (let age = keptFiles - 1; age >= 1; age--) moveIfThere(`${file}.${age}`, `${file}.${age + 1}`)
  moveIfThere(file, `${file}.1`)
}

function moveIfThere(from: string, to: string) {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to)
}
