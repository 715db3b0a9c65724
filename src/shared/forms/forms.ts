import { z } from 'zod'
import { uploadTargets, type StepId } from '../terms'
import * as names from './names'
import * as vm from './vm'

/** One schema per form: the window validates while typing, main validates before it acts, a plan file is checked with the same. */
const empty = z.strictObject({})
const nodes = z.number().int().min(0).max(2000)

const decideImage = z.strictObject({
  /** What speaks for an own image; feeds the advice, decides nothing by itself. */
  reasons: z.array(z.enum(['osSettings', 'bigSoftware', 'bigData', 'reboot'])).default([]),
  choice: z.enum(['customImage', 'startTask']).default('customImage'),
})
const connectCloud = z.strictObject({
  /** Name of a built-in cloud profile, or path of a profile file. */
  cloud: z.string().min(1),
  /** Application (client) id of the app registration; the practice cloud brings its own. */
  clientId: z.guid().optional(),
  tenant: z.string().min(1).optional(),
})
const connectSignIn = z.strictObject({
  method: z.enum(['browser', 'deviceCode', 'environment']).default('browser'),
  /** Id of an account that is signed in already, or `another`; absent: the one that is known, else whoever signs in. */
  account: z.string().min(1).max(200).optional(),
  /** Tenant that the tokens are for; absent: the account's own. */
  tenant: z.guid().optional(),
})
const connectScope = z.strictObject({
  subscriptionId: z.guid(),
  region: z.string().min(1),
  resourceGroup: names.resourceGroup,
})
const preparePreflight = z.strictObject({
  /** Consent to switch on, for the whole subscription, the services that are not. */
  register: z.boolean().default(true),
  /** Ids of the checks that forbid to go on and whose risk was taken deliberately. */
  acceptedRisks: z.array(z.string().max(300)).max(100).default([]),
})
const prepareAccount = z.strictObject({
  mode: z.enum(['choose', 'create']),
  name: names.batchAccount,
  /** Group of an existing account; a new one is made in the run's own group. */
  resourceGroup: names.resourceGroup.optional(),
  /** Of a new account; it cannot be changed later. */
  allocationMode: z.enum(['BatchService', 'UserSubscription']).default('BatchService'),
  /** Resource id of the key vault that a new account in user subscription mode needs. */
  vault: names.keyVault.optional(),
})
const prepareStorage = z.strictObject({
  mode: z.enum(['choose', 'create']),
  name: names.storageAccount,
  resourceGroup: names.resourceGroup.optional(),
  container: names.container.default('vhds'),
})
const diskChoose = z.strictObject({
  file: z.string().min(1),
  /** Further images of the same machine: every node gets each as a data disk, under its logical unit number. */
  dataDisks: z
    .array(z.strictObject({ file: z.string().min(1), lun: names.lun }))
    .max(64)
    .refine((disks) => new Set(disks.map(({ lun }) => lun)).size === disks.length, 'lun')
    .default([]),
})
const diskInspect = z.strictObject({
  /** Only asked where the disk could boot either way. */
  generation: z.enum(['V1', 'V2']).optional(),
  osType: z.enum(['Linux', 'Windows']).optional(),
})
const diskUpload = z.strictObject({
  /** What takes the bytes: a managed disk, which needs no storage account, or a blob; a block blob is turned into a page blob there. */
  target: z.enum(uploadTargets).default('disk'),
  /** Of the managed disk; data disks add their number. */
  diskName: names.disk,
  /** Of the page blob, or of the block blob's page blob. */
  blobName: names.blob,
  connections: z.number().int().min(1).max(32).default(6),
})
const imageGallery = z.strictObject({
  mode: z.enum(['choose', 'create']),
  name: names.gallery,
  resourceGroup: names.resourceGroup.optional(),
})
const imageDefinition = z.strictObject({
  name: names.imageDefinition,
  publisher: names.imagePart,
  offer: names.imagePart,
  sku: names.imagePart,
  osType: z.enum(['Linux', 'Windows']),
  generation: z.enum(['V1', 'V2']),
  architecture: z.enum(['x64', 'Arm64']).default('x64'),
})
const imageVersion = z.strictObject({
  version: names.imageVersion,
  regions: z.array(z.strictObject({ name: z.string().min(1), replicas: z.number().int().min(1).max(100) })).min(1),
  excludeFromLatest: z.boolean().default(false),
})
const poolCreate = z.strictObject({
  name: names.pool,
  vmSize: z.string().min(1),
  nodeAgentSku: z.string().min(1),
  taskSlotsPerNode: z.number().int().min(1).max(256).default(1),
  interNodeCommunication: z.boolean().default(false),
  startTask: z.string().max(8000).optional(),
})
const poolCanary = z.strictObject({
  /** Wanted once the first node is idle. */
  dedicated: nodes.default(1),
  spot: nodes.default(0),
})
const finishCleanup = z.strictObject({
  /** Ids of products to remove as well; scaffold is always removed. */
  alsoRemove: z.array(z.string()).default([]),
})

export const forms = {
  'decide.image': decideImage,
  'connect.cloud': connectCloud,
  'connect.signIn': connectSignIn,
  'connect.scope': connectScope,
  'prepare.preflight': preparePreflight,
  'prepare.account': prepareAccount,
  'prepare.storage': prepareStorage,
  'disk.choose': diskChoose,
  'disk.inspect': diskInspect,
  'disk.upload': diskUpload,
  'vm.plan': vm.vmPlan,
  'vm.create': vm.vmCreate,
  'vm.install': vm.vmInstall,
  'vm.snapshot': vm.vmSnapshot,
  'vm.generalize': vm.vmGeneralize,
  'vm.restore': vm.vmRestore,
  'vm.deallocate': vm.vmDeallocate,
  'vm.mark': vm.vmMark,
  'image.gallery': imageGallery,
  'image.definition': imageDefinition,
  'image.version': imageVersion,
  'pool.create': poolCreate,
  'pool.canary': poolCanary,
  'finish.verify': empty,
  'finish.cleanup': finishCleanup,
  'finish.report': empty,
} as const satisfies Record<StepId, z.ZodType>

export type Inputs = { [Id in StepId]: z.infer<(typeof forms)[Id]> }
