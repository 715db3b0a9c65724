import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { relay, type RelayTarget } from '../../../../src/main/sessions/rdp/relay'
import type { AppError } from '../../../../src/shared/errors'
import { makeAuthority } from '../../../support/authority'
import { sequenceByOpenssl } from '../../../support/der-openssl'
import { clientRequest, confirms, openPort, startFakeRdp, type FakeRdp } from '../../../support/rdp-fake'

const certificate = await (await makeAuthority('Contoso')).issue('vm.contoso.example')
const leaf = new X509Certificate(certificate.cert)
const weak = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const
const open: FakeRdp[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((it) => it.close()))
})

async function serverOf(...args: Parameters<typeof startFakeRdp>): Promise<FakeRdp> {
  const server = await startFakeRdp(...args)
  open.push(server)
  return server
}

function requestOf(token = 'token'): Buffer {
  return sequenceByOpenssl([
    'EXPLICIT:0,INTEGER:3390',
    'EXPLICIT:2,UTF8:anything:1',
    `EXPLICIT:3,UTF8:${token}`,
    `EXPLICIT:6,FORMAT:HEX,OCTETSTRING:${clientRequest.toString('hex')}`,
  ])
}

function targetOf(port: number, more: Partial<RelayTarget> = {}): RelayTarget {
  return {
    host: '127.0.0.1',
    port,
    token: 'token',
    dial: async () => {
      const socket = connect({ port, host: '127.0.0.1' })
      await once(socket, 'connect')
      return socket
    },
    isTrusted: () => Promise.resolve(true),
    hasCompatibleColours: false,
    ...more,
  }
}

/** A client that asked, and how its relay ended. */
function begin(target: RelayTarget, request: Buffer = requestOf(), signal = new AbortController().signal) {
  const page = openPort()
  const ended = relay(page.port, target, signal).then(
    () => null,
    (error: unknown) => error,
  )
  page.send(request)
  return { page, ended }
}

describe('the relay to a remote desktop', () => {
  it('answers with the leaf certificate of the very connection, then passes bytes both ways', async () => {
    const server = await serverOf(confirms.nla, certificate)
    const { page, ended } = begin(targetOf(server.port))
    await page.until(leaf.raw.length)
    expect(page.received().includes(leaf.raw)).toBe(true)
    expect(page.received().includes(Buffer.from(confirms.nla, 'hex'))).toBe(true)
    const answered = page.received().length
    page.send(Buffer.from('credentials'))
    await server.until(11)
    expect(server.received.toString()).toBe('credentials')
    server.send(Buffer.from('picture'))
    await page.until(answered + 7)
    expect(page.received().subarray(answered).toString()).toBe('picture')
    page.close()
    expect(await ended).toBeNull()
  })

  it('asks for TLS and CredSSP, and does not tell the user name before the certificate is known', async () => {
    const server = await serverOf(confirms.nla, certificate)
    const { page } = begin(targetOf(server.port))
    await page.until(leaf.raw.length)
    page.close()
    expect(server.requests.map((it) => it.toString('hex'))).toEqual(['030000130ee000000000000100' + '08000b000000'])
  })

  it('reads a request in single bytes, with the next message at its heels', async () => {
    const server = await serverOf(confirms.tls, certificate)
    const { page } = begin(targetOf(server.port), Buffer.alloc(0))
    for (const byte of Buffer.concat([requestOf(), Buffer.from('next')])) page.send(Buffer.of(byte))
    await server.until(4)
    expect(server.received.toString()).toBe('next')
    page.close()
  })

  it('sends nothing to a server whose certificate is declined', async () => {
    const server = await serverOf(confirms.nla, certificate)
    const seen: string[] = []
    const declining = targetOf(server.port, {
      isTrusted: ({ fingerprint }) => Promise.resolve(seen.push(fingerprint) < 0),
    })
    const { page, ended } = begin(declining, Buffer.concat([requestOf(), Buffer.from('credentials')]))
    expect(await ended).toMatchObject({ code: 'cancelled' })
    await page.closed
    expect(server.received).toHaveLength(0)
    expect(seen).toEqual([leaf.fingerprint256.replaceAll(':', '').toLowerCase()])
    expect(page.received().includes(Buffer.from('a30302012e', 'hex'))).toBe(true)
  })

  it('makes the connection anew where the server gave up while a person thought', async () => {
    const server = await serverOf(confirms.nla, certificate)
    const dialled: Socket[] = []
    const { dial } = targetOf(server.port)
    const slow = targetOf(server.port, {
      async dial(signal) {
        dialled.push(await dial(signal))
        return dialled.at(-1)!
      },
      async isTrusted() {
        if (dialled.length > 1) return true
        const noticed = once(dialled[0]!, 'close')
        cut(server)
        await noticed
        return true
      },
    })
    const { page } = begin(slow, Buffer.concat([requestOf(), Buffer.from('late')]))
    await server.until(4)
    expect(dialled).toHaveLength(2)
    page.close()
  })

  it.each([
    ['desktop.nla-required', confirms.nlaRequired],
    ['desktop.old-security', confirms.tlsNotAllowed],
    ['desktop.old-security', confirms.withoutNegotiation],
    ['desktop.old-security', confirms.oldSecurity],
    ['desktop.not-rdp', Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')],
    ['desktop.not-rdp', Buffer.from('030000ff', 'hex').fill(0xff, 2)],
    ['desktop.not-rdp', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['desktop.tls', confirms.tls],
  ])('names %s', async (code, confirm) => {
    const server = await serverOf(confirm)
    const { page, ended } = begin(targetOf(server.port))
    // What stands in an error is shown: neither the token nor anything else of the target.
    expect(await ended).toMatchObject({ code })
    expect(((await ended) as AppError).params).toEqual({ host: '127.0.0.1', port: server.port })
    await page.closed
  })

  it.each([
    ['says nothing', null, 'none'],
    ['does not answer TLS', confirms.tls, 'none'],
  ] as const)('gives a server up that takes the connection and %s', async (_what, confirm, certificate) => {
    const server = await serverOf(confirm, certificate)
    const { page, ended } = begin(targetOf(server.port, { answerLimitMs: 50 }))
    expect(await ended).toMatchObject({
      code: 'desktop.silent',
      params: { host: '127.0.0.1', port: server.port, seconds: 0.05 },
    })
    await page.closed
  })

  it('hands the refusal of a server on, so that the client can read it', async () => {
    const server = await serverOf(confirms.nlaRequired)
    const { page, ended } = begin(targetOf(server.port))
    await ended
    await page.closed
    const asOctets = sequenceByOpenssl([`EXPLICIT:6,FORMAT:HEX,OCTETSTRING:${confirms.nlaRequired}`]).subarray(2)
    expect(page.received().includes(asOctets)).toBe(true)
  })

  it('names a server that speaks TLS 1.1 at best', async () => {
    const server = await serverOf(confirms.tls, certificate, weak)
    expect(await begin(targetOf(server.port)).ended).toMatchObject({ code: 'desktop.old-tls' })
  })

  it('lets nobody through without the token', async () => {
    const server = await serverOf(confirms.nla, certificate)
    const { page, ended } = begin(targetOf(server.port), requestOf('guessed'))
    expect(await ended).toMatchObject({ code: 'contract.refused' })
    await page.closed
    expect(server.requests).toEqual([])
  })

  it('closes the page when the server ends, and the server when the page goes', async () => {
    const first = await serverOf(confirms.tls, certificate)
    const one = begin(targetOf(first.port))
    await one.page.until(leaf.raw.length)
    cut(first)
    await one.page.closed
    expect(await one.ended).toBeNull()

    const second = await serverOf(confirms.tls, certificate)
    const two = begin(targetOf(second.port))
    await two.page.until(leaf.raw.length)
    const gone = once([...second.sockets][0]!, 'close')
    two.page.close()
    await gone
    expect(await two.ended).toBeNull()
  })

  it('sends no more than a few megabytes ahead to a page that does not keep up', async () => {
    const server = await serverOf(confirms.tls, certificate)
    const page = openPort()
    let ahead = 0
    let most = 0
    const held: (() => void)[] = []
    const slow = {
      ...page.port,
      send(bytes: Uint8Array) {
        ahead += bytes.length
        most = Math.max(most, ahead)
        page.port.send(bytes)
      },
      listen: (on: Parameters<typeof page.port.listen>[0]) =>
        page.port.listen({ ...on, seen: (count) => held.push(() => ((ahead -= count), on.seen(count))) }),
    }
    void relay(slow, targetOf(server.port), new AbortController().signal)
    page.send(requestOf())
    await page.until(leaf.raw.length)
    server.send(Buffer.alloc(9_000_000))
    await page.until(4_000_000)
    const working = setInterval(() => held.splice(0).forEach((work) => work()), 5)
    await page.until(9_000_000)
    clearInterval(working)
    expect(most).toBeLessThan(5_000_000)
    page.close()
  })

  it.each([
    ['before the server says anything', null],
    ['while TLS is not answered', confirms.tls],
  ])('stops at once where it is told to, %s', async (_when, confirm) => {
    const server = await serverOf(confirm, 'none')
    const controller = new AbortController()
    const { page, ended } = begin(targetOf(server.port), requestOf(), controller.signal)
    const asked = setInterval(() => server.requests.length > 0 && controller.abort(), 10)
    expect(await ended).toMatchObject({ code: 'cancelled' })
    clearInterval(asked)
    await page.closed
  })
})

/** Ends every connection from the server's side. */
function cut(server: FakeRdp) {
  for (const socket of server.sockets) socket.destroy()
}
