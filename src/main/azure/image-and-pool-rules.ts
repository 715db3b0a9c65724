import type { ErrorParams } from '../../shared/errors'
import { byCode, byText, found, quotaNumbers, thingAt, wordsOf, type Facts, type Rule } from './rule-parts'

/** What Compute says about images. */
export const imageRules: Rule[] = [
  {
    // The URL is that of the image version, which does not exist yet because of this.
    match: byText(/\bsource blob\b.*\b(?:was not found|could not be found|does not exist)/i),
    code: 'upload.target-missing',
    params: (said) => ({ blob: /https:[^\s'"?]+/.exec(said.message)?.[0] ?? '' }),
  },
  {
    match: byText(/resource with id '[^']*\/disks\/[^']*' was not found/i),
    code: 'upload.disk-gone',
    params: (said) => found(said, { disk: /\/disks\/([^'/]+)'/i }),
  },
  {
    match: byText(/active shared access signature/i),
    code: 'upload.disk-in-use',
    params: (said) => found(said, { disk: /\bdisk '(?:[^']*\/)?([^'/]+)'/i }),
  },
  {
    match: byText(/exceeding approved \S*Disk\S* quota/i),
    code: 'quota.disks',
    params: quotaNumbers,
  },
  {
    // Azure/azure-cli issue 24972 shows these words for the state of the system.
    match: byText(/has a different Hypervisor generation/i),
    code: 'image.generation-mismatch',
    params: (said) =>
      found(said, { found: /generation \['(V[12])'\] than/i, wanted: /image Hypervisor generation \['(V[12])'\]/i }),
  },
  {
    match: byText(/is not available in (\S+) region/i),
    code: 'image.no-replica',
    params: (said) => ({
      version: /\/versions\/([\d.]+)/i.exec(said.message)?.[1] ?? '',
      region: /is not available in ['"]?([\w-]+)['"]? region/i.exec(said.message)?.[1] ?? '',
    }),
  },
  {
    match: byText(/cannot boot Hypervisor Generation/i),
    code: 'image.generation-mismatch',
    params: (said) =>
      /Generation '?1/i.test(said.message) ? { found: 'V1', wanted: 'V2' } : { found: 'V2', wanted: 'V1' },
  },
  { match: byText(/only supports creation of VMs\b.*'?TrustedLaunch'?/i), code: 'image.trusted-launch' },
  {
    // MicrosoftDocs/azure-docs pull request 113012.
    match: (said) => said.code === 'GallerySourceResourceExceedsMaxSize' || /exceeds the max size/i.test(said.message),
    code: 'image.too-large',
    params: (said) => found(said, { size: /size (\d+) exceeds/i, limit: /max size (\d+)/i }),
  },
  {
    match: byText(/must be a multiple of MiB|unsupported virtual size/i),
    code: 'image.bad-size',
    params: (said) => found(said, { bytes: /(?:virtual size of|upload size in bytes) (\d+)/i }),
  },
  {
    match: byText(/Only blobs formatted as VHDs can be imported|is not a supported VHD|Only fixed VHDs are supported/i),
    code: 'image.not-vhd',
  },
  {
    // Azure/azure-cli issue 15539.
    match: byText(/replication jobs? failed/i),
    code: 'image.replication-failed',
    params: (said, facts) => ({
      ...versionAt(facts),
      region: /region:\s*([\w -]+?)\s*[,}]/i.exec(said.message)?.[1] ?? '',
      reason: /detail:\s*([^}]+)\}/i.exec(said.message)?.[1] ?? wordsOf(said),
    }),
  },
]

/** Codes of PoolResizeErrorCodes (.NET reference) and of Compute behind them. */
export const poolRules: Rule[] = [
  {
    match: byCode('AccountLowPriorityCoreQuotaReached', 'AccountSpotCoreQuotaReached'),
    code: 'quota.spot',
    params: quotaNumbers,
  },
  {
    match: byCode('SkuNotAvailable', 'NotAvailableForSubscription', 'IncompatibleVMSize'),
    code: 'pool.size-unavailable',
    params: (said) =>
      found(said, {
        size: /\b(Standard_\w+)/i,
        region: /in location '?([\w -]+?)'?[\s.,]*(?:zones|for|\.|$)/i,
      }),
  },
  {
    match: byCode(
      'AllocationTimedout',
      'AllocationTimedOut',
      'OverconstrainedAllocationRequest',
      'ZonalAllocationFailed',
    ),
    code: 'pool.no-capacity',
  },
  {
    match: (said) =>
      /^(?:MarketplacePurchaseEligibilityFailed|MissingPublisherPropertyInMarketPlacePlan)$/.test(said.code) ||
      /marketplace purchase eligib/i.test(said.message),
    code: 'pool.terms',
  },
  {
    match: byCode('CommunicationEnabledPoolReachedMaxVMCount'),
    code: 'pool.too-many-nodes',
    params: (said) => found(said, { limit: /(?:maximum|limit|max)\D{0,40}(\d+)/i }),
  },
  {
    match: byCode('DependentResourceNotFound'),
    code: 'pool.dependency-gone',
    params: (said) => ({ reason: wordsOf(said) }),
  },
  {
    match: byCode(
      'AllocationFailed',
      'ResizeStopped',
      'DiskEncryptionFailure',
      'FailedIdentityOperation',
      'RemoveNodesFailed',
    ),
    code: 'pool.resize-failed',
    params: (said) => ({ reason: wordsOf(said) }),
  },
]

function versionAt(facts: Facts): ErrorParams {
  const { kind, name } = thingAt(facts)
  return kind === 'image version' ? { version: name } : {}
}
