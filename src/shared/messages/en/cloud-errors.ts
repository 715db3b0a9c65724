import type { ErrorCode } from '../../errors'

/** What the cloud refuses or fails at. `[?…]` is shown only where everything it names is known. */
export const cloudErrors = {
  'plan.untrusted': {
    what: 'This plan names files or commands of its own, and nobody has confirmed them: {items}.',
    todo: 'Read them. If you trust the plan, run it again with --trust-plan, or name the values yourself with --set.',
  },
  'cloud.gone': {
    what: 'Somebody deleted this while we waited for it: {kind:kind} “{name}”.',
    todo: 'Find out who cleans up there. Then try again: it is made anew.',
  },
  'cloud.subscription-disabled': {
    what: 'The subscription[? {subscription}] is disabled: it may be read, but nothing in it may be changed.',
    todo: 'Choose another subscription, or ask its owner to enable it again in the Azure portal (Cost Management + Billing).',
  },
  'cloud.subscription-unknown': {
    what: 'Your account does not see the subscription[? {subscription}].',
    todo: 'Choose one from the list, or sign in with the account and the tenant to which it belongs.',
  },
  'cloud.locked': {
    what: 'A lock in Azure forbids this change[? on {scope}].',
    todo: 'Ask its owner to remove the lock[? “{lock}”] (Azure portal, Settings, Locks), or choose another resource group. Then try again.',
  },
  'cloud.policy': {
    what: 'A policy of your organisation does not allow “{name}”[?: {policy}].',
    todo: 'Change what the policy forbids, such as region, size or name, or ask an administrator for an exemption.',
  },
  'cloud.version-dropped': {
    what: 'Azure no longer understands this version of the app.',
    todo: 'Install the newest version. Your runs stay as they are and go on there.',
  },
  'clock.wrong': {
    what: 'The clock of this computer is wrong by about {minutes} minutes, so Azure does not accept its requests.',
    todo: 'Let the computer set its time by itself (date and time settings), then try again.',
  },
  'storage.firewall': {
    what: 'The firewall of the storage account “{account}” does not let this computer in.',
    todo: 'Ask its owner to allow your network (Azure portal, Networking), or choose another storage account. Then try again.',
  },
  'account.private': {
    what: 'The Batch account “{account}” answers only inside its private network.',
    todo: 'Connect to that network, ask its owner to allow public access from your address, or choose another Batch account.',
  },
  'account.key-refused': {
    what: 'Pools from gallery images cannot be created with an account key.',
    todo: 'Sign in with your Microsoft Entra account.',
  },
  'quota.subscription': {
    what: 'The subscription has no cores left for this size[? ({family})][? in {region}][?: {needed} needed, {used} of {limit} in use].',
    todo: 'Choose a size of another family or another region, or request more vCPUs for the subscription (Azure portal, Quotas, Compute).',
  },
  'upload.disk-gone': {
    what: 'The managed disk “{disk}” with the uploaded bytes is not there any more.',
    todo: 'Find out who cleans up there. Then do the upload again: a new disk is made.',
  },
  'upload.disk-in-use': {
    what: 'The bytes of the managed disk “{disk}” are still open to somebody.',
    todo: 'Cancel its export or upload in the Azure portal (disk, “Cancel export”), or wait until it has ended, then try again.',
  },
  'quota.disks': {
    what: 'The subscription may not have more managed disks[? in {region}][?: {used} of {limit} in use].',
    todo: 'Delete disks that nobody needs, or request more (Azure portal, Quotas, Compute), then try again; or send the disk into a page blob.',
  },
  'quota.spot': {
    what: 'The Spot quota of the Batch account is used up[?: {limit} cores allowed, {used} in use].',
    todo: 'Ask for fewer Spot nodes, take dedicated nodes instead, or request more quota for this Batch account.',
  },
  'image.bad-size': {
    what: 'Azure does not take a disk of this size[?: {bytes:number} bytes]. It must be a whole number of MiB and at least 20 MiB.',
    todo: 'Upload the disk again with this app, under a new name: it fills up the last MiB and corrects the footer.',
  },
  'image.not-vhd': {
    what: 'What lies in the storage account is no VHD of fixed size in a page blob.',
    todo: 'Upload the disk again with this app, under a new name: it writes the kind of blob that Azure wants.',
  },
  'image.too-large': {
    what: 'The disk is too large for an image version[?: {size} GiB, at most {limit} GiB].',
    todo: 'Make the disk smaller where it was built, export it again and choose the new file.',
  },
  'image.gone': {
    what: 'The image version of the pool has been deleted[?: {image}].',
    todo: 'Make the version again under the same number, then ask for the node again.',
  },
  'image.trusted-launch': {
    what: 'The image definition allows only machines with “Trusted launch”, which this pool does not have.',
    todo: 'Choose another name for the image definition: the app then makes one with the security type “Standard”.',
  },
  'pool.size-unavailable': {
    what: 'The VM size[? {size}] cannot be had[? in {region}] with this subscription right now.',
    todo: 'Choose another size, or a Batch account in another region.',
  },
  'pool.no-capacity': {
    what: 'Azure has no machines of this size free at the moment; Batch gave up waiting.',
    todo: 'Try again later. If it is urgent, choose another size.',
  },
  'pool.terms': {
    what: 'The base image of this pool may not be used before its Marketplace terms are accepted.',
    todo: 'Let an owner of the subscription accept them (Azure portal, Marketplace; with a private Marketplace, ask its administrator), then try again.',
  },
  'pool.too-many-nodes': {
    what: 'Nodes that may talk to each other are limited[? to {limit}] per pool.',
    todo: 'Ask for fewer nodes, or switch off communication between nodes for this pool.',
  },
  'pool.dependency-gone': {
    what: 'Something that the pool needs does not exist any more: {reason}',
    todo: 'Restore it, or create the pool again without it.',
  },
  'pool.still-deleting': {
    what: 'The pool “{name}” has been deleting for {minutes} minutes and is not gone.',
    todo: 'Look for four causes: a lock on the resource group, something else that uses the pool’s network parts, Microsoft.Batch unregistered in the subscription, or Batch without its rights there. Then try again.',
  },
  'pool.wrong-agent': {
    what: 'The node stayed silent: the image holds {os}, but the node agent “{agent}” is made for another system.',
    todo: 'Choose the node agent that fits {os} and create the pool under a new name.',
  },
} satisfies Partial<Record<ErrorCode, { what: string; todo: string }>>
