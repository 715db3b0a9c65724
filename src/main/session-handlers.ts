import { AppError } from '../shared/errors'
import type { filesCalls, filesStreams } from '../shared/files-calls'
import type { sessionCalls, sessionStreams } from '../shared/session-calls'
import type { Handlers } from './answer'
import type { StreamHandlers } from './serve'

const later = (): never => {
  throw new AppError('unexpected', {}, { message: 'not wired yet' })
}

export const sessionHandlers: Pick<Handlers, keyof typeof sessionCalls> = {
  'session.open': later,
  'session.answer': later,
  'session.reconnect': later,
  'session.close': later,
  'session.pickKey': later,
  'session.forgetHostKey': later,
  'session.copyPassword': later,
  'session.saveKey': later,
}
export const sessionStreamHandlers: Pick<StreamHandlers, keyof typeof sessionStreams> = {
  session: later,
  terminal: later,
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
export const recipeHandlers: Pick<Handlers, 'recipe.channelScript'> = { 'recipe.channelScript': later }
