import { publicClientId, tenant } from './directory'
import { noApplication, notAMember, oauthError } from './login-parts'
import type { PracticeReply, PracticeRequest } from './server'

export type OAuthRefusal = PracticeReply & { body: { error: string; error_description: string } }

type Refusal = { error: string; message: string; suberror?: string; status?: number; claims?: string }

/**
 * A sign-in refused by a switched-on incident `refuse-sign-in`, in the words of Entra (Microsoft Learn, "Microsoft Entra
 * authentication and authorization error codes"); null when there is none. `grant` stands behind the path in what an incident matches.
 */
export function refusedByIncident(request: PracticeRequest, clientId: string, grant = ''): OAuthRefusal | null {
  const fault = request.faults.take('refuse-sign-in', `${request.method} ${request.path} ${grant}`.trim())
  if (!fault) return null
  const number = Number(fault.action)
  const { error, message, suberror, status = 400, claims } = refusalOf(number, clientId)
  const more = { ...(suberror && { suberror }), ...(claims && { claims }) }
  return oauthError(status, error, number, message, more) as OAuthRefusal
}

function refusalOf(number: number, clientId: string): Refusal {
  return (refusals[number] ?? otherwise)(clientId || publicClientId)
}

const resource = '797f4846-ba00-4fd7-ba43-dac1f8f63013'
const otherwise = (): Refusal => ({ error: 'invalid_request', message: 'The request is not properly formatted.' })

const refusals: Record<number, (clientId: string) => Refusal> = {
  50020: (clientId) => ({
    error: 'invalid_grant',
    message: notAMember('somebody@elsewhere.example', tenant, clientId),
  }),
  50053: () => ({
    error: 'invalid_grant',
    message: "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
  }),
  50057: () => ({ error: 'invalid_grant', message: 'The user account is disabled.' }),
  50076: () => ({
    error: 'interaction_required',
    message: `Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '${resource}'.`,
    suberror: 'basic_action',
    claims: '{"access_token":{"capolids":{"essential":true,"values":["c1b09c6f-2d8e-4a7e-9f3b-5d60e7a4b812"]}}}',
  }),
  50079: () => ({
    error: 'interaction_required',
    message: `Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '${resource}'.`,
    suberror: 'basic_action',
  }),
  50173: () => ({
    error: 'invalid_grant',
    message:
      'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.',
    suberror: 'bad_token',
  }),
  53000: () => ({
    error: 'interaction_required',
    message:
      'Device is not in required device state: compliant. Conditional Access policy requires a compliant device, and the device is not compliant.',
    suberror: 'message_only',
  }),
  53003: () => ({
    error: 'access_denied',
    message: 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    suberror: 'message_only',
  }),
  65001: (clientId) => ({
    error: 'invalid_grant',
    message: `The user or administrator has not consented to use the application with ID '${clientId}' named 'Batch Image Studio'. Send an interactive authorization request for this user and resource.`,
    suberror: 'consent_required',
  }),
  90002: () => ({
    error: 'invalid_request',
    message:
      "Tenant 'nowhere.example' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  }),
  90094: () => ({
    error: 'consent_required',
    message:
      'The grant requires admin permission. An administrator of the organization has set a policy that prevents you from granting the application the permissions it is requesting.',
  }),
  700016: (clientId) => ({ error: 'unauthorized_client', message: noApplication(clientId) }),
  7000218: () => ({
    error: 'invalid_client',
    message: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    status: 401,
  }),
  700024: () => ({
    error: 'invalid_client',
    message: 'Client assertion is not within its valid time range.',
    status: 401,
  }),
}
