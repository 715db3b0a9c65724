import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createNetwork, environmentNetwork } from '../../../src/main/net/network'
import { dial } from '../../../src/main/sessions/dial'
import { defaultNetwork } from '../../../src/shared/settings'
import { startProxy } from '../../support/proxies'

const signal = new AbortController().signal
const direct = environmentNetwork({})
const vm = '203.0.113.5'

/** Speaks first, as an SSH server does. */
async function greeter(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-test\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function proxyWith(options: Parameters<typeof startProxy>[0]) {
  const proxy = await startProxy(options)
  onTestFinished(() => proxy.close())
  return proxy
}

function officeNetwork(url: string) {
  const settings = { ...defaultNetwork, proxy: 'manual' as const, url }
  return createNetwork({ settings: () => settings, password: () => Promise.resolve(null), environment: {} })
}

describe('the way to a VM', () => {
  it('leads through the proxy of its cloud, and loses nothing of what the VM says first', async () => {
    const proxy = await proxyWith({ places: { [vm]: await greeter() } })
    const { socket, proxy: through } = await dial(vm, 22, { network: direct, vmProxy: proxy.url, signal })
    const said: string[] = []
    for await (const chunk of socket.setEncoding('utf8')) said.push(chunk as string)
    expect(said.join('')).toBe('SSH-2.0-test\r\n')
    expect([through, proxy.asked]).toEqual([new URL(proxy.url).host, [`${vm}:22`]])
  })

  it('leads through the office proxy of the settings', async () => {
    const proxy = await proxyWith({ places: { [vm]: await greeter() } })
    const { socket } = await dial(vm, 443, { network: officeNetwork(proxy.url), signal })
    socket.destroy()
    expect(proxy.asked).toEqual([`${vm}:443`])
  })

  it.each([
    [403, 'session.proxy-refused'],
    [405, 'session.proxy-refused'],
    [407, 'proxy.sign-in'],
    [504, 'session.no-answer'],
  ])('is closed by an office proxy that answers %i: %s', async (refuses, code) => {
    const proxy = await proxyWith({ places: {}, refuses })
    const dialling = dial(vm, 22, { network: officeNetwork(proxy.url), signal })
    await expect(dialling).rejects.toMatchObject({ code, params: { host: expect.stringContaining(vm) as string } })
  })

  it.each([
    [502, 'session.port-closed'],
    [504, 'session.no-answer'],
    [403, 'session.no-answer'],
  ])('is what the proxy of its cloud says with %i: %s', async (refuses, code) => {
    const proxy = await proxyWith({ places: {}, refuses })
    await expect(dial(vm, 22, { network: direct, vmProxy: proxy.url, signal })).rejects.toMatchObject({ code })
  })

  it('is given up after its limit where nobody answers', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void silent.close())
    const vmProxy = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const dialling = dial(vm, 22, { network: direct, vmProxy, signal, limitMs: 50 })
    await expect(dialling).rejects.toMatchObject({ code: 'session.no-answer', params: { port: 22 } })
  })

  it('tells an unknown name, and an end that was asked for', async () => {
    const to = { network: direct, signal }
    await expect(dial('nobody.invalid', 22, to)).rejects.toMatchObject({ code: 'session.unknown-host' })
    await expect(dial(vm, 22, { ...to, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
  })
})
