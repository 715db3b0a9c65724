import { RestError } from '@azure/core-rest-pipeline'
import { expect, test } from 'vitest'
import { judge } from '../../../src/main/upload/answers'
import { AppError } from '../../../src/shared/errors'

const target = { url: 'https://acct.blob.core.windows.net/vhds/disk.vhd', expiresMs: null }

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code })
}

test.each([
  ['a connection that broke', withCode('ECONNRESET')],
  ['a name that is not found', withCode('ENOTFOUND')],
  ['a request that did not get out', new RestError('x', { code: RestError.REQUEST_SEND_ERROR })],
  ['half an answer', new RestError('x', { code: RestError.PARSE_ERROR })],
  ['an answer that is no HTTP', withCode('HPE_INVALID_CONSTANT')],
  ['a request that took too long', new DOMException('x', 'AbortError')],
  ['a token that could not be fetched', new AppError('offline')],
])('%s is tried again', (_what, thrown) => {
  expect(judge(thrown, target)).toMatchObject({ means: 'network', error: { code: 'offline' } })
})

test.each([
  ['a mistake of our own', new TypeError("Cannot read properties of undefined (reading 'length')")],
  ['a file that cannot be read', withCode('EIO')],
  ['a code of Node that is none of the network', withCode('ERR_INVALID_ARG_TYPE')],
  ['what is no error at all', 'nonsense'],
])('%s is told at once', (_what, thrown) => {
  expect(judge(thrown, target)).toMatchObject({ means: 'final', error: { code: 'unexpected' } })
})
