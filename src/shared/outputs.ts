import type { ErrorData } from './errors'
import type { PreflightLook } from './preflight'
import type { AllocationMode, Generation, OsType, StepId, UploadTargetKind } from './terms'

/** What each step leaves behind for the steps after it and for the result page. Plain data, no secrets. */
export type Outputs = {
  'decide.image': { choice: 'customImage' }
  'connect.cloud': { cloud: string; authority: string; armEndpoint: string; clientId: string; tenant: string }
  'connect.signIn': {
    username: string
    /** The tenant that tokens come for. */
    tenantId: string
    tenantName?: string
    homeAccountId: string | null
    /** Proposed for the next step: the first subscription this account sees, and a region there. */
    subscriptionId?: string
    region?: string
  }
  'connect.scope': {
    subscriptionId: string
    subscriptionName: string
    region: string
    resourceGroup: string
    /** Proposed for the account: id of the only one there that this run did not make. */
    onlyAccount?: string
  }
  'prepare.preflight': {
    /** Full resource id of the group that everything new goes into. */
    groupId: string
    /** Namespaces that were switched on for the subscription. */
    registered: string[]
    /** The look that was good enough to go on, or whose risk was taken. Older journals have none. */
    look?: PreflightLook
    /** Ids of its checks that forbade to go on. */
    acceptedRisks?: string[]
  }
  'prepare.account': {
    id: string
    name: string
    resourceGroup: string
    region: string
    endpoint: string
    allocationMode: AllocationMode
    dedicatedCoreQuota: number | null
    /** Proposed for the pool: the sizes that cost least and fit an image of either generation. */
    sizeV1?: string
    sizeV2?: string
  }
  'prepare.storage': { id: string; name: string; region: string; blobEndpoint: string; container: string }
  /** `dataDisks` of this and the steps after it: absent where none was chosen, and in older journals. */
  'disk.choose': ChosenFile & { dataDisks?: (ChosenFile & { lun: number })[] }
  'disk.inspect': Inspection & { dataDisks?: InspectedDataDisk[] }
  'disk.upload': {
    /** Absent in older journals: a page blob. */
    target?: UploadTargetKind
    /** Full resource id of the managed disk. */
    diskId?: string
    /** Of the page blob, without SAS; `storageAccountId`: what holds it (older journals: the account of prepare.storage). */
    blobUrl?: string
    storageAccountId?: string
    dataDisks?: UploadedDataDisk[]
    etag: string
    virtualBytes: number
    nonZeroBytes: number
    sentBytes: number
    skippedBytes: number
    presentBytes: number
    requests: number
    seconds: number
  }
  'vm.plan': {
    /** `version`: the exact one that `latest` meant. */
    image: { publisher: string; offer: string; sku: string; version: string }
    osType: OsType
    generation: Generation
    architecture: 'x64' | 'Arm64'
    nodeAgentSku: string
    vmSize: string
    cores: number
    securityType: 'Standard' | 'TrustedLaunch'
    /** What speaks against it without forbidding it: keys of `messages.vm.concerns`. */
    concerns?: ('noTemporaryDisk' | 'endsSoon' | 'oldGeneration')[]
    /** When Batch ends its support, ISO 8601 date. */
    endsOn?: string
  }
  'vm.create': VmRef & {
    resourceGroup: string
    nsgId: string
    nicId: string
    publicIpId: string
    osDiskId: string
    vmSize: string
    /** SHA-256 fingerprints of the host keys that the serial log showed, `SHA256:…`; empty where it showed none. */
    hostKeys: string[]
    /** Whether its port answered from here while it was let in; `unknown`: it could not be tried. */
    reach?: 'answers' | 'silent' | 'unknown'
    /** Who was let in for that, in CIDR form. */
    source?: string
  }
  /** `hash`: of the part as it ran. `isByHand`: a person said that all is installed. */
  'vm.install': {
    parts: { id: string; name: string; status: 'done' | 'skipped'; seconds: number; hash?: string }[]
    isByHand?: boolean
  }
  /** `flushed`: whether the system had written all that it held in memory; absent where nobody knows. */
  'vm.snapshot': { id: string | null; name: string | null; at: string; flushed?: boolean }
  'vm.generalize': {
    /** What proves it: keys of messages, with what was read. */
    evidence: { id: string; detail: string }[]
    isByHand: boolean
  }
  'vm.restore': { times: number; osDiskId: string | null }
  'vm.deallocate': { powerState: string; snapshotKept?: boolean }
  'vm.mark': { id: string }
  'image.gallery': { id: string; name: string; resourceGroup: string; region: string }
  'image.definition': {
    id: string
    name: string
    osType: OsType
    generation: Generation
    /** Its nodes start with trusted launch. */
    securityType?: 'TrustedLaunch'
    /** The newest version that others made there. */
    newestVersion?: string
  }
  'image.version': {
    id: string
    version: string
    regions: { region: string; replicas: number }[]
    /** Logical unit numbers of its data disks. */
    dataDisks?: number[]
  }
  'pool.create': { id: string; name: string; vmSize: string; nodeAgentSku: string }
  'pool.canary': {
    node: string
    state: string
    secondsToIdle: number
    dedicated: number
    spot: number
  }
  'finish.verify': { checks: { id: string; ok: boolean; detail: string }[] }
  /** `error`: absent in journals of earlier versions, which only kept the service's words. */
  'finish.cleanup': { removed: string[]; left: { id: string; reason: string; error?: ErrorData }[] }
  'finish.report': { file: string }
}

/** A build VM as sessions and later steps need it. */
export type VmRef = {
  /** Full resource id. */
  id: string
  name: string
  osType: OsType
  /** Public address, and where its SSH server listens. */
  address: string
  port: number
  user: string
}
/** Size and time are kept, so that a file that changes later is noticed. */
export type ChosenFile = { file: string; sizeBytes: number; modifiedMs: number }
/** A disk without a system of its own: only what its container tells counts. */
export type InspectedDataDisk = Pick<
  Inspection,
  'format' | 'verdict' | 'virtualSize' | 'dataBytes' | 'uploadBytes' | 'findings'
> & { lun: number; file: string }
export type UploadedDataDisk = {
  lun: number
  diskId?: string
  blobUrl?: string
  storageAccountId?: string
  virtualBytes: number
  sentBytes: number
}

export type OutputOf<Id extends StepId> = Outputs[Id]

export type Severity = 'ok' | 'info' | 'warn' | 'block'
export type Finding = {
  id: string
  severity: Exclude<Severity, 'ok'>
  /** Which of the texts of this id; absent where there is only one. */
  variant?: string
  /** Figures and names of this disk for the holes in the text. */
  params?: Record<string, string | number>
  /** What to type to mend it, in order, and where: in the machine the disk comes from, or on this computer. */
  commands?: { on: 'linux' | 'windows' | 'here'; text: string }[]
  /** In English. */
  message: string
  remedy: string
}

/** What `inspect --json` prints, less the file's name. Ids of findings as documented in docs/findings. */
export type Inspection = {
  format: DiskFormat
  verdict: Severity | 'unreadable'
  virtualSize: number
  /** Virtual size padded to a MiB. */
  dataBytes: number
  /** dataBytes + 512 for the footer. */
  uploadBytes: number
  partitionTable: 'gpt' | 'mbr' | null
  generation: Generation | null
  os: { type: OsType; id: string | null; versionId: string | null } | null
  generalized: boolean | null
  encrypted: boolean
  /** The processor that the system is made for, and the node agent that fits it, where the disk tells. Older journals have neither. */
  architecture?: 'x64' | 'Arm64'
  nodeAgent?: string
  findings: Finding[]
  /** Ids of the checks that found nothing, and of those that could not look. Older journals have neither. */
  passed?: string[]
  unknown?: string[]
  ms: number
}

export type DiskFormat =
  | 'raw'
  | 'vhd-fixed'
  | 'vhd-dynamic'
  | 'vhd-differencing'
  | 'vhdx'
  | 'qcow2'
  | 'vmdk'
  | 'vdi'
  | 'gzip'
  | 'xz'
  | 'zstd'
  | 'iso9660'
  | 'unknown'
