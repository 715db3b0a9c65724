import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDesktopMachines, type DesktopMachinesOptions } from '../../../src/main/desktop-machines'
import { environmentNetwork } from '../../../src/main/net/network'
import { freePort } from '../../support/rdp-servers'

const never = new AbortController().signal
/** Of a host that a person named nothing but the network is asked. */
const machines = createDesktopMachines({ network: environmentNetwork({}) } as DesktopMachinesOptions)
const at = (host: string, port: number) => {
  const named = { place: `${host}:${port}`, label: host, host, port, user: '', password: null }
  return machines.dial({ ...named, isReachableDirectly: true }, { kind: 'host', host, port }, never)
}

describe('the way to a desktop that a person named', () => {
  it('leads to an address of IPv6', async () => {
    const server = createServer().listen(0, '::1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const socket = await at('::1', (server.address() as AddressInfo).port)
    expect(socket.remoteAddress).toBe('::1')
    socket.destroy()
  })

  it('ends in words of a desktop at a closed port, and at a name that nobody knows', async () => {
    const port = await freePort()
    await expect(at('127.0.0.1', port)).rejects.toMatchObject({
      code: 'desktop.port-closed',
      params: { host: '127.0.0.1', port },
    })
    // RFC 2606: this name never resolves.
    await expect(at('no-such-host.invalid', 3389)).rejects.toMatchObject({ code: 'desktop.unknown-host' })
  })
})
