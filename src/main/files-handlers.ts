import type { filesCalls, filesStreams } from '../shared/files-calls'
import type { Handlers } from './answer'
import type { StreamHandlers } from './serve'
import { AppError } from '../shared/errors'

const later = (): never => {
  throw new AppError('unexpected', {}, { message: 'not wired yet' })
}

export const filesHandlers: Pick<Handlers, keyof typeof filesCalls> = {
  'files.list': later,
  'files.makeFolder': later,
  'files.rename': later,
  'files.remove': later,
  'files.pickAndUpload': later,
  'files.upload': later,
  'files.download': later,
  'files.answer': later,
  'files.cancel': later,
  'files.resume': later,
  'files.clear': later,
}
export const filesStreamHandlers: Pick<StreamHandlers, keyof typeof filesStreams> = { transfers: later }
