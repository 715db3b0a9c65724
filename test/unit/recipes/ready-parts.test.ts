import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { composed } from '../../../src/main/steps/part-script'
import { channelScript, removeChannelScript } from '../../../src/main/steps/windows-channel'
import { messages } from '../../../src/shared/messages/messages'
import { part } from '../../../src/shared/parts'
import { familyOf, readyPart, readyParts, type ReadyPartId, type SystemFamily } from '../../../src/shared/ready-parts'
import { carriesSecret } from '../../../src/shared/redact'

const ids = Object.keys(readyParts) as ReadyPartId[]
const all = ids.flatMap((id) => (Object.keys(readyParts[id]) as SystemFamily[]).map((family) => ({ id, family })))
const onLinux = all.filter(({ family }) => family !== 'windows')
const onWindows = all.filter(({ family }) => family === 'windows')

describe('a ready-made part', () => {
  it.each(onLinux)('$id for $family is valid bash, and so is its check', ({ id, family }) => {
    const { script = '', check = '' } = readyParts[id][family] ?? {}
    for (const text of [script, check]) {
      expect(text.trim()).not.toBe('')
      const { status, stderr } = spawnSync('bash', ['-n'], { input: composed('linux', text), encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
  })

  it.each(onWindows)('$id for Windows closes what it opens, and has a check', ({ id }) => {
    const { script = '', check = '' } = readyParts[id].windows ?? {}
    expect(check.trim()).not.toBe('')
    for (const text of [script, check]) expect(openedIn(text)).toEqual([])
  })

  it.each(all)('$id for $family can be kept, in both languages', ({ id, family }) => {
    for (const language of ['en', 'de'] as const) {
      const made = readyPart(id, family, messages[language].recipe.ready[id].name)
      expect(part.safeParse(made)).toMatchObject({ success: true })
      expect(carriesSecret(made!.script)).toBe(false)
    }
  })

  it('is there for what the systems of the Marketplace install with', () => {
    expect(familyOf({ osType: 'Linux', publisher: 'canonical', offer: 'ubuntu-24_04-lts' })).toBe('apt')
    expect(familyOf({ osType: 'Linux', publisher: 'debian', offer: 'debian-12' })).toBe('apt')
    expect(familyOf({ osType: 'Linux', publisher: 'almalinux', offer: 'almalinux-x86_64' })).toBe('dnf')
    expect(familyOf({ osType: 'Linux', publisher: 'RedHat', offer: 'RHEL' })).toBe('dnf')
    expect(familyOf({ osType: 'Windows', publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer' })).toBe('windows')
  })
})

describe('the control channel of Windows', () => {
  const key = `ssh-ed25519 ${'A'.repeat(68)} somebody@here`

  it('is opened by a script that closes what it opens, and closed by another', () => {
    expect(openedIn(channelScript({ vm: 'build', publicKey: key, port: 443 }))).toEqual([])
    expect(openedIn(removeChannelScript)).toEqual([])
  })

  it('takes the key alone, with the rights that OpenSSH demands', () => {
    const script = channelScript({ vm: 'build', publicKey: key, port: 22 })
    expect(script).toContain(`'ssh-ed25519 ${'A'.repeat(68)} batch-image-studio'`)
    expect(script).not.toContain('somebody@here')
    // Microsoft Learn, "Key-based authentication in OpenSSH for Windows"; S-1-5-32-544 and S-1-5-18: Administrators and SYSTEM.
    expect(script).toContain("icacls.exe $keys /inheritance:r /grant '*S-1-5-32-544:F' /grant '*S-1-5-18:F'")
    expect(script).toContain("'PasswordAuthentication no'")
    expect(script).not.toContain('Port 443')
  })

  it('listens on the port that an office lets out, and lets in whom it is told', () => {
    const script = channelScript({ vm: 'build', publicKey: key, port: 443, sourceCidr: '203.0.113.7/32' })
    expect(script).toContain("'Port 22', 'Port 443'")
    expect(script).toContain('-LocalPort 22,443 -RemoteAddress 203.0.113.7/32')
  })

  it.each([
    "ssh-ed25519 AAAA'; Remove-Item C:\\ -Recurse; '",
    'ssh-ed25519 $(Remove-Item C:\\)',
    `-----BEGIN OPENSSH PRIVATE KEY-----`,
    `ssh-ed25519 ${'A'.repeat(50)}\u2019; calc #`,
    '',
  ])('is not opened with what is no key: %s', (publicKey) => {
    expect(() => channelScript({ vm: 'build', publicKey, port: 22 })).toThrow(
      expect.objectContaining({ code: 'input.invalid' }) as Error,
    )
  })

  it('is not opened with a name that could end its comment', () => {
    const script = channelScript({ vm: 'a\n calc.exe', publicKey: key, port: 22 })
    expect(script.split('\n')[0]).toBe('# Batch Image Studio: control channel of acalcexe')
  })
})

/** Brackets that PowerShell would wait for, outside of strings and comments. */
function openedIn(script: string): string[] {
  const bare = script
    .replace(/@'\n[\s\S]*?\n'@/g, "''")
    .replace(/^\s*#.*$/gm, '')
    .replace(/'(?:[^'\n]|'')*'/g, '')
  const open: string[] = []
  const ends: Record<string, string> = { ')': '(', '}': '{', ']': '[' }
  for (const sign of bare.match(/[()[\]{}]/g) ?? []) {
    if (!Object.hasOwn(ends, sign)) open.push(sign)
    else if (open.pop() !== ends[sign]) return [...open, sign]
  }
  return open
}
