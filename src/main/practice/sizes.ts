import type { Gpu } from './guests'

/** A VM size of the practice cloud; values as Azure's resource SKU list gives them for the size of that name. */
export type VmSize = {
  name: string
  family: string
  vCpus: number
  memoryGib: number
  generations: 'V1' | 'V2' | 'V1,V2'
  architecture: 'x64' | 'Arm64'
  /** Temporary disk in MiB; 0 = none. */
  temporaryMib: number
  trustedLaunch: boolean
  gpu: Gpu | null
}

/** Source: Microsoft Learn, VM size series pages; a choice of small sizes with every trait that can go wrong. */
export const vmSizes: readonly VmSize[] = [
  size('Standard_A1_v2', 'standardAv2Family', 1, 2, 'V1', 10_240, false),
  size('Standard_A2_v2', 'standardAv2Family', 2, 4, 'V1', 20_480, false),
  size('Standard_D1_v2', 'standardDv2Family', 1, 3.5, 'V1', 51_200, false),
  size('Standard_D2_v2', 'standardDv2Family', 2, 7, 'V1', 102_400, false),
  size('Standard_DS1_v2', 'standardDSv2Family', 1, 3.5, 'V1,V2', 7_168, true),
  size('Standard_DS2_v2', 'standardDSv2Family', 2, 7, 'V1,V2', 14_336, true),
  size('Standard_D2s_v3', 'standardDSv3Family', 2, 8, 'V1,V2', 16_384, true),
  size('Standard_D4s_v3', 'standardDSv3Family', 4, 16, 'V1,V2', 32_768, true),
  size('Standard_D2ds_v5', 'standardDDSv5Family', 2, 8, 'V1,V2', 76_800, true),
  size('Standard_D4ds_v5', 'standardDDSv5Family', 4, 16, 'V1,V2', 153_600, true),
  size('Standard_D8ds_v5', 'standardDDSv5Family', 8, 32, 'V1,V2', 307_200, true),
  size('Standard_D2s_v5', 'standardDSv5Family', 2, 8, 'V1,V2', 0, true),
  size('Standard_D4s_v5', 'standardDSv5Family', 4, 16, 'V1,V2', 0, true),
  size('Standard_D2s_v6', 'standardDSv6Family', 2, 8, 'V2', 0, true),
  size('Standard_F2s_v2', 'standardFSv2Family', 2, 4, 'V1,V2', 16_384, true),
  size('Standard_F4s_v2', 'standardFSv2Family', 4, 8, 'V1,V2', 32_768, true),
  size('Standard_F16s_v2', 'standardFSv2Family', 16, 32, 'V1,V2', 131_072, true),
  { ...size('Standard_D2ps_v5', 'standardDPSv5Family', 2, 8, 'V2', 0, false), architecture: 'Arm64' },
  { ...size('Standard_NC4as_T4_v3', 'Standard NCASv3_T4 Family', 4, 28, 'V1,V2', 180_224, true), gpu: teslaT4() },
]

/** Cores per family that a subscription or account has; families without an entry have `defaultFamilyCores`. */
export const familyCores: Readonly<Record<string, number>> = { 'Standard NCASv3_T4 Family': 0, standardFSv2Family: 4 }
export const defaultFamilyCores = 20
/** All families together. */
export const totalCores = 40
export const spotCores = 20

/** The names of all families, each once. */
export function vmFamilies(): string[] {
  return [...new Set(vmSizes.map((one) => one.family))]
}

/** The size of a name, in any case; null when this cloud has none. */
export function findVmSize(name: string): VmSize | null {
  return vmSizes.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null
}

function size(
  name: string,
  family: string,
  vCpus: number,
  memoryGib: number,
  generations: VmSize['generations'],
  temporaryMib: number,
  trustedLaunch: boolean,
): VmSize {
  return { name, family, vCpus, memoryGib, generations, architecture: 'x64', temporaryMib, trustedLaunch, gpu: null }
}

/** Names of the PCI ID repository. */
function teslaT4(): Gpu {
  return {
    name: 'Tesla T4',
    pci: '3D controller: NVIDIA Corporation TU104GL [Tesla T4] (rev a1)',
    device: 'PCI\\VEN_10DE&DEV_1EB8&SUBSYS_12A210DE&REV_A1\\5&1E8C8D3&0&0',
  }
}
