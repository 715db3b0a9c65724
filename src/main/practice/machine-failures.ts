import type { PracticeCloud } from './server'

/** How the making or the start of a machine ends badly after it was accepted: Microsoft Learn, "Troubleshoot allocation failures". */
const machineFailures: Record<string, (name: string) => string> = {
  AllocationFailed: () =>
    'Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance',
  OverconstrainedAllocationRequest: () =>
    'Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too restrictive. Please remove some constraints and try again. Constraints applied are: Networking Constraints (such as Accelerated Networking or IPv6), VM Size',
  OSProvisioningTimedOut: (name) =>
    `OS Provisioning for VM '${name}' did not finish in the allotted time. The VM may still finish provisioning successfully. Please check provisioning state later. Also, make sure the image has been properly prepared (generalized).`,
}

/** The incident `fail-machine`: how the operation that this request starts will end; null = well. `target`: `METHOD /path`. */
export function machineFailure(
  cloud: PracticeCloud,
  target: string,
  name: string,
): { code: string; message: string } | null {
  const fault = cloud.faults.take('fail-machine', target)
  if (!fault) return null
  const code = fault.action ?? 'AllocationFailed'
  return { code, message: machineFailures[code]?.(name) ?? 'An internal execution error occurred.' }
}
