import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A private key of Ed25519 in OpenSSH's format, made by OpenSSH: of those that ssh2 makes, one in 256 cannot be read. */
export function newPrivateKey(): string {
  const folder = mkdtempSync(join(tmpdir(), 'studio-key-'))
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')])
  const key = readFileSync(join(folder, 'key'), 'utf8')
  rmSync(folder, { recursive: true })
  return key
}
