import { createHash } from 'node:crypto'
import ssh2 from 'ssh2'
import type { LinuxSystem } from './guest-linux'

const keyKinds = [
  ['rsa', { bits: 2048 }],
  ['ecdsa', { bits: 256 }],
  ['ed25519', {}],
] as const

/** Where a system keeps the keys by which its SSH server is known. */
export type KeyFolder = {
  read(name: string): string | null
  write(name: string, text: string, isSecret: boolean): void
  /** `root@vm`: what stands behind the public keys. */
  comment: string
}

/** The private host keys; missing ones are made. */
export async function hostKeysIn(folder: KeyFolder): Promise<string[]> {
  const keys: string[] = []
  for (const [kind, options] of keyKinds) {
    const name = `ssh_host_${kind}_key`
    if (folder.read(name) === null) {
      const made = await newKey(kind, { ...options, comment: folder.comment })
      folder.write(name, made.private, true)
      folder.write(`${name}.pub`, `${made.public}\n`, false)
    }
    keys.push(folder.read(name) ?? '')
  }
  return keys
}

export function hostKeys(system: LinuxSystem): Promise<string[]> {
  return hostKeysIn({
    read: (name) => system.disk.readText(`/etc/ssh/${name}`),
    write: (name, text, isSecret) => system.writeRoot(`/etc/ssh/${name}`, text, isSecret ? 0o600 : 0o644),
    comment: `root@${system.hostname}`,
  })
}

type KeyKind = 'rsa' | 'ecdsa' | 'ed25519'

async function newKey(kind: KeyKind, options: object): Promise<{ private: string; public: string }> {
  // ssh2 drops a leading zero of one key of Ed25519 in 256, and nobody can read such a one.
  for (;;) {
    const pair = await anyKey(kind, options)
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}

function anyKey(kind: KeyKind, options: object): Promise<{ private: string; public: string }> {
  return new Promise((resolve, reject) =>
    ssh2.utils.generateKeyPair(kind, options as never, (error, pair) => (error ? reject(error) : resolve(pair))),
  )
}

export function publicKeys(system: LinuxSystem): string[] {
  return ['ecdsa', 'ed25519', 'rsa'].flatMap((kind) => {
    const text = system.disk.readText(`/etc/ssh/ssh_host_${kind}_key.pub`)
    return text === null ? [] : [text.trim()]
  })
}

/** Removes all host keys, as deprovisioning does. */
export function removeHostKeys(system: LinuxSystem): void {
  for (const [kind] of keyKinds)
    for (const end of ['', '.pub']) system.removeIfThere(`/etc/ssh/ssh_host_${kind}_key${end}`)
}

/** As cloud-init prints them to the console (tools/write-ssh-key-fingerprints): by logger with its priority, then the keys bare. */
export function keyLines(system: LinuxSystem): string {
  const keys = publicKeys(system)
  const at = new Date(system.now()).toUTCString()
  const stamp = `<14>${at.slice(8, 11)} ${at.slice(5, 7).replace(/^0/, ' ')} ${at.slice(17, 25)} cloud-init: `
  const bar = '#############################################################'
  return [
    `${stamp}${bar}`,
    `${stamp}-----BEGIN SSH HOST KEY FINGERPRINTS-----`,
    ...keys.map((key) => `${stamp}${fingerprintLine(key)}`),
    `${stamp}-----END SSH HOST KEY FINGERPRINTS-----`,
    `${stamp}${bar}`,
    '-----BEGIN SSH HOST KEY KEYS-----',
    ...keys,
    '-----END SSH HOST KEY KEYS-----',
    '',
  ].join('\n')
}

/** `256 SHA256:... root@vm (ED25519)`, as `ssh-keygen -l` prints it. */
export function fingerprintLine(key: string): string {
  const [type = '', blob = '', comment = ''] = key.split(' ')
  const hash = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')
  const kind = type.includes('rsa') ? 'RSA' : type.includes('ecdsa') ? 'ECDSA' : 'ED25519'
  return `${kind === 'RSA' ? 2048 : 256} SHA256:${hash} ${comment} (${kind})`
}
