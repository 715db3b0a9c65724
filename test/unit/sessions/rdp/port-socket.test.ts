import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'

// Code of the page, which Node does not load by itself; what it lacks of a browser is a kind of event.
class CloseEvent extends Event {}
class RealWebSocket {
  constructor(readonly url: string) {}
}
type Socket = EventTarget & {
  binaryType: string
  readyState: number
  send(data: Blob | ArrayBuffer | Uint8Array | string): void
  close(): void
}
type Page = { window: { WebSocket: new (url: string) => Socket }; ports: Map<string, MessagePort> }

let page: Page
beforeAll(async () => {
  const entry = 'src/renderer/desktop/port-socket.ts'
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false })
  const window = { WebSocket: RealWebSocket as unknown as Page['window']['WebSocket'] }
  Object.assign(globalThis, { window, CloseEvent })
  const module = (await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`)) as {
    routeWebSockets(open: (token: string) => MessagePort): void
  }
  const ports = new Map<string, MessagePort>()
  module.routeWebSockets((token) => {
    const { port1, port2 } = new MessageChannel()
    ports.set(token, port2)
    return port1
  })
  page = { window, ports }
})

async function opened(token: string) {
  const socket = new page.window.WebSocket(`rdp-port:${token}`)
  socket.binaryType = 'arraybuffer'
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  return { socket, main: page.ports.get(token)! }
}

/** What arrives until `count` messages have. */
function messages(port: MessagePort, count: number): Promise<unknown[]> {
  const got: unknown[] = []
  return new Promise((resolve) => {
    port.onmessage = ({ data }) => {
      got.push(data)
      if (got.length === count) resolve(got)
    }
  })
}

describe('the WebSocket that leads to main', () => {
  it('sends Blobs, buffers and text of any size in the order of the calls', async () => {
    const { socket, main } = await opened('a')
    const arrived = messages(main, 5)
    socket.send(new Blob([new Uint8Array(3_000_000).fill(1)]))
    socket.send(new Blob([Uint8Array.of(2)]))
    socket.send(Uint8Array.of(9, 3, 9).subarray(1, 2))
    socket.send(Uint8Array.of(4).buffer)
    socket.send('5')
    const sizes = (await arrived).map((bytes) => [(bytes as Uint8Array).length, (bytes as Uint8Array)[0]])
    expect(sizes).toEqual([
      [3_000_000, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [1, 53],
    ])
    main.close()
  })

  it('hands on exactly the bytes that main sent, and says when they are worked off', async () => {
    const { socket, main } = await opened('b')
    const told = messages(main, 1)
    const data = await new Promise((resolve) => {
      socket.addEventListener('message', (event) => resolve((event as MessageEvent).data))
      main.postMessage(Uint8Array.of(1, 2, 3, 4).subarray(1, 3))
    })
    expect(new Uint8Array(data as ArrayBuffer)).toEqual(Uint8Array.of(2, 3))
    expect(await told).toEqual([2])
    main.close()
  })

  it('closes with either side, once', async () => {
    const first = await opened('c')
    const closed = new Promise((resolve) => first.socket.addEventListener('close', resolve))
    first.main.close()
    await closed
    expect(first.socket.readyState).toBe(3)

    const second = await opened('d')
    let closes = 0
    second.socket.addEventListener('close', () => closes++)
    const arrived = messages(second.main, 1)
    second.socket.send(new Blob(['last words']))
    second.socket.close()
    second.socket.close()
    expect(Buffer.from((await arrived)[0] as Uint8Array).toString()).toBe('last words')
    expect(closes).toBe(1)
  })

  it('is the browser’s own for every other address', () => {
    expect(new page.window.WebSocket('ws://127.0.0.1:5173/')).toBeInstanceOf(RealWebSocket)
  })
})
