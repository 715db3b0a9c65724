import type { BrowserWindow } from 'electron'
import { isAbsolute } from 'node:path'
import { AppError } from '../shared/errors'
import type { filesCalls, filesStreams } from '../shared/files-calls'
import { messages } from '../shared/messages/messages'
import type { Language } from '../shared/terms'
import type { Handlers } from './answer'
import { coalesce } from './engine/coalesce'
import { pickSome } from './file-dialogs'
import type { StreamHandlers } from './serve'
import type { SessionFiles } from './sessions/session-files'

export type FilesHandlerParts = {
  files: SessionFiles
  language(): Language
  window(): BrowserWindow | null
}
export type FilesHandlers = {
  handlers: Pick<Handlers, keyof typeof filesCalls>
  streamHandlers: Pick<StreamHandlers, keyof typeof filesStreams>
}

const snapshotIntervalMs = 100

/** What the files of a session's VM answer to the window. */
export function createFilesHandlers({ files, language, window }: FilesHandlerParts): FilesHandlers {
  const { transfers } = files

  return {
    handlers: {
      'files.list': ({ session, path }) => files.list(session, path),
      'files.makeFolder': ({ session, path }) => nothing(files.makeFolder(session, path)),
      'files.rename': ({ session, from, to }) => nothing(files.rename(session, from, to)),
      'files.remove': ({ session, paths }) => nothing(files.remove(session, paths)),
      async 'files.pickAndUpload'({ session, to, what }) {
        const words = messages[language()].files.pick[what]
        const kind = what === 'files' ? ('openFile' as const) : ('openDirectory' as const)
        const paths = await pickSome(window(), { ...words, properties: [kind, 'multiSelections', 'showHiddenFiles'] })
        if (paths.length > 0) transfers.add(session, 'up', paths, to)
        return null
      },
      'files.upload'({ session, to, paths }) {
        // The preload lets no path pass that nobody dropped.
        if (!paths.every((path) => isAbsolute(path))) throw new AppError('contract.refused', { name: 'file' })
        if (paths.length > 0) transfers.add(session, 'up', paths, to)
        return null
      },
      async 'files.download'({ session, paths }) {
        const words = messages[language()].files.pick.target
        const [folder] = await pickSome(window(), { ...words, properties: ['openDirectory', 'createDirectory'] })
        if (folder !== undefined && paths.length > 0) transfers.add(session, 'down', paths, folder)
        return null
      },
      'files.answer': ({ transfer, choice }) => nothing(transfers.answer(transfer, choice)),
      'files.cancel': ({ transfer }) => nothing(transfers.cancel(transfer)),
      'files.resume': ({ transfer }) => nothing(transfers.resume(transfer)),
      'files.clear': ({ session }) => nothing(transfers.clear(session)),
    },
    streamHandlers: {
      transfers({ session }, opened) {
        const send = coalesce(snapshotIntervalMs)
        send.subscribe(() => opened.send(transfers.list(session)))
        const stop = transfers.subscribe(session, send.tell)
        opened.onClose(() => {
          stop()
          send.close()
        })
        send.tell()
      },
    },
  }
}

async function nothing(work: unknown): Promise<null> {
  await work
  return null
}
