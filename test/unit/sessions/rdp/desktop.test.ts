import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { DesktopView } from '../../../../src/shared/desktop-calls'
import type { FromDesktop, ToDesktop } from '../../../../src/shared/desktop-link'
import { writeAtomic } from '../../../../src/main/engine/files'
import { openPins } from '../../../../src/main/sessions/pins'
import { Desktop, type DesktopParts, type Machine } from '../../../../src/main/sessions/rdp/desktop'
import { AppError } from '../../../../src/shared/errors'
import { makeAuthority, type Pair } from '../../../support/authority'
import { sequenceByOpenssl } from '../../../support/der-openssl'
import { clientRequest, confirms, openPort, startFakeRdp, type FakeRdp } from '../../../support/rdp-fake'

const authority = await makeAuthority('Contoso')
const [first, second] = [await authority.issue('vm'), await authority.issue('vm')]
const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A page without a picture: it says what a page would, and shows what it was told. */
function pageOf(machine: Partial<Machine> & { port: number }, more: Partial<DesktopParts> = {}) {
  const told: ToDesktop[] = []
  const waiting = new Set<() => void>()
  const pinsFile = join(mkdtempSync(join(tmpdir(), 'bis-desktop-')), 'pins.json')
  const pins = more.pins ?? openPins({ file: pinsFile, write: writeAtomic, now: () => new Date() })
  const at: Machine = {
    ...{
      place: 'vm-1',
      label: 'vm',
      host: '127.0.0.1',
      user: 'builder',
      password: 'secret',
      isReachableDirectly: true,
    },
    ...machine,
  }
  const nowhere = () => undefined
  const desktop = new Desktop(
    {
      id: 'd1',
      machine: at,
      dial: async () => {
        const socket: Socket = connect({ port: at.port, host: '127.0.0.1' })
        await once(socket, 'connect').catch(() => {
          throw new AppError('desktop.port-closed', { host: at.host, port: at.port })
        })
        return socket
      },
      onView: () => queueMicrotask(() => waiting.forEach((look) => look())),
      around: {
        ...{ popOut: nowhere, bringBack: nowhere, captured: nowhere },
        openInClient: () => Promise.resolve(),
        saveFile: () => Promise.resolve(),
      },
      returnAfterMs: [10, 10],
      ...more,
      pins,
    },
    () => ({ language: 'en', theme: 'light' }),
  )
  closing.push(() => desktop.close())
  // As a port does it: what cannot be copied does not arrive.
  desktop.attach((message) => told.push(structuredClone(message)))
  const go = () => told.findLast((message) => message.kind === 'go')
  return {
    ...{ desktop, told, pins, go },
    say: (message: FromDesktop) => desktop.receive(message),
    /** Resolves with the first view that fits. */
    until: (fits: (view: DesktopView) => boolean) =>
      new Promise<DesktopView>((resolve) => {
        const look = () => {
          if (!fits(desktop.view)) return
          waiting.delete(look)
          resolve(desktop.view)
        }
        waiting.add(look)
        look()
      }),
    /** Opens the port of the newest attempt, as the client in the page would. */
    dialIn() {
      const token = go()!.token
      const page = openPort()
      desktop.serveBytes(token, page.port)
      page.send(
        sequenceByOpenssl([
          'EXPLICIT:0,INTEGER:3390',
          'EXPLICIT:2,UTF8:vm:3389',
          `EXPLICIT:3,UTF8:${token}`,
          `EXPLICIT:6,FORMAT:HEX,OCTETSTRING:${clientRequest.toString('hex')}`,
        ]),
      )
      return { token, page }
    },
  }
}

/** A TSRequest (MS-CSSP 2.2.1). */
function tsRequest(field: string): Buffer {
  return sequenceByOpenssl(['EXPLICIT:0,INTEGER:6', field])
}
const proof = tsRequest('EXPLICIT:3,OCTETSTRING:proof')
const credentials = tsRequest('EXPLICIT:2,OCTETSTRING:sealed')

async function serverWith(confirm: string, certificate: Pair): Promise<FakeRdp> {
  const server = await startFakeRdp(confirm, certificate)
  closing.push(() => server.close())
  return server
}

/** As far as the credentials: the certificate is trusted by the person. */
async function trusted(server: FakeRdp, more: Partial<DesktopParts> = {}) {
  const it = pageOf({ port: server.port }, more)
  const { token, page } = it.dialIn()
  await it.until(({ certificate }) => certificate !== null)
  it.say({ kind: 'trust', trust: true })
  await it.until(({ hasNla }) => hasNla !== null)
  return { ...it, token, page }
}

async function connected(server: FakeRdp, more: Partial<DesktopParts> = {}) {
  const it = await trusted(server, more)
  it.say({ kind: 'connected', token: it.token })
  return it
}

describe('a remote desktop', () => {
  it('asks for credentials where none are known, and says none until they are typed', () => {
    const { desktop, told, say, go } = pageOf({ port: 1, password: null })
    expect(desktop.view).toMatchObject({ state: 'asking', hasPassword: false })
    expect(told.some(({ kind }) => kind === 'go')).toBe(false)
    say({ kind: 'connect', user: 'me', password: 'typed', hasCompatibleColours: false })
    expect(go()).toMatchObject({ user: 'me', password: 'typed' })
    expect(desktop.view).toMatchObject({ state: 'connecting', user: 'me', hasPassword: true })
  })

  it('asks about an unknown certificate, remembers the answer, and does not ask again', async () => {
    const server = await serverWith(confirms.nla, first)
    const { pins } = await connected(server)
    const again = pageOf({ port: server.port }, { pins })
    again.dialIn()
    expect(await again.until(({ hasNla }) => hasNla !== null)).toMatchObject({ certificate: null, hasNla: true })
  })

  it('is left when the certificate is declined, and keeps nothing', async () => {
    const server = await serverWith(confirms.nla, first)
    const it = pageOf({ port: server.port })
    const { token, page } = it.dialIn()
    await it.until(({ state, certificate }) => state === 'asking' && certificate !== null)
    it.say({ kind: 'trust', trust: false })
    await page.closed
    it.say({ kind: 'ended', token, how: 'lost', message: '' })
    expect(it.desktop.view).toMatchObject({ state: 'left', error: null })
    expect(await it.pins.find('certificate', 'vm-1')).toBeNull()
    expect(server.received).toHaveLength(0)
  })

  it('refuses a changed certificate with both fingerprints, and asks anew when the old one is forgotten', async () => {
    const { pins } = await connected(await serverWith(confirms.nla, first))
    const server = await serverWith(confirms.nla, second)
    const it = pageOf({ port: server.port }, { pins })
    const { token, page } = it.dialIn()
    await page.closed
    it.say({ kind: 'ended', token, how: 'lost', message: '' })
    const { fingerprint: known } = (await pins.find('certificate', 'vm-1'))!
    const { state, error } = it.desktop.view
    expect({ state, code: error?.code, known: error?.params['known'] }).toEqual({
      ...{ state: 'failed', code: 'desktop.certificate-changed', known },
    })
    expect(error?.params['found']).toMatch(/^[0-9a-f]{64}$/)
    expect(error?.params['found']).not.toBe(known)
    expect(server.received).toHaveLength(0)
    it.say({ kind: 'forgetCertificate' })
    await it.until(({ state: now }) => now === 'connecting')
    it.dialIn()
    expect((await it.until(({ certificate }) => certificate !== null)).certificate?.fingerprint).toBe(
      error?.params['found'],
    )
  })

  it.each([
    ['desktop.not-rdp', Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')],
    ['desktop.nla-required', confirms.nlaRequired],
    ['desktop.old-security', confirms.oldSecurity],
  ])('shows %s on its page, with what the person can do', async (code, confirm) => {
    const server = await startFakeRdp(confirm)
    closing.push(() => server.close())
    const it = pageOf({ port: server.port })
    const { token, page } = it.dialIn()
    await page.closed
    it.say({ kind: 'ended', token, how: 'lost', message: '' })
    const shown = it.told.findLast((message) => message.kind === 'view')
    expect(shown?.view).toMatchObject({ state: 'failed', error: { code, params: { host: '127.0.0.1' } } })
  })

  it.each([
    ['before it saw a proof of them', [], 'desktop.ended'],
    ['when it had seen the proof of them', [proof], 'desktop.hung-up'],
    ['after it had accepted them', [proof, credentials], 'desktop.ended'],
  ])('does not blame the password where a server just hangs up %s', async (_when, sent, code) => {
    const server = await serverWith(confirms.nla, first)
    const it = await trusted(server)
    it.page.send(Buffer.concat(sent))
    await server.until(Buffer.concat(sent).length)
    it.say({ kind: 'ended', token: it.token, how: 'lost', message: 'not enough bytes' })
    expect(it.desktop.view).toMatchObject({ state: 'failed', hasPassword: true, error: { code } })
  })

  // Windows answers STATUS_LOGON_FAILURE to a wrong password, which IronRDP passes on as a failed logon of the account.
  it.each([
    ['STATUS_LOGON_FAILURE', -1073741715, 'asking', 'desktop.password'],
    ['STATUS_ACCOUNT_LOCKED_OUT', -1073741260, 'failed', 'desktop.account'],
  ])('believes the %s that the server sends', async (name, status, state, code) => {
    const server = await serverWith(confirms.nla, first)
    const it = await trusted(server)
    it.page.send(proof)
    await Promise.all([server.until(proof.length), it.page.until(1)])
    const answered = it.page.received().length
    const refusal = tsRequest(`EXPLICIT:4,INTEGER:${status}`)
    server.send(refusal)
    await it.page.until(answered + refusal.length)
    it.say({ kind: 'ended', token: it.token, how: 'account', message: '' })
    expect(it.desktop.view).toMatchObject({ state, error: { code, details: { serviceCode: name } } })
  })

  it.each([
    ['password', 'asking', 'desktop.password'],
    ['account', 'failed', 'desktop.account'],
  ] as const)('says that the %s is at fault where the server says so', async (how, state, code) => {
    const it = pageOf({ port: (await serverWith(confirms.nla, first)).port })
    it.say({ kind: 'ended', token: it.go()!.token, how, message: '' })
    expect(it.desktop.view).toMatchObject({ state, error: { code } })
  })

  it('comes back by itself after a loss, and gives up after some tries with the last reason', async () => {
    const server = await serverWith(confirms.nla, first)
    const it = await connected(server)
    it.say({ kind: 'ended', token: it.token, how: 'lost', message: 'not enough bytes' })
    expect(it.desktop.view).toMatchObject({ state: 'returning', error: { code: 'desktop.ended' } })
    await it.until(() => it.go()!.token !== it.token)
    const { token } = it.dialIn()
    await it.until(({ hasNla }) => hasNla !== null)
    it.say({ kind: 'connected', token })
    expect(it.desktop.view).toMatchObject({ state: 'connected', error: null })

    await server.close()
    let last = token
    it.say({ kind: 'ended', token, how: 'lost', message: '' })
    for (const _try of [1, 2]) {
      await it.until(() => it.go()!.token !== last)
      const { token: now, page } = it.dialIn()
      await page.closed
      it.say({ kind: 'ended', token: now, how: 'lost', message: '' })
      last = now
    }
    expect(it.desktop.view).toMatchObject({ state: 'failed', error: { code: 'desktop.port-closed' } })
  })

  it('stays away when the person left or signed out there', async () => {
    const it = await connected(await serverWith(confirms.nla, first))
    it.say({ kind: 'ended', token: it.token, how: 'signedOut', message: '' })
    expect(it.desktop.view).toMatchObject({ state: 'left', error: null })
    it.say({ kind: 'connect', user: 'builder', password: null, hasCompatibleColours: false })
    it.say({ kind: 'leave' })
    it.say({ kind: 'ended', token: it.go()!.token, how: 'lost', message: 'UserRequested' })
    expect(it.desktop.view).toMatchObject({ state: 'left', error: null, hasPassword: true })
  })

  it('does not wait for a picture for ever', async () => {
    const server = await serverWith(confirms.nla, first)
    const it = pageOf({ port: server.port }, { pictureLimitMs: 50 })
    const { token, page } = it.dialIn()
    await it.until(({ certificate }) => certificate !== null)
    it.say({ kind: 'trust', trust: true })
    await page.closed
    it.say({ kind: 'ended', token, how: 'lost', message: '' })
    expect(it.desktop.view).toMatchObject({ state: 'failed', error: { code: 'desktop.silent' } })
  })

  it('opens no second port for one attempt, and none for a token that it did not give', async () => {
    const server = await serverWith(confirms.nla, first)
    const it = pageOf({ port: server.port })
    const { token } = it.dialIn()
    const [again, guessed] = [openPort(), openPort()]
    it.desktop.serveBytes(token, again.port)
    it.desktop.serveBytes('guessed', guessed.port)
    await Promise.all([again.closed, guessed.closed])
  })

  it('offers to go on when its page broke down, and connects as soon as there is another', async () => {
    const it = await connected(await serverWith(confirms.nla, first))
    it.desktop.crash()
    expect(it.desktop.view).toMatchObject({ state: 'crashed', error: { code: 'desktop.crashed' } })
    const told: ToDesktop[] = []
    it.desktop.attach((message) => told.push(message))
    expect(it.desktop.view).toMatchObject({ state: 'connecting', error: null })
    expect(told.filter(({ kind }) => kind === 'go')).toHaveLength(1)
  })
})
