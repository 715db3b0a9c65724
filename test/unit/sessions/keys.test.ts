import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { writeAtomic } from '../../../src/main/engine/files'
import { createVmKeys, type Keyring } from '../../../src/main/sessions/keys'

const reversing: Keyring = {
  encrypt: (text) => Buffer.from([...text].reverse().join('')),
  decrypt: (bytes) => [...bytes.toString()].reverse().join(''),
}

function keysIn(keyring: Keyring | null = null, folder = mkdtempSync(join(tmpdir(), 'studio-keys-'))) {
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, keys: createVmKeys({ folder: () => folder, keyring: () => keyring, write: writeAtomic }) }
}

describe('what opens a build VM', () => {
  it('is one pair, whoever asks first, which OpenSSH knows as such', async () => {
    const { folder, keys } = keysIn()
    const [one, other] = await Promise.all([keys.publicKey('r'), keys.publicKey('r')])
    expect(one).toBe(other)
    const file = join(folder, 'pair')
    writeFileSync(file, (await keys.privateKey('r'))!, { mode: 0o600 })
    const own = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' })
    expect(own.split(' ').slice(0, 2)).toEqual(one.split(' ').slice(0, 2))
  })

  it('has a password that Windows takes: long, and of all four classes', async () => {
    const { keys } = keysIn()
    const password = await keys.password('r')
    expect(password).toHaveLength(24)
    expect([/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/].map((kind) => kind.test(password))).not.toContain(false)
    expect(await keys.password('r')).toBe(password)
  })

  it('lies in a file that only its owner may read, and is gone when removed', async () => {
    const { folder, keys } = keysIn()
    await keys.publicKey('r')
    expect(statSync(join(folder, 'vm-access.json')).mode & 0o777).toBe(0o600)
    await keys.remove('r')
    expect([await keys.privateKey('r'), await keys.keptPassword('r')]).toEqual([null, null])
  })

  it('is sealed by the keyring where there is one, and told apart from nothing where there is none', async () => {
    const { folder, keys } = keysIn(reversing)
    const password = await keys.password('r')
    expect(readFileSync(join(folder, 'vm-access.json'), 'utf8')).not.toContain(password)
    expect(await keysIn(reversing, folder).keys.keptPassword('r')).toBe(password)
    await expect(keysIn(null, folder).keys.keptPassword('r')).rejects.toMatchObject({ code: 'session.key-locked' })
  })
})
