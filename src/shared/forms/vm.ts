import { z } from 'zod'
import { partList } from '../parts'
import * as names from './names'

const imagePart = z.string().min(1).max(128)

export const vmPlan = z.strictObject({
  /** A Marketplace image that Batch has a node agent for. */
  image: z.strictObject({
    publisher: imagePart,
    offer: imagePart,
    sku: imagePart,
    version: imagePart.default('latest'),
  }),
  vmSize: z.string().min(1),
  securityType: z.enum(['Standard', 'TrustedLaunch']).default('Standard'),
  /** Of the disk with the system, GiB; absent: as large as the image's. */
  diskGb: z.number().int().min(30).max(2040).optional(),
})
export const vmCreate = z.strictObject({
  name: names.vm,
  /** Made for this VM and everything that belongs to it, and removed with it. */
  resourceGroup: names.resourceGroup,
  adminUser: names.adminUser,
  /** `appKey`: the app makes a key; `ownKey`: the public key given; `password`: a random one, as Windows needs it. */
  auth: z.enum(['appKey', 'ownKey', 'password']).default('appKey'),
  publicKey: z.string().max(10_000).optional(),
  /** Who may connect, as an address range in CIDR form; absent: this computer's present public address only. */
  sourceCidr: names.cidr.optional(),
  /** Deliberately lets in a range that nobody can know, such as 0.0.0.0/0. */
  acceptAnyone: z.boolean().default(false),
  /** 443 where an office firewall lets nothing else out; the VM's SSH server then listens there as well. */
  port: z.union([z.literal(22), z.literal(443)]).default(22),
  /** Who runs the script that gives a Windows VM its control channel: the person on its desktop, or Azure's agent in it. */
  channel: z.enum(['pasted', 'byAzure']).default('pasted'),
})
export const vmInstall = z.strictObject({
  parts: partList.default([]),
  /** The person says that all is installed. */
  done: z.boolean().default(false),
})
export const vmSnapshot = z.strictObject({
  wanted: z.boolean().default(true),
  name: names.disk,
})
export const vmGeneralize = z.strictObject({
  /** Confirmed by holding the button or typing the VM's name: nobody can sign in to the VM afterwards. */
  confirmed: z.boolean().default(false),
  /** Ids of pre-checks that forbid to go on and whose risk was taken deliberately. */
  acceptedRisks: z.array(z.string().max(300)).max(100).default([]),
  /** Windows: take the control channel (OpenSSH Server) out before. */
  removeChannel: z.boolean().default(true),
  /** Windows without control channel: the person ran sysprep by hand. */
  byHand: z.boolean().default(false),
})
export const vmRestore = z.strictObject({
  /** How often the VM was to be set back to its snapshot; 0: never. */
  times: z.number().int().min(0).max(100).default(0),
})
export const vmDeallocate = z.strictObject({
  /** Takes away what a policy has installed in the VM meanwhile. */
  removeExtensions: z.boolean().default(false),
  keepSnapshot: z.boolean().default(true),
})
export const vmMark = z.strictObject({
  removeExtensions: z.boolean().default(false),
})
