import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type MessagePortMain, type WebFrameMain } from 'electron'
import type { z } from 'zod'
import { streams, type StreamName, type Streams } from '../shared/contract'
import { AppError, toErrorData } from '../shared/errors'
import { answer, type Handlers } from './answer'
import type { Log } from './log'

export type Opened<Name extends StreamName> = {
  send(value: z.output<Streams[Name]['down']>): void
  /** Each message of the window, parsed; one that does not fit ends the stream. */
  onMessage(listener: (message: z.output<Streams[Name]['up']>) => void): void
  /** Ends the stream from this side. */
  close(): void
  /** Runs once when the window goes away or opens another stream in its place. */
  onClose(listener: () => void): void
}
export type StreamHandlers = {
  [Name in StreamName]: (input: z.output<Streams[Name]['open']>, opened: Opened<Name>) => void
}

/**
 * Answers the window. The only place with ipcMain: refuses messages from any frame but the app's own page, unknown names and
 * malformed input, and turns whatever a handler throws into data.
 */
export function serve(
  handlers: Handlers,
  streamHandlers: StreamHandlers,
  isOwnPage: (url: string) => boolean,
  log: Log,
) {
  ipcMain.handle('call', async (event: IpcMainInvokeEvent, name: unknown, input: unknown) => {
    try {
      assertOwnFrame(event.senderFrame, isOwnPage)
      return { ok: true, value: await answer(handlers, name, input) }
    } catch (error) {
      const data = toErrorData(error)
      log.write(data.code === 'unexpected' ? 'error' : 'info', 'call failed', {
        name: String(name).slice(0, 80),
        error: data,
        ...(data.code === 'unexpected' && error instanceof Error ? { stack: error.stack } : {}),
      })
      return { ok: false, error: data }
    }
  })
  ipcMain.on('open-stream', (event: IpcMainEvent, message: unknown) => {
    const port = event.ports[0]
    if (!port) return
    try {
      assertOwnFrame(event.senderFrame, isOwnPage)
      openStream(streamHandlers, message, port)
    } catch (error) {
      log.write('warn', 'stream refused', { error: toErrorData(error) })
      port.close()
    }
  })
}

function openStream(streamHandlers: StreamHandlers, message: unknown, port: MessagePortMain) {
  const { name, input } = (message ?? {}) as { name?: unknown; input?: unknown }
  if (typeof name !== 'string' || !Object.hasOwn(streams, name)) {
    throw new AppError('contract.refused', { name: String(name).slice(0, 80) })
  }
  const parsed = streams[name as StreamName].open.safeParse(input)
  if (!parsed.success) throw new AppError('contract.refused', { name })
  const handler = streamHandlers[name as StreamName] as (input: unknown, opened: Opened<StreamName>) => void
  const { up } = streams[name as StreamName]
  let isOpen = true
  port.on('close', () => (isOpen = false))
  handler(parsed.data, {
    send: (value) => {
      if (isOpen) port.postMessage(value)
    },
    onMessage: (listener: (message: never) => void) =>
      port.on('message', ({ data }) => {
        const message = up.safeParse(data)
        if (message.success) listener(message.data as never)
        else port.close()
      }),
    close: () => port.close(),
    onClose: (listener) => port.on('close', listener),
  })
  port.start()
}

function assertOwnFrame(frame: WebFrameMain | null, isOwnPage: (url: string) => boolean) {
  if (!frame || frame.parent !== null || !isOwnPage(frame.url))
    throw new AppError('contract.refused', { name: 'frame' })
}
