import { z } from 'zod'
import type { WireExchange } from '../../support/exchanges'
import { judge, type DataJudged, type Rule } from './data-planes'

// Hand-written, as no document for Microsoft.KeyVault lies beside this repository. Source: Microsoft Learn, REST API reference,
// Key Vault, "Vaults - Get" and "Vaults - List By Subscription" (2023-07-01).
const text = z.string().min(1)
const secretVerbs = ['all', 'get', 'list', 'set', 'delete', 'backup', 'restore', 'recover', 'purge']
const permissions = z.strictObject({
  keys: z.array(text).optional(),
  secrets: z.array(z.string().refine((verb) => secretVerbs.includes(verb.toLowerCase()), 'no secret permission')),
  certificates: z.array(text).optional(),
  storage: z.array(text).optional(),
})
const vault = z.strictObject({
  id: z
    .string()
    .regex(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+$/),
  name: text,
  type: z.literal('Microsoft.KeyVault/vaults'),
  location: text,
  tags: z.record(z.string(), z.string()).optional(),
  properties: z.strictObject({
    sku: z.strictObject({ family: z.literal('A'), name: z.enum(['standard', 'premium']) }),
    tenantId: z.guid(),
    accessPolicies: z
      .array(z.strictObject({ tenantId: z.guid(), objectId: text, applicationId: z.guid().optional(), permissions }))
      .optional(),
    vaultUri: z.url().optional(),
    enabledForDeployment: z.boolean().optional(),
    enabledForDiskEncryption: z.boolean().optional(),
    enabledForTemplateDeployment: z.boolean().optional(),
    enableSoftDelete: z.boolean().optional(),
    softDeleteRetentionInDays: z.int().min(7).max(90).optional(),
    enableRbacAuthorization: z.boolean().optional(),
    enablePurgeProtection: z.literal(true).optional(),
    provisioningState: z.enum(['Succeeded', 'RegisteringDns']).optional(),
    publicNetworkAccess: text.optional(),
  }),
})
const failure = z.strictObject({ error: z.strictObject({ code: text, message: text }) })
const rules: Rule[] = [
  {
    name: 'Vaults_List',
    method: 'GET',
    path: /\/Microsoft\.KeyVault\/vaults$/i,
    answer: z.strictObject({ value: z.array(vault), nextLink: z.url().optional() }),
  },
  { name: 'Vaults_Get', method: 'GET', path: /\/Microsoft\.KeyVault\/vaults\/[^/]+$/i, answer: vault },
]

/** The management of key vaults, as far as the product asks for it. */
export function judgeVaults(exchange: WireExchange): DataJudged {
  return judge(exchange, rules, failure)
}
