import { expect, test } from 'vitest'
import { signInError } from '../../../src/main/azure/sign-in-errors'
import { builtInProfiles } from '../../../src/main/net/profiles'
import { AppError } from '../../../src/shared/errors'

const clientId = '11111111-2222-3333-4444-555555555555'
const profile = { ...builtInProfiles.usgov, clientId, tenant: 'contoso.onmicrosoft.us' }
const nothing = { failure: null, date: null }
/** What MSAL throws after an answer of the sign-in service. */
function thrown(errorCode: string, errorMessage: string, more: Record<string, unknown> = {}): Error {
  return Object.assign(new Error(errorMessage), { name: 'ServerError', errorCode, errorMessage, ...more })
}
const place = { clientId, tenant: 'contoso.onmicrosoft.us' }

// Numbers: Microsoft Learn, "Microsoft Entra authentication and authorization error codes".
test.each([
  ['invalid_grant', 'AADSTS65001: The user or administrator has not consented.', 'signIn.consent'],
  ['consent_required', 'AADSTS90094: The grant requires admin permission.', 'signIn.consent'],
  ['unauthorized_client', "AADSTS700016: Application with identifier 'x' was not found.", 'signIn.client-unknown'],
  ['invalid_client', "AADSTS7000218: The request body must contain 'client_secret'.", 'signIn.client-confidential'],
  ['invalid_request', "AADSTS90002: Tenant 'x' not found.", 'signIn.tenant-unknown'],
  ['invalid_grant', "AADSTS50020: User account 'x' does not exist in tenant.", 'signIn.account-foreign'],
  ['invalid_grant', 'AADSTS50057: The user account is disabled.', 'signIn.account-disabled'],
  ['interaction_required', 'AADSTS50076: you must use multi-factor authentication.', 'signIn.proof'],
  ['interaction_required', 'AADSTS50079: you must enroll in multi-factor authentication.', 'signIn.proof'],
  ['access_denied', 'AADSTS53003: Access has been blocked by Conditional Access.', 'signIn.blocked'],
  ['expired_token', 'AADSTS70020: This device code has expired.', 'signIn.timeout'],
  ['invalid_grant', 'AADSTS70008: The refresh token has expired due to inactivity.', 'signIn.needed'],
  ['invalid_grant', 'AADSTS50173: The provided grant has expired due to it being revoked.', 'signIn.needed'],
  ['temporarily_unavailable', 'AADSTS90033: A transient error has occurred.', 'cloud.unavailable'],
  ['invalid_request', 'AADSTS90015: Requested query string is too long.', 'signIn.failed'],
])('%s (%s) is %s', (error, message, code) => {
  expect(signInError(thrown(error, message), profile, nothing)).toMatchObject({ code, details: { message } })
})

test('a number that only begins like a known one is another one', () => {
  expect(signInError(thrown('invalid_request', 'AADSTS6500111: Something else.'), profile, nothing).code).toBe(
    'signIn.failed',
  )
})

test('missing consent names the page on which an administrator of this very cloud agrees', () => {
  const error = signInError(thrown('invalid_grant', 'AADSTS65001: Not consented.'), profile, nothing)
  expect(error.params).toEqual({
    ...place,
    url: `https://login.microsoftonline.us/contoso.onmicrosoft.us/adminconsent?client_id=${clientId}`,
  })
})

test('what a person can put right names application and tenant', () => {
  expect(signInError(thrown('x', 'AADSTS700016: unknown'), profile, nothing).params).toEqual(place)
  expect(signInError(thrown('x', 'AADSTS90002: unknown'), profile, nothing).params).toEqual(place)
})

test.each([70, -130])(
  'a refused time with a clock that is %i minutes ahead names the clock, and by how much',
  (minutes) => {
    const date = new Date(Date.now() - minutes * 60_000).toUTCString()
    const late = thrown('invalid_client', 'AADSTS700024: Client assertion is not within its valid time range.')
    expect(signInError(late, profile, { failure: null, date })).toMatchObject({
      code: 'clock.wrong',
      params: { minutes: Math.abs(minutes) },
    })
  },
)

test('a clock that is a little off is not to blame, nor is any clock for a missing consent', () => {
  const date = (minutes: number) => new Date(Date.now() + minutes * 60_000).toUTCString()
  const revoked = thrown('invalid_grant', 'AADSTS70008: expired')
  expect(signInError(revoked, profile, { failure: null, date: date(3) }).code).toBe('signIn.needed')
  const consent = thrown('invalid_grant', 'AADSTS65001: Not consented.')
  expect(signInError(consent, profile, { failure: null, date: date(90) }).code).toBe('signIn.consent')
})

test('no answer at all is offline, whatever MSAL makes of it; our own errors stay as they are', () => {
  const failure = Object.assign(new Error('no'), { code: 'ENOTFOUND' })
  expect(signInError(thrown('network_error', 'x'), profile, { failure, date: null }).code).toBe('offline')
  expect(signInError(thrown('endpoints_resolution_error', 'x'), profile, nothing)).toMatchObject({
    code: 'offline',
    params: { host: 'login.microsoftonline.us' },
  })
  const own = new AppError('token.refused-host', { host: 'evil.example' })
  expect(signInError(own, profile, nothing)).toBe(own)
})
