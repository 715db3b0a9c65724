import { AppError, type ErrorDetails } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'
import { toAppError, withoutSecrets } from './errors'

/** The fields MSAL's errors have in common. */
type AuthError = Error & { errorCode: string; errorMessage: string; subError?: string; correlationId?: string }

/** Codes with which MSAL hides that the sign-in service could not be reached. */
const unreachable = ['network_error', 'endpoints_resolution_error', 'openid_config_error', 'no_network_connectivity']
const needsPerson = ['invalid_grant', 'interaction_required', 'login_required', 'no_account_found', 'bad_token']

/** What MSAL throws, as one of ours. `lastFailure`: what the network threw last, since MSAL does not keep it. */
export function signInError(error: unknown, profile: CloudProfile, clientId: string, lastFailure: unknown): AppError {
  if (error instanceof AppError) return error
  if (!isAuthError(error)) return toAppError(error)
  if (unreachable.includes(error.errorCode)) {
    return lastFailure === null
      ? new AppError('offline', { host: new URL(profile.authority).host }, detailsOf(error))
      : toAppError(lastFailure)
  }
  const text = `${error.errorCode} ${error.errorMessage} ${error.subError ?? ''}`
  // 65001: nobody agreed yet; 90094: only an administrator may agree.
  if (/AADSTS(65001|90094|90099|900941)\b|consent_required/.test(text)) {
    return new AppError('signIn.consent', { clientId }, detailsOf(error))
  }
  // 700016: no such application in the tenant; 7000218: it is registered as a confidential client.
  if (/AADSTS(700016|7000218|90013|900144)\b/.test(text)) {
    return new AppError('signIn.client-missing', { cloud: profile.name, clientId }, detailsOf(error))
  }
  if (error.name === 'InteractionRequiredAuthError' || needsPerson.includes(error.errorCode)) {
    return new AppError('signIn.needed', { cloud: profile.name }, detailsOf(error))
  }
  if (/temporarily_unavailable|server_error/.test(error.errorCode)) {
    return new AppError('cloud.unavailable', { host: new URL(profile.authority).host }, detailsOf(error))
  }
  return new AppError('signIn.failed', { reason: withoutSecrets(firstLine(error)) }, detailsOf(error))
}

/** The refusal of a sign-in service (RFC 6749, 5.2) as MSAL would throw it. */
export function refusalIn(body: unknown): Error | null {
  const { error, error_description: description } = (body ?? {}) as { error?: unknown; error_description?: unknown }
  if (typeof error !== 'string') return null
  const errorMessage = typeof description === 'string' ? description : error
  return Object.assign(new Error(errorMessage), { name: 'ServerError', errorCode: error, errorMessage })
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
