import { bytePortScheme } from '../../shared/desktop-link'

/**
 * Makes `WebSocket` lead to main for addresses of our own scheme: the client of IronRDP knows no other way out. All other addresses
 * get the browser's own.
 */
export function routeWebSockets(openBytes: (token: string) => MessagePort) {
  window.WebSocket = new Proxy(window.WebSocket, {
    construct(real, [address, ...more]: [string | URL, ...unknown[]]) {
      const url = String(address)
      if (!url.startsWith(bytePortScheme)) return Reflect.construct(real, [address, ...more]) as object
      return new PortSocket(url, openBytes(url.slice(bytePortScheme.length)))
    },
  })
}

/** As much of a WebSocket as IronRDP uses, over a message port. */
export class PortSocket extends EventTarget {
  static readonly OPEN = 1
  readonly url: string
  binaryType: BinaryType = 'blob'
  readyState = 0
  readonly bufferedAmount = 0
  readonly protocol = ''
  readonly extensions = ''
  onopen: ((event: Event) => void) | null = null
  onmessage: ((event: MessageEvent) => void) | null = null
  onclose: ((event: CloseEvent) => void) | null = null
  onerror: ((event: Event) => void) | null = null
  readonly #port: MessagePort
  #sending: Promise<void> = Promise.resolve()

  constructor(url: string, port: MessagePort) {
    super()
    this.url = url
    this.#port = port
    port.onmessage = (event: MessageEvent<Uint8Array<ArrayBuffer>>) => this.#receive(event.data)
    port.addEventListener('close', () => this.#closed())
    // Listeners come after construction.
    queueMicrotask(() => {
      if (this.readyState !== 0) return
      this.readyState = 1
      this.#tell('open', new Event('open'))
    })
  }

  /** In the order of the calls, whatever the kind: a Blob is read first, which takes its time. */
  send(data: Blob | ArrayBuffer | ArrayBufferView | string) {
    if (this.readyState !== 1) return
    this.#sending = this.#sending.then(async () => this.#port.postMessage(await bytesOf(data)))
  }

  close() {
    if (this.readyState === 3) return
    // What was sent before still goes out.
    void this.#sending.then(() => this.#port.close())
    this.#closed()
  }

  #receive(bytes: Uint8Array<ArrayBuffer>) {
    if (this.readyState !== 1) return
    const data = this.binaryType === 'arraybuffer' ? exactBuffer(bytes) : new Blob([bytes])
    this.#tell('message', new MessageEvent('message', { data }))
    // Main sends only so much ahead of what is worked off.
    this.#port.postMessage(bytes.byteLength)
  }

  #closed() {
    if (this.readyState === 3) return
    this.readyState = 3
    this.#tell('close', new CloseEvent('close', { code: 1000, wasClean: true }))
  }

  #tell(kind: 'open' | 'message' | 'close', event: Event) {
    this[`on${kind}`]?.(event as MessageEvent & CloseEvent)
    this.dispatchEvent(event)
  }
}

async function bytesOf(data: Blob | ArrayBuffer | ArrayBufferView | string): Promise<Uint8Array> {
  if (typeof data === 'string') return new TextEncoder().encode(data)
  if (data instanceof Blob) return new Uint8Array(await data.arrayBuffer())
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0))
  return new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))
}

function exactBuffer(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
}
