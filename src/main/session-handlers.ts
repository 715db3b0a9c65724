import { app, clipboard, type BrowserWindow } from 'electron'
import { chmod, writeFile } from 'node:fs/promises'
import { AppError } from '../shared/errors'
import { messages } from '../shared/messages/messages'
import type { sessionCalls, sessionStreams } from '../shared/session-calls'
import type { Language } from '../shared/terms'
import type { Handlers } from './answer'
import { writing } from './engine/files'
import { pickOne, placeToSave } from './file-dialogs'
import { vmOf } from './session-destinations'
import { createShortClipboard } from './short-clipboard'
import type { StreamHandlers } from './serve'
import type { Studio } from './studio'
import { dirname } from 'node:path'

export type SessionHandlerParts = { studio: Studio; language(): Language; window(): BrowserWindow | null }
export type SessionHandlers = {
  handlers: Pick<Handlers, keyof typeof sessionCalls>
  streamHandlers: Pick<StreamHandlers, keyof typeof sessionStreams>
}

/** What the session screen asks of main. */
export function createSessionHandlers({ studio, language, window }: SessionHandlerParts): SessionHandlers {
  const { sessions, vmKeys } = studio
  const secrets = createShortClipboard(clipboard)
  app.once('will-quit', () => void secrets.forget())
  // Private keys that a person picked since the start: the window may name these and no others.
  const pickedKeys = new Set<string>()

  return {
    handlers: {
      async 'session.open'({ target }) {
        const isPicked = target.kind === 'run' || target.keyFile === undefined || pickedKeys.has(target.keyFile)
        if (!isPicked) throw new AppError('contract.refused', { name: 'keyFile' })
        return { session: await sessions.open(target) }
      },
      'session.answer': ({ session, answer }) => nothing(sessions.answer(session, answer)),
      'session.reconnect': ({ session }) => nothing(sessions.reconnect(session)),
      'session.close': ({ session }) => nothing(sessions.close(session)),
      async 'session.pickKey'() {
        const words = messages[language()].keys.pick
        const options: Electron.OpenDialogOptions = { title: words.title, buttonLabel: words.button }
        options.properties = ['openFile', 'showHiddenFiles']
        const file = await pickOne(window(), options)
        if (file) pickedKeys.add(file)
        return { file }
      },
      'session.forgetHostKey': async ({ session }) => nothing(await sessions.forgetHostKey(session)),
      async 'session.copyPassword'({ run }) {
        const password = await vmKeys.keptPassword(run)
        if (password === null) throw new AppError('session.no-password')
        return nothing(secrets.put(password))
      },
      async 'session.saveKey'({ run }) {
        const key = await vmKeys.privateKey(run)
        if (key === null) throw new AppError('session.no-key')
        const { name } = vmOf((await studio.engine.open(run)).state)
        const words = messages[language()].keys.save
        const options = { title: words.title, buttonLabel: words.button, defaultPath: `${name}.pem` }
        const file = await placeToSave(window(), options)
        if (file) await saveKey(file, key)
        return { file }
      },
    },
    streamHandlers: {
      session({ session }, opened) {
        opened.onClose(sessions.watch(session, (view) => opened.send(view)))
      },
      terminal({ session, ...size }, opened) {
        const opening = sessions.terminal(session, size, (message) => opened.send(message))
        const use = (act: (terminal: Awaited<typeof opening>) => void) => {
          opening.then(act).catch(() => opened.close())
        }
        opened.onMessage((message) =>
          use((terminal) => {
            if (message.kind === 'keys') terminal.keys(message.text)
            else if (message.kind === 'size') terminal.size(message)
            else terminal.seen(message.bytes)
          }),
        )
        opened.onClose(() => use((terminal) => terminal.close()))
      },
    },
  }
}

/** OpenSSH refuses a private key that others can read. */
async function saveKey(file: string, key: string): Promise<void> {
  await writing(dirname(file), async () => {
    await writeFile(file, key, { mode: 0o600 })
    await chmod(file, 0o600)
  })
}

function nothing(_result: unknown): null {
  return null
}
