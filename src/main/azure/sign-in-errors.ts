import { AppError, type ErrorCode, type ErrorDetails, type ErrorParams } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'
import { signInLimitMs } from '../../shared/sign-in'
import { isTooFarOff, skewMinutes } from '../net/clock-skew'
import { toAppError, withoutSecrets } from './errors'

/** The fields MSAL's errors have in common. */
type AuthError = Error & { errorCode: string; errorMessage: string; subError?: string; correlationId?: string }
/** What the network did last: the failure (null after an answer) and the Date header of the last answer. */
export type Heard = { failure: unknown; date: string | null }

/** Codes with which MSAL hides that the sign-in service could not be reached. */
const unreachable = ['network_error', 'endpoints_resolution_error', 'openid_config_error', 'no_network_connectivity']
const needsPerson = ['invalid_grant', 'interaction_required', 'login_required', 'no_account_found', 'bad_token']

type Rule = { match: RegExp; code: ErrorCode; params?: (profile: CloudProfile) => ErrorParams }
const application = ({ name, clientId }: CloudProfile) => ({ cloud: name, clientId })
const place = (profile: CloudProfile) => ({ tenant: tenantOf(profile), clientId: profile.clientId })

/** Microsoft Learn, "Microsoft Entra authentication and authorization error codes". */
const rules: Rule[] = [
  // 65001: nobody agreed yet; 90094 and its kin: only an administrator may agree.
  { match: /AADSTS(65001|90094|90099|900941)\b|consent_required/, code: 'signIn.consent', params: consent },
  { match: /AADSTS(700016|90013|900144)\b/, code: 'signIn.client-unknown', params: place },
  { match: /AADSTS7000218\b/, code: 'signIn.client-confidential', params: application },
  { match: /AADSTS(90002|900023|50059)\b/, code: 'signIn.tenant-unknown', params: place },
  { match: /AADSTS(50020|50034|51004)\b/, code: 'signIn.account-foreign', params: place },
  { match: /AADSTS50057\b/, code: 'signIn.account-disabled' },
  { match: /AADSTS(50072|50074|50076|50079|500121)\b/, code: 'signIn.proof' },
  { match: /AADSTS(5300[0-4]|530034|53010|53011)\b/, code: 'signIn.blocked' },
  {
    match: /device_code_expired|user_timeout_reached|AADSTS70020\b/,
    code: 'signIn.timeout',
    params: () => ({ minutes: signInLimitMs / 60_000 }),
  },
]

/**
 * What MSAL throws, as one of ours: `signIn.needed` {cloud}, `signIn.consent` {clientId, tenant, url}, `signIn.client-unknown`,
 * `signIn.tenant-unknown`, `signIn.account-foreign` {tenant, clientId}, `signIn.client-confidential` {cloud, clientId},
 * `signIn.account-disabled`, `signIn.proof`, `signIn.blocked`, `signIn.timeout` {minutes}, `clock.wrong` {minutes},
 * `cloud.unavailable`, `offline` {host}, `signIn.failed` {reason}. `profile`: with the client id and tenant that were used.
 */
export function signInError(error: unknown, profile: CloudProfile, heard: Heard): AppError {
  if (error instanceof AppError) return error
  if (!isAuthError(error)) return toAppError(error)
  const host = new URL(profile.authority).host
  const details = detailsOf(error)
  if (unreachable.includes(error.errorCode)) {
    return heard.failure === null ? new AppError('offline', { host }, details) : toAppError(heard.failure)
  }
  const text = `${error.errorCode} ${error.errorMessage} ${error.subError ?? ''}`
  const rule = rules.find(({ match }) => match.test(text))
  if (rule) return new AppError(rule.code, rule.params?.(profile) ?? {}, details)
  if (/temporarily_unavailable|server_error/.test(error.errorCode)) {
    return new AppError('cloud.unavailable', { host }, details)
  }
  // Assertions, tokens and codes all bear times: with a wrong clock none of them is good.
  const minutes = skewMinutes(heard.date ?? undefined)
  if (isTooFarOff(minutes)) return new AppError('clock.wrong', { minutes: Math.abs(minutes) }, details)
  if (error.name === 'InteractionRequiredAuthError' || needsPerson.includes(error.errorCode)) {
    return new AppError('signIn.needed', { cloud: profile.name }, details)
  }
  return new AppError('signIn.failed', { reason: withoutSecrets(firstLine(error)) }, details)
}

/** The refusal of a sign-in service (RFC 6749, 5.2) as MSAL would throw it. */
export function refusalIn(body: unknown): Error | null {
  const { error, error_description: description } = (body ?? {}) as { error?: unknown; error_description?: unknown }
  if (typeof error !== 'string') return null
  const errorMessage = typeof description === 'string' ? description : error
  return Object.assign(new Error(errorMessage), { name: 'ServerError', errorCode: error, errorMessage })
}

/** Claims that a refusal demands from the next sign-in, as JSON text. */
export function claimsIn(error: unknown): string | null {
  const claims = (error as { claims?: unknown } | null)?.claims
  return typeof claims === 'string' && claims !== '' ? claims : null
}

/** Microsoft Learn, "Grant tenant-wide admin consent to an application": the page an administrator opens. */
function consent(profile: CloudProfile): ErrorParams {
  const { clientId, authority } = profile
  const page = `${authority.replace(/\/+$/, '')}/${tenantOf(profile)}/adminconsent`
  return { clientId, tenant: tenantOf(profile), url: `${page}?client_id=${encodeURIComponent(clientId)}` }
}

function tenantOf(profile: CloudProfile): string {
  return profile.tenant ?? 'organizations'
}

function isAuthError(error: unknown): error is AuthError {
  return error instanceof Error && 'errorCode' in error && 'errorMessage' in error
}

function detailsOf(error: AuthError): ErrorDetails {
  const status = (error as { status?: unknown }).status
  return {
    ...(typeof status === 'number' && { status }),
    serviceCode: error.subError ? `${error.errorCode}/${error.subError}` : error.errorCode,
    ...(error.correlationId && { requestId: error.correlationId }),
    at: new Date().toISOString(),
    message: withoutSecrets(error.errorMessage).slice(0, 2000),
  }
}

function firstLine(error: AuthError): string {
  return (error.errorMessage.split(/[\r\n]| Trace ID/)[0] ?? error.errorCode).slice(0, 300)
}
