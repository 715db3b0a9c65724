import type { TokenCredential } from '@azure/core-auth'
import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import type { TokenOptions } from './sign-in'

/** Remembers which scopes a token was for, and repeats a refused request once with a new token. */
export type FreshTokens = { credential: TokenCredential; wrap(client: HttpClient): HttpClient }

/**
 * The SDKs keep a token until its time is up. A service may refuse it earlier (revoked, or this computer's clock is wrong);
 * then one more try with a new token saves an upload of hours.
 */
export function createFreshTokens(credential: TokenCredential): FreshTokens {
  const scopesOf = new Map<string, string | string[]>()
  const successorOf = new Map<string, string>()

  async function tokenFor(scopes: string | string[], options: TokenOptions = {}) {
    const token = await credential.getToken(scopes, options)
    if (token) scopesOf.set(token.token, scopes)
    return token
  }

  async function repeat(
    client: HttpClient,
    request: PipelineRequest,
    refused: string,
  ): Promise<PipelineResponse | null> {
    const scopes = scopesOf.get(refused)
    if (scopes === undefined || !isRepeatable(request)) return null
    const options: TokenOptions = { forceRefresh: true }
    const fresh = await tokenFor(scopes, options)
    if (!fresh || fresh.token === refused) return null
    successorOf.set(refused, fresh.token)
    request.headers.set('Authorization', `Bearer ${fresh.token}`)
    return client.sendRequest(request)
  }

  return {
    credential: { getToken: tokenFor },
    wrap: (client) => ({
      async sendRequest(request) {
        const token = newest(successorOf, bearerOf(request))
        if (token) request.headers.set('Authorization', `Bearer ${token}`)
        const response = await client.sendRequest(request)
        if (response.status !== 401 || !token || hasClaims(response)) return response
        return (await repeat(client, request, token)) ?? response
      },
    }),
  }
}

function bearerOf(request: PipelineRequest): string | null {
  return /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null
}

function newest(successorOf: ReadonlyMap<string, string>, token: string | null): string | null {
  let current = token
  for (let next = token; next; next = successorOf.get(next) ?? null) current = next
  return current
}

/** A claims challenge is answered by the SDK's own policy. */
function hasClaims(response: PipelineResponse): boolean {
  return /\bclaims=/i.test(response.headers.get('www-authenticate') ?? '')
}

/** A stream was read by the first try. */
function isRepeatable({ body }: PipelineRequest): boolean {
  return !body || typeof body === 'string' || typeof body === 'function' || ArrayBuffer.isView(body)
}
