import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { relay, type RelayTarget } from '../../src/main/sessions/rdp/relay'
import type { SeenCertificate } from '../../src/main/sessions/rdp/secure'
import { openSystemClient } from '../../src/main/sessions/rdp/system-client'
import { sequenceByOpenssl } from '../support/der-openssl'
import { clientRequest, openPort } from '../support/rdp-fake'
import { startScreen, startShadow, startXrdp, windowOn, type RdpServer } from '../support/rdp-servers'

let shadow: RdpServer
beforeAll(async () => {
  shadow = await startShadow()
})
afterAll(() => shadow.close())

/** SHA-256 of a certificate as OpenSSL computes it, 64 hex digits. */
function fingerprintOf(file: string): string {
  const line = execFileSync('openssl', ['x509', '-in', file, '-noout', '-fingerprint', '-sha256'], { encoding: 'utf8' })
  return line.split('=')[1]!.trim().replaceAll(':', '').toLowerCase()
}

/** What the relay says of a server, and the client's end of it. */
async function reach(port: number) {
  const page = openPort()
  const seen: SeenCertificate[] = []
  const secured = new Promise<{ hasNla: boolean }>((onSecured, fail) => {
    const target: RelayTarget = {
      ...{ host: '127.0.0.1', port, token: 'token', hasCompatibleColours: false, onSecured },
      async dial() {
        const socket = connect(port, '127.0.0.1')
        await once(socket, 'connect')
        return socket
      },
      isTrusted: (certificate) => Promise.resolve(seen.push(certificate) > 0),
    }
    relay(page.port, target, new AbortController().signal).catch(fail)
  })
  page.send(
    sequenceByOpenssl([
      'EXPLICIT:0,INTEGER:3390',
      'EXPLICIT:2,UTF8:vm:3389',
      'EXPLICIT:3,UTF8:token',
      `EXPLICIT:6,FORMAT:HEX,OCTETSTRING:${clientRequest.toString('hex')}`,
    ]),
  )
  const { hasNla } = await secured
  await page.until(seen[0]!.raw.length)
  return { page, hasNla, certificate: seen[0]! }
}

describe('the relay and FreeRDP’s server with NLA', () => {
  it('sees the certificate that the server has', async () => {
    const { page, hasNla, certificate } = await reach(shadow.port)
    expect({ hasNla, fingerprint: certificate.fingerprint }).toEqual({
      hasNla: true,
      fingerprint: fingerprintOf(shadow.certificate),
    })
    page.close()
  })

  it('passes CredSSP: NTLM’s first message is answered with a challenge', async () => {
    const { page } = await reach(shadow.port)
    const answered = page.received().length
    // NEGOTIATE_MESSAGE of MS-NLMP 2.2.1.1 without SPNEGO around it.
    const negotiate = '4e544c4d5353500001000000b78208e2000000000000000000000000000000000a005a290000000f'
    page.send(tsRequest(Buffer.from(negotiate, 'hex')))
    await page.until(answered + 60)
    const challenge = page.received().subarray(answered)
    expect(challenge.includes(Buffer.from('4e544c4d5353500002000000', 'hex'))).toBe(true)
    page.close()
  })
})

describe('the relay and xrdp', () => {
  it('sees a server that has its own login box, and its certificate', async () => {
    const xrdp = await startXrdp()
    const { page, hasNla, certificate } = await reach(xrdp.port)
    const { fingerprint } = certificate
    expect({ hasNla, fingerprint }).toEqual({ hasNla: false, fingerprint: fingerprintOf(xrdp.certificate) })
    page.close()
    await page.closed
    await xrdp.close()
  })
})

describe('the system’s own client', () => {
  it('signs in with the file, the pin and the password on its standard input', async () => {
    const { display, folder, close } = await clientScreen()
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('batch-image-studio-'))
    const ended = openSystemClient(
      { ...shadow, host: '127.0.0.1', fingerprint: fingerprintOf(shadow.certificate) },
      'linux',
      folder,
    )
    const window = await windowOn(display, 'xfreerdp')
    execFileSync('xdotool', ['windowclose', window], { env: { ...process.env, DISPLAY: display } })
    await ended
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('batch-image-studio-'))).toEqual(before)
    await close()
  })

  it.each([
    ['certificate', { fingerprint: 'ab'.repeat(32) }],
    ['password', { password: 'wrong' }],
  ])('does not get in with another %s, and its words are kept', async (_what, wrong) => {
    const { folder, close } = await clientScreen()
    const right = { ...shadow, host: '127.0.0.1', fingerprint: fingerprintOf(shadow.certificate) }
    await expect(openSystemClient({ ...right, ...wrong }, 'linux', folder)).rejects.toMatchObject({
      code: 'desktop.client-failed',
      details: { message: expect.stringMatching(/ERROR/) as unknown },
    })
    await close()
  })
})

/** FreeRDP on a screen of its own: in this folder lies what starts it there. */
async function clientScreen() {
  const screen = await startScreen()
  const folder = mkdtempSync(join(tmpdir(), 'bis-xfreerdp-'))
  writeFileSync(join(folder, 'xfreerdp'), `#!/bin/sh\nDISPLAY=${screen.name} exec /usr/bin/xfreerdp "$@"\n`)
  chmodSync(join(folder, 'xfreerdp'), 0o755)
  return { display: screen.name, folder, close: () => screen.close() }
}

/** TSRequest with one token (MS-CSSP 2.2.1): version 6, negoTokens. */
function tsRequest(token: Buffer): Buffer {
  const wrap = (tag: number, content: Buffer) => Buffer.concat([Buffer.of(tag, content.length), content])
  const nego = wrap(0xa1, wrap(0x30, wrap(0x30, wrap(0xa0, wrap(0x04, token)))))
  return wrap(0x30, Buffer.concat([Buffer.from('a003020106', 'hex'), nego]))
}
