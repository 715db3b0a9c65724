import type { NodeAuthOptions } from '@azure/msal-node'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { AppError } from '../../shared/errors'

export type Environment = Record<string, string | undefined>
/** Who signs in without a person. `secrets` is what MSAL needs besides client id and authority; null: only a device code helps. */
export type EnvironmentIdentity = {
  clientId: string
  tenantId: string
  secrets: Pick<NodeAuthOptions, 'clientSecret' | 'clientCertificate' | 'clientAssertion'> | null
}

/**
 * Reads AZURE_TENANT_ID, AZURE_CLIENT_ID and one of AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH (PEM with key, password in
 * AZURE_CLIENT_CERTIFICATE_PASSWORD), AZURE_FEDERATED_TOKEN_FILE: the names of Microsoft's own libraries. null without a client id.
 * Throws `signIn.failed` {reason} when a named file cannot be used.
 */
export async function environmentIdentity(
  environment: Environment,
  tenant: string,
): Promise<EnvironmentIdentity | null> {
  const clientId = environment['AZURE_CLIENT_ID']
  if (!clientId) return null
  return { clientId, tenantId: environment['AZURE_TENANT_ID'] ?? tenant, secrets: await secretsOf(environment) }
}

async function secretsOf(environment: Environment): Promise<EnvironmentIdentity['secrets']> {
  // An application has a tenant of its own; without it no secret can be used.
  if (!environment['AZURE_TENANT_ID']) return null
  const { AZURE_CLIENT_SECRET: secret, AZURE_CLIENT_CERTIFICATE_PATH: certificate } = environment
  const tokenFile = environment['AZURE_FEDERATED_TOKEN_FILE']
  if (secret) return { clientSecret: secret }
  if (certificate) return { clientCertificate: await certificateOf(certificate, environment) }
  if (!tokenFile) return null
  await fileOf(tokenFile)
  // Read again for every token: whoever issued the file replaces it before it runs out.
  return { clientAssertion: async () => (await fileOf(tokenFile)).trim() }
}

async function certificateOf(file: string, environment: Environment) {
  const pem = await fileOf(file)
  const passphrase = environment['AZURE_CLIENT_CERTIFICATE_PASSWORD']
  try {
    const thumbprintSha256 = new X509Certificate(pem).fingerprint256.replaceAll(':', '')
    const key = createPrivateKey({ key: pem, ...(passphrase && { passphrase }) })
    const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString()
    const chain = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
    return { thumbprintSha256, privateKey, x5c: chain.join('\n') }
  } catch (error) {
    // The words of OpenSSL name the trouble and hold nothing of the key.
    throw new AppError('signIn.failed', { reason: file }, { message: error instanceof Error ? error.message : '' })
  }
}

async function fileOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new AppError('signIn.failed', { reason: file }, { message: error instanceof Error ? error.message : '' })
  }
}
