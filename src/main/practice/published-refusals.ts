import { armError, type ArmError } from './errors'

/** What a refusal is about: values of its words. */
export type Refused = { subscription: string; group: string; name: string; path: string; region: string }

type Published = { status: number; code: string; message: (about: Refused) => string }

/** Refusals that hang on things which a practice cloud does not have, in Azure's words; the incident `refuse` names one. */
export const publishedRefusals: Record<string, Published> = {
  // microsoft/vscode-apimanagement issue 348
  policy: {
    status: 403,
    code: 'RequestDisallowedByPolicy',
    message: ({ name, subscription }) => {
      const scope = `/subscriptions/${subscription}/providers/Microsoft.Authorization`
      const assignment = { name: 'practice-allowed-names', id: `${scope}/policyAssignments/practice-allowed-names` }
      const definition = { name: 'allowed-names', id: `${scope}/policyDefinitions/allowed-names` }
      const identifiers = JSON.stringify([{ policyAssignment: assignment, policyDefinition: definition }])
      return `Resource '${name}' was disallowed by policy. Policy identifiers: '${identifiers}'.`
    },
  },
  // Microsoft Learn, "Lock your resources to protect your infrastructure"
  lock: {
    status: 409,
    code: 'ScopeLocked',
    message: ({ path, subscription, group }) => {
      const scope = `/subscriptions/${subscription}/resourceGroups/${group}`
      const lock = `${scope}/providers/Microsoft.Authorization/locks/keep`
      return `The scope '${path}' cannot perform write operation because following scope(s) are locked: '${lock}'. Please remove the lock and try again.`
    },
  },
  // microsoft/vscode-azureappservice issue 1646
  'disabled-subscription': {
    status: 409,
    code: 'ReadOnlyDisabledSubscription',
    message: ({ subscription }) =>
      `The subscription '${subscription}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.`,
  },
  'unknown-subscription': {
    status: 404,
    code: 'SubscriptionNotFound',
    message: ({ subscription }) => `The subscription '${subscription}' could not be found.`,
  },
  // Batch REST reference, "Batch service REST API versioning"
  'dropped-version': {
    status: 400,
    code: 'UnsupportedRequestVersion',
    message: () => 'The specified version in the request is not supported.',
  },
  // MicrosoftDocs/azure-docs pull request 113012
  'too-large': {
    status: 400,
    code: 'GallerySourceResourceExceedsMaxSize',
    message: () => 'The GalleryImageVersion source resource size 2520 exceeds the max size 2048 supported.',
  },
  // azure-compute-docs, create-upload-generic.md
  'bad-size': {
    status: 400,
    code: 'InvalidParameter',
    message: () =>
      'The upload size in bytes 1073742336 - 512 bytes for the VHD footer (1073741824 in this case) must be a multiple of MiB.',
  },
  // Azure/pcs-cli issue 147
  'family-quota': {
    status: 409,
    code: 'OperationNotAllowed',
    message: ({ region }) =>
      `Operation could not be completed as it results in exceeding approved standardDSv3Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: ${region}, Current Limit: 10, Current Usage: 8, Additional Required: 4, (Minimum) New Limit Required: 12. Submit a request for Quota increase in the Azure portal.`,
  },
  // As for cores; Compute counts disks of a subscription under this name ("Usage - List")
  'disk-quota': {
    status: 409,
    code: 'OperationNotAllowed',
    message: ({ region }) =>
      `Operation could not be completed as it results in exceeding approved StandardDiskCount quota. Additional details - Deployment Model: Resource Manager, Location: ${region}, Current Limit: 50000, Current Usage: 50000, Additional Required: 1, (Minimum) New Limit Required: 50001. Submit a request for Quota increase in the Azure portal.`,
  },
  error: { status: 500, code: 'InternalServerError', message: () => 'An error has occurred.' },
}

/** The refusal of that name for a request. */
export function publishedRefusal(name: string, about: Refused): ArmError {
  const { status, code, message } = publishedRefusals[name] ?? publishedRefusals['error']!
  return armError(status, code, message(about))
}

/** Codes of PoolResizeErrorCodes (.NET reference) that a practice pool does not meet by itself, with what stands behind them. */
export const resizeFailures: Record<string, { message: string; inner?: { code: string; message: string } }> = {
  AllocationTimedout: {
    message: 'Desired number of dedicated nodes could not be allocated as the resize timeout was reached',
  },
  CommunicationEnabledPoolReachedMaxVMCount: {
    message: 'The pool has reached the maximum number of 100 VMs for pools with inter-node communication enabled.',
  },
  DependentResourceNotFound: { message: 'Batch was unable to find a dependent resource of the pool.' },
  IncompatibleVMSize: { message: 'The specified VM size is incompatible with the other settings of the pool.' },
  // Azure/pcs-cli issue 147
  SkuNotAvailable: {
    message: 'Desired number of dedicated nodes could not be allocated',
    inner: {
      code: 'SkuNotAvailable',
      message:
        "The requested size for resource 'Standard_D2s_v3' is currently not available in location 'westeurope' zones '' for subscription '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'. Please try another size or deploy to a different location or zones. See https://aka.ms/azureskunotavailable for details.",
    },
  },
  // Azure/Azure-Network-Security issue 531
  MarketplacePurchaseEligibilityFailed: {
    message: 'Allocation failed due to marketplace purchase eligibility check returned errors',
    inner: {
      code: 'MarketplacePurchaseEligibilityFailed',
      message: 'Marketplace purchase eligibilty check returned errors. See inner errors for details.',
    },
  },
  OperationNotAllowed: {
    message: 'Desired number of dedicated nodes could not be allocated',
    inner: {
      code: 'OperationNotAllowed',
      message:
        'Operation could not be completed as it results in exceeding approved standardDSv3Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: westeurope, Current Limit: 10, Current Usage: 10, Additional Required: 2, (Minimum) New Limit Required: 12.',
    },
  },
}
