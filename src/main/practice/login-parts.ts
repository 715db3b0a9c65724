import { randomUUID } from 'node:crypto'
import { findTenant, tenant, type Principal, type Tenant } from './directory'
import type { PracticeReply } from './server'

export type Form = Record<string, string>

export function fields(body: unknown): Form {
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

// A public client registered with http://localhost may use any port and path there, and nothing else.
export function isLoopbackRedirect(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return url.protocol === 'http:' && url.hostname === 'localhost'
}

export function clientInfo(user: Principal): string {
  return Buffer.from(JSON.stringify({ uid: user.homeOid ?? user.oid, utid: tenant.id })).toString('base64url')
}

/** The tenant that an authority's path stands for: everybody is at home in the first. */
export function tenantAt(text: string): Tenant {
  return findTenant(text) ?? tenant
}

export function tenantRefusal(text: string): { code: string; number: number; message: string } | null {
  if (isTenant(text) || text === 'organizations' || text === 'common') return null
  const message = `Tenant '${text}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`
  return { code: 'AADSTS90002', number: 90002, message }
}

export function noApplication(clientId: string): string {
  return `Application with identifier '${clientId}' was not found in the directory '${tenant.displayName}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`
}

/** What Entra says to a person of another tenant. */
export function notAMember(name: string, at: Tenant, clientId: string): string {
  return `User account '${name}' from identity provider 'https://sts.windows.net/${tenant.id}/' does not exist in tenant '${at.displayName}' and cannot access the application '${clientId}' in that tenant. The account needs to be added as an external user in the tenant first.`
}

export function oauthError(
  status: number,
  error: string,
  number: number,
  message: string,
  more: { suberror?: string; claims?: string } = {},
): PracticeReply {
  const ids = { trace_id: randomUUID(), correlation_id: randomUUID() }
  const timestamp = new Date().toISOString().replace('T', ' ').replace(/\.\d+/, '')
  const description = `AADSTS${number}: ${message} Trace ID: ${ids.trace_id} Correlation ID: ${ids.correlation_id} Timestamp: ${timestamp}`
  return { status, body: { error, error_description: description, error_codes: [number], timestamp, ...ids, ...more } }
}

export function isTenant(text: string): boolean {
  return findTenant(text) !== null
}
