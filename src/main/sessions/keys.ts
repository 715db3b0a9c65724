import { randomInt } from 'node:crypto'
import { chmod, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors'

/** What opens a run's build VM: made by the app, kept on this computer, removed with the VM. */
export type VmKeys = {
  /** One line of authorized_keys. The pair is made by the first call. Throws AppError `session.key-locked`, `disk-full`, `state.unwritable`. */
  publicKey(run: string): Promise<string>
  /** In OpenSSH's format; null where none was made. Throws AppError `session.key-locked`. */
  privateKey(run: string): Promise<string | null>
  /** 24 characters of all four classes, made by the first call. Throws as `publicKey`. */
  password(run: string): Promise<string>
  /** null where none was made. Throws AppError `session.key-locked`. */
  keptPassword(run: string): Promise<string | null>
  /** Forgets both. */
  remove(run: string): Promise<void>
}

/** What the system's keyring does. */
export type Keyring = { encrypt(text: string): Buffer; decrypt(bytes: Buffer): string }
export type VmKeysOptions = {
  /** The run's own folder, which only its owner may enter. */
  folder(run: string): string
  /** null: there is none, and the file is protected by its rights alone. */
  keyring(): Keyring | null
  /** Replaces a file in one move. */
  write(file: string, text: string): Promise<void>
}

const access = z.object({
  privateKey: z.string().optional(),
  publicKey: z.string().optional(),
  password: z.string().optional(),
})
type Access = z.infer<typeof access>
/** `sealed`: by the keyring, in base64. */
const accessFile = z.union([
  z.object({ schema: z.literal(1), sealed: z.string() }),
  z.object({ schema: z.literal(1), access }),
])

const fileName = 'vm-access.json'
const classes = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!#%*+-.:=?@_']
const passwordLength = 24

export function createVmKeys({ folder, keyring, write }: VmKeysOptions): VmKeys {
  const turns = new Map<string, Promise<unknown>>()
  const fileOf = (run: string) => join(folder(run), fileName)

  /** Two that ask at once must not make two keys. */
  function inTurn<T>(run: string, work: () => Promise<T>): Promise<T> {
    const next = (turns.get(run) ?? Promise.resolve()).then(work)
    const settled = next.catch(() => undefined)
    turns.set(run, settled)
    return next
  }

  async function read(run: string): Promise<Access> {
    const text = await readFile(fileOf(run), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw new AppError('session.key-locked', {}, { message: error.code ?? '' })
    })
    if (text === null) return {}
    try {
      const file = accessFile.parse(JSON.parse(text))
      if (!('sealed' in file)) return file.access
      const ring = keyring()
      if (!ring) throw new Error('sealed by the keyring, which the window has')
      return access.parse(JSON.parse(ring.decrypt(Buffer.from(file.sealed, 'base64'))))
    } catch (error) {
      throw new AppError('session.key-locked', {}, { message: error instanceof Error ? error.message : '' })
    }
  }

  async function keep(run: string, change: Access): Promise<void> {
    const next = { ...(await read(run)), ...change }
    const ring = keyring()
    const file = ring
      ? { schema: 1, sealed: ring.encrypt(JSON.stringify(next)).toString('base64') }
      : { schema: 1, access: next }
    await write(fileOf(run), `${JSON.stringify(file)}\n`)
    await chmod(fileOf(run), 0o600)
  }

  return {
    publicKey: (run) =>
      inTurn(run, async () => {
        const known = await read(run)
        if (known.publicKey && known.privateKey) return known.publicKey
        const pair = await newPair(run)
        await keep(run, pair)
        return pair.publicKey
      }),
    privateKey: (run) => inTurn(run, async () => (await read(run)).privateKey ?? null),
    password: (run) =>
      inTurn(run, async () => {
        const known = (await read(run)).password
        if (known) return known
        const password = newPassword()
        await keep(run, { password })
        return password
      }),
    keptPassword: (run) => inTurn(run, async () => (await read(run)).password ?? null),
    remove: (run) => inTurn(run, () => rm(fileOf(run), { force: true })),
  }
}

async function newPair(run: string): Promise<{ privateKey: string; publicKey: string }> {
  // Loaded for the first VM: a program that makes none starts without it.
  const { default: ssh2 } = await import('ssh2')
  // ssh2 drops a leading zero of one key in 256, and such a pair opens nothing: 32 bytes it must be (RFC 8709).
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: `batch-image-studio ${run}` })
    const bytes = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64').length
    if (bytes === wholeKeyBytes) return { privateKey: pair.private, publicKey: pair.public }
  }
}

/** Two lengths of four bytes each, the word `ssh-ed25519`, and the key. */
const wholeKeyBytes = 4 + 11 + 4 + 32

/** Azure wants three of the four classes and 12 to 123 characters; look-alikes are left out, for whoever has to type it. */
function newPassword(): string {
  const all = classes.join('')
  const picked = [...classes, ...Array.from({ length: passwordLength - classes.length }, () => all)].map(
    (letters) => letters[randomInt(letters.length)]!,
  )
  for (let at = picked.length - 1; at > 0; at--) {
    const other = randomInt(at + 1)
    ;[picked[at], picked[other]] = [picked[other]!, picked[at]!]
  }
  return picked.join('')
}
