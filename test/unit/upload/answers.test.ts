import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline'
import { expect, test } from 'vitest'
import { judge } from '../../../src/main/upload/answers'
import { AppError } from '../../../src/shared/errors'

const target = { url: 'https://acct.blob.core.windows.net/vhds/disk.vhd', hasSas: false, expiresMs: null }

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

test('a proxy that is away while a token is fetched is waited for as well', () => {
  const thrown = new AppError('proxy.unreachable', { proxy: 'proxy:8080' })
  expect(judge(thrown, target)).toMatchObject({ means: 'network', error: { code: 'proxy.unreachable' } })
})

test.each([
  ['a mistake of our own', new TypeError("Cannot read properties of undefined (reading 'length')")],
  ['a file that cannot be read', withCode('EIO')],
  ['a code of Node that is none of the network', withCode('ERR_INVALID_ARG_TYPE')],
  ['what is no error at all', 'nonsense'],
])('%s is told at once', (_what, thrown) => {
  expect(judge(thrown, target)).toMatchObject({ means: 'final', error: { code: 'unexpected' } })
})

test('a signature whose time is up by the service’s clock alone tells of this computer’s clock', () => {
  const signed = { ...target, hasSas: true }
  const refusal = (minutesAhead: number) => refused(403, 'AuthenticationFailed', minutesAhead)
  expect(judge(refusal(40), signed)).toMatchObject({ error: { code: 'clock.wrong', params: { minutes: 40 } } })
  expect(judge(refusal(10), signed)).toMatchObject({ error: { code: 'upload.access-expired' } })
})

test('who is refused with a token has to sign in, who is refused with a SAS needs another SAS', () => {
  const token = refused(401, 'InvalidAuthenticationInfo')
  expect(judge(token, target)).toMatchObject({ means: 'access', error: { code: 'signIn.needed' } })
  const signature = refused(403, 'AuthenticationFailed')
  expect(judge(signature, { ...target, hasSas: true })).toMatchObject({
    means: 'access',
    error: { code: 'upload.access-expired' },
  })
})

function refused(status: number, code: string, minutesAhead = 0): RestError {
  const request = createPipelineRequest({ url: target.url, method: 'PUT' })
  const date = new Date(Date.now() + minutesAhead * 60_000).toUTCString()
  const headers = createHttpHeaders({ date, 'x-ms-error-code': code })
  return new RestError('x', { statusCode: status, request, response: { status, headers, request } })
}
