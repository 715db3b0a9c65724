import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clientFile } from '../../../../src/main/sessions/rdp/client-file'
import { openSystemClient } from '../../../../src/main/sessions/rdp/system-client'

const place = { host: 'vm.contoso.example', port: 3390, user: 'builder' }
const fingerprint = 'ab'.repeat(32)

/** A program of that name that writes down how it was called, what it was told, and what the folder of its file is like. */
function pretend(name: string, status = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'bis-client-'))
  const lines = [
    '#!/bin/sh',
    `printf '%s\\n' "$@" > ${folder}/args`,
    `cp "$1" ${folder}/file`,
    `stat -c %a "$(dirname "$1")" "$1" > ${folder}/modes`,
    `cat > ${folder}/stdin`,
    'echo "no route" >&2',
    `exit ${status}`,
  ]
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  chmodSync(join(folder, name), 0o755)
  return { path: `${folder}:/usr/bin:/bin`, read: (what: string) => readFileSync(join(folder, what)) }
}

describe('the file for the system’s client', () => {
  it('says where, as whom and how careful, as Microsoft documents the lines', async () => {
    const lines = (await clientFile(place)).split('\r\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'full address:s:vm.contoso.example:3390',
        'username:s:builder',
        'prompt for credentials:i:1',
        'authentication level:i:2',
        'enablecredsspsupport:i:1',
        'redirectsmartcards:i:0',
        'drivestoredirect:s:',
      ]),
    )
    const keys = lines.map((line) => line.split(':')[0])
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
  })

  it('cannot be given further lines by a host or user name', async () => {
    const hostile = { host: 'a\r\nalternate shell:s:calc.exe', port: 3389, user: 'b\nredirectsmartcards:i:1\u2028x' }
    const lines = (await clientFile(hostile)).split(/\r\n|\r|\n|\u2028/)
    expect(lines.filter((line) => line.startsWith('alternate shell'))).toEqual(['alternate shell:s:'])
    expect(lines.filter((line) => line.startsWith('redirectsmartcards'))).toEqual(['redirectsmartcards:i:0'])
  })

  it('writes an IPv6 address as a URL would', async () => {
    expect(await clientFile({ ...place, host: '2001:db8::7' })).toContain('full address:s:[2001:db8::7]:3390\r\n')
  })

  it('leaves nothing in the folder that everybody can read', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.endsWith('.rdp'))
    await clientFile(place)
    expect(readdirSync(tmpdir()).filter((name) => name.endsWith('.rdp'))).toEqual(before)
  })
})

describe('the system’s client', () => {
  it('gets the password on its standard input only, and pins the certificate', async () => {
    const client = pretend('xfreerdp')
    await openSystemClient({ ...place, password: 'Pässwörd', fingerprint }, 'linux', client.path)
    expect(client.read('stdin').toString()).toBe('Pässwörd\n')
    const args = client.read('args').toString()
    expect(args).not.toContain('Pässwörd')
    expect(args).toContain(`/cert:fingerprint:sha256:${Array(32).fill('ab').join(':')}\n`)
    expect(client.read('file').toString('utf16le')).not.toContain('Pässwörd')
    expect(client.read('modes').toString()).toBe('700\n600\n')
    expect(existsSync(args.split('\n')[0]!)).toBe(false)
  })

  it('is the newest FreeRDP where there are several', async () => {
    const [old, fresh] = [pretend('xfreerdp'), pretend('xfreerdp3')]
    await openSystemClient({ ...place, password: '', fingerprint }, 'linux', `${old.path}:${fresh.path}`)
    expect(fresh.read('args').toString()).toContain('desktop.rdp')
  })

  it('may be missing', async () => {
    const none = openSystemClient({ ...place, password: '', fingerprint }, 'linux', '/nowhere')
    await expect(none).rejects.toMatchObject({ code: 'desktop.no-client' })
  })

  it('is heard when it fails', async () => {
    const client = pretend('xfreerdp', 131)
    const failing = openSystemClient({ ...place, password: '', fingerprint }, 'linux', client.path)
    await expect(failing).rejects.toMatchObject({
      code: 'desktop.client-failed',
      params: { program: 'xfreerdp', status: 131 },
      details: { message: 'no route' },
    })
  })
})
