import { z } from 'zod'

// Naming rules: Microsoft Learn, "Naming rules and restrictions for Azure resources"; blob containers and blobs: "Naming and
// referencing containers, blobs, and metadata". Message of a schema = key of `messages.names`.

export const resourceGroup = z.string().regex(/^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u, 'resourceGroup')
export const batchAccount = z.string().regex(/^[a-z0-9]{3,24}$/, 'batchAccount')
export const storageAccount = z.string().regex(/^[a-z0-9]{3,24}$/, 'storageAccount')
export const container = z.string().regex(/^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'container')
export const blob = z.string().regex(/^[^\\\p{Cc}?#%]{1,1023}[^\\\p{Cc}?#%./]$/u, 'blob')
/** Of a managed disk (Azure REST reference, "Disks - Create Or Update"). */
export const disk = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,78}[A-Za-z0-9_])?$/, 'disk')
/** Logical unit number of a data disk: what a machine's system knows it by. */
export const lun = z.number('lun').int('lun').min(0, 'lun').max(63, 'lun')
export const gallery = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._]{0,78}[A-Za-z0-9])?$/, 'gallery')
export const imageDefinition = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9])?$/, 'imageDefinition')
export const imagePart = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$/, 'imagePart')
export const imageVersion = z
  .string()
  .regex(/^(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})$/, 'imageVersion')
  .refine((text) => text.split('.').every((part) => Number(part) <= 2147483647), 'imageVersion')
/** Full resource id. */
export const keyVault = z
  .string()
  .max(500)
  .regex(
    /^\/subscriptions\/[\w-]+\/resourceGroups\/[^/?#%]+\/providers\/Microsoft\.KeyVault\/vaults\/[\w-]+$/i,
    'keyVault',
  )
export const pool = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'pool')
/** Of a VM; Windows takes at most 15 characters as the name of a computer. */
export const vm = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/, 'vm')
/** Azure refuses names that systems reserve ("What are the username requirements when creating a VM?"). */
export const adminUser = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,19}$/, 'adminUser')
  .refine((name) => !reservedUsers.has(name), 'adminUser')
/** Range of IPv4 addresses, such as 203.0.113.7/32. */
export const cidr = z.cidrv4('cidr')
const reservedUsers: ReadonlySet<string> = new Set(
  'admin administrator root guest user user1 user2 test test1 test2 test3 admin1 admin2 1 123 a actuser adm aspnet backup console david john owner server sql support support_388945a0 sys user3 user4 user5'.split(
    ' ',
  ),
)
