import { createPrivateKey } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import ssh2 from 'ssh2'
import { AppError } from '../../shared/errors'
import type { AskTexts, Identity } from './ssh-auth'

type KeyIdentity = Identity & { kind: 'key' }

const tries = 3
/** The order in which OpenSSH's client tries them. */
const usualNames = ['id_rsa', 'id_ecdsa', 'id_ed25519']

/**
 * A private key of a person in any of the formats of OpenSSH, PuTTY and OpenSSL; the passphrase is asked for where it has one.
 * Throws AppError `session.key-unreadable` {file}, `session.wrong-passphrase` {file}, `cancelled`, `session.question`.
 */
export async function keyFromFile(file: string, ask: AskTexts): Promise<KeyIdentity> {
  const name = basename(file)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new AppError('session.key-unreadable', { file: name }, { message: error.code ?? '' })
  })
  return unlocked(name, text, ask)
}

/** The person's own keys, in the order in which OpenSSH's client tries them; with `publicKey` only the one that fits it. */
export async function ownKeys(publicKey?: string, folder = join(homedir(), '.ssh')): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => [])
  if (publicKey === undefined)
    return usualNames.filter((name) => names.includes(name)).map((name) => join(folder, name))
  const wanted = keyPart(publicKey)
  for (const name of names.filter((it) => it.endsWith('.pub'))) {
    const file = join(folder, name)
    const text = await readFile(file, 'utf8').catch(() => '')
    if (keyPart(text) === wanted && names.includes(basename(name, '.pub'))) return [file.slice(0, -'.pub'.length)]
  }
  return []
}

/** Type and bytes, without options before and the comment behind. */
function keyPart(line: string): string {
  return /(?:ssh|ecdsa|sk)-\S+\s+([A-Za-z0-9+/=]+)/.exec(line)?.[1] ?? line
}

/** Where an agent listens on this computer; null: nowhere that is known. */
export function agentPath(environment: Record<string, string | undefined> = process.env): string | null {
  const named = environment['SSH_AUTH_SOCK']
  if (named) return named
  // The service that comes with Windows. PuTTY's agent has no fixed place and is found by its window.
  return process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : null
}

async function unlocked(file: string, text: string, ask: AskTexts): Promise<KeyIdentity> {
  const problem = problemOf(text)
  if (problem === null) return { kind: 'key', name: file, key: usable(text) }
  if (!isLocked(problem)) throw new AppError('session.key-unreadable', { file }, { message: problem })
  for (let round = 0; round < tries; round++) {
    const [passphrase = ''] = await ask({ kind: 'passphrase', file, isAgain: round > 0 })
    if (problemOf(text, passphrase) === null) {
      return { kind: 'key', name: file, key: usable(text, passphrase), passphrase }
    }
  }
  throw new AppError('session.wrong-passphrase', { file })
}

/** What is wrong with it, or null. */
function problemOf(text: string, passphrase?: string): string | null {
  const parsed = ssh2.utils.parseKey(usable(text, passphrase), passphrase)
  if (parsed instanceof Error) return parsed.message
  const key = Array.isArray(parsed) ? parsed[0]! : parsed
  return key.isPrivateKey() ? null : 'no private key'
}

function isLocked(problem: string): boolean {
  return /no passphrase given|passphrase required/i.test(problem)
}

/** What OpenSSL writes by itself (PKCS #8) in the older format that the library reads; everything else as it is. */
function usable(text: string, passphrase?: string): string {
  if (!/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return text
  try {
    const key = createPrivateKey({ key: text, ...(passphrase ? { passphrase } : {}) })
    const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1'
    return key.export({ type, format: 'pem' }).toString()
  } catch {
    return text
  }
}
