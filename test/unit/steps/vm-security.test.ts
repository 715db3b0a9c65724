import { describe, expect, it } from 'vitest'
import { assertSecurity } from '../../../src/main/steps/vm-plan'

type Image = Parameters<typeof assertSecurity>[1]

function image(generation: Image['generation'], security: string): Image {
  return { publisher: 'canonical', offer: 'ubuntu', sku: 'server', version: '1.2.3', generation, security }
}
const able = { name: 'Standard_D2s_v5', hasTrustedLaunch: true }
const unable = { name: 'Standard_M128', hasTrustedLaunch: false }
const named = 'canonical:ubuntu:server:1.2.3'

/** Azure Compute Gallery, "Trusted launch": what a VM of an image can be. */
describe('the security type of a build VM', () => {
  it.each([
    ['Standard', image('V1', 'Standard'), unable],
    ['Standard', image('V2', 'TrustedLaunchSupported'), unable],
    ['Standard', image('V2', 'TrustedLaunchAndConfidentialVmSupported'), able],
    ['TrustedLaunch', image('V2', 'TrustedLaunchSupported'), able],
    ['TrustedLaunch', image('V2', 'TrustedLaunchAndConfidentialVmSupported'), able],
    ['TrustedLaunch', image('V2', 'TrustedLaunch'), undefined],
  ] as const)('%s is possible with %o and %o', (wanted, of, size) => {
    expect(() => assertSecurity(wanted, of, size)).not.toThrow()
  })

  it.each([
    ['TrustedLaunch', image('V1', 'Standard'), able, 'vm.trusted-launch', { what: named }],
    ['TrustedLaunch', image('V2', 'Standard'), able, 'vm.trusted-launch', { what: named }],
    ['TrustedLaunch', image('V2', 'TrustedLaunchSupported'), unable, 'vm.trusted-launch', { what: unable.name }],
    ['Standard', image('V2', 'TrustedLaunch'), able, 'vm.trusted-launch-only', { image: named }],
    ['Standard', image('V2', 'ConfidentialVM'), able, 'vm.trusted-launch-only', { image: named }],
  ] as const)('%s is refused with %o and %o', (wanted, of, size, code, params) => {
    expect(() => assertSecurity(wanted, of, size)).toThrow(expect.objectContaining({ code, params }) as Error)
  })
})
