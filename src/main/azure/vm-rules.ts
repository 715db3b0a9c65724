import { resourceName } from '../../shared/terms'
import { byCode, byText, found, wordsOf, type Facts, type Rule, thingAt } from './rule-parts'
import type { Said } from './error-body'

/** What Compute says about machines of one's own. Pools meet some of the codes, too: those are told apart by what was asked for. */
export const vmRules: Rule[] = [
  {
    match: ofVm((said) => /^(?:SkuNotAvailable|NotAvailableForSubscription)$/.test(said.code)),
    code: 'vm.size-unavailable',
    params: sizeAndRegion,
  },
  {
    match: ofVm((said) =>
      /^(?:AllocationFailed|ZonalAllocationFailed|OverconstrainedAllocationRequest|OverconstrainedZonalAllocationRequest)$/.test(
        said.code,
      ),
    ),
    code: 'vm.no-capacity',
    params: sizeAndRegion,
  },
  {
    match: byCode('PlatformImageNotFound', 'ImageVersionDeprecated', 'ImageDeprecated'),
    code: 'vm.image-gone',
    params: (said) => found(said, { image: /platform image '([^']+)'/i, region: /location '?(\w+)'?/i }),
  },
  {
    match: ofVm((said) =>
      /marketplace purchase eligib|^VMMarketplaceInvalidInput$|plan information/i.test(words(said)),
    ),
    code: 'vm.image-plan',
    params: (said) => found(said, { image: /'([\w-]+:[\w-]+:[\w.-]+)'/ }),
  },
  {
    match: (said) =>
      said.code === 'InvalidParameter' && /adminPassword|adminUsername|supplied password|user name/i.test(said.message),
    code: 'vm.password-refused',
    params: (said) => ({ reason: wordsOf(said) }),
  },
  {
    match: byCode(
      'OSProvisioningTimedOut',
      'OSProvisioningClientError',
      'OSProvisioningInternalError',
      'VMStartTimedOut',
    ),
    code: 'vm.failed',
    params: (said, facts) => ({ name: nameIn(said, facts), reason: wordsOf(said) }),
  },
  {
    match: byText(/cannot modify extensions in the VM when the VM is not running/i),
    code: 'vm.extension-stuck',
    params: (_, facts) => ({ names: thingAt(facts).name }),
  },
  {
    match: byText(/is not generalized|has not been marked as generalized|must be generalized/i),
    code: 'vm.not-generalized',
    params: (said, facts) => ({ name: nameIn(said, facts) }),
  },
  {
    match: byText(/(?:has been|is|was) (?:marked as )?generalized\b/i),
    code: 'vm.generalized',
    params: (said, facts) => ({ name: nameIn(said, facts) }),
  },
  {
    match: byText(/security type .*TrustedLaunch.*not supported|does not support .*trusted ?launch/i),
    code: 'vm.trusted-launch',
    params: (said) => ({ what: /'([^']+)'/.exec(said.message)?.[1] ?? '' }),
  },
]

/** The request was about a machine, or the operation that failed was the making of one. */
function ofVm(fits: (said: Said) => boolean): Rule['match'] {
  return (said, facts) => thingAt(facts).kind === 'virtual machine' && fits(said)
}

function words({ code, message }: Said): string {
  return `${code} ${message}`
}

function sizeAndRegion(said: Said) {
  return found(said, {
    size: /\b(Standard_\w+)/i,
    region: /location '?([\w -]+?)'?(?:[\s.,]|$)/i,
  })
}

function nameIn(said: Said, facts: Facts): string {
  const named = /(?:VM|virtual machine|OS Provisioning for VM) '([^']+)'/i.exec(said.message)?.[1]
  return resourceName(named ?? '') || thingAt(facts).name
}
