import { z } from 'zod'

const httpsUrl = z.url({ protocol: /^https$/ })

/** A cloud as configuration: endpoints, scopes and trust. Product code never asks which cloud it is. */
export const cloudProfile = z.strictObject({
  name: z.string().min(1),
  /** Sign-in host, without tenant: `https://login.microsoftonline.com`. */
  authority: httpsUrl,
  knownAuthorities: z.array(z.string()),
  /** OpenID configuration as JSON text: with it MSAL makes no discovery call. */
  authorityMetadata: z.string().optional(),
  clientId: z.string(),
  tenant: z.string().optional(),
  armEndpoint: httpsUrl,
  armScope: z.string(),
  batchScope: z.string(),
  batchSuffix: z.string(),
  storageScope: z.string(),
  storageSuffix: z.string(),
  graphEndpoint: httpsUrl.optional(),
  /** PEM file of the authority that signed the endpoints' certificates, where it is not a public one. */
  caFile: z.string().optional(),
  /** true: this cloud's tokens never leave the loopback interface. */
  loopbackOnly: z.boolean().optional(),
  /** Address of an HTTP proxy through which the VMs of this cloud are reached, by CONNECT; absent: as this computer reaches any host. */
  vmProxy: z.url({ protocol: /^https?$/ }).optional(),
  /** Answers with the public address that this computer has for the cloud's VMs, as plain text. */
  addressUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** true: VMs of this cloud show no remote desktop. */
  hasNoDesktops: z.boolean().optional(),
})
export type CloudProfile = z.infer<typeof cloudProfile>
