import { z } from 'zod'

/** How requests leave this computer. No password: that one lies in the keyring. */
export const networkSettings = z.object({
  proxy: z.enum(['system', 'manual', 'none']).default('system'),
  /** `http://host:port` or `https://host:port`, for `manual`. */
  url: z.string().max(300).default(''),
  user: z.string().max(200).default(''),
  /** Names and addresses that are reached without the proxy, with commas between. */
  bypass: z.string().max(2000).default(''),
  /** Certificates of further authorities, PEM, one each. */
  authorities: z.array(z.string().max(20_000)).max(50).default([]),
  /** Trust what the system trusts, where it can be read. */
  systemAuthorities: z.boolean().default(true),
})
export type NetworkSettings = z.infer<typeof networkSettings>
export const defaultNetwork: NetworkSettings = networkSettings.parse({})

/** One certificate as people tell it from others. */
export const certificateFacts = z.object({
  /** SHA-256 of the whole certificate. */
  id: z.string(),
  subject: z.string(),
  issuer: z.string(),
  /** ISO 8601. */
  validTo: z.string(),
  isExpired: z.boolean(),
})
export type CertificateFacts = z.infer<typeof certificateFacts>
