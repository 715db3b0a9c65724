import type { Generation, OsType } from '../../shared/terms'
import { generationOf, supportedImages } from './batch-images'

/** A Marketplace image as the compute provider lists it. */
export type MarketplaceImage = {
  publisher: string
  offer: string
  sku: string
  /** Oldest first. */
  versions: string[]
  osType: OsType
  generation: Generation
  architecture: 'x64' | 'Arm64'
  /** Whether machines of it can have Secure Boot and a virtual TPM. */
  trustedLaunch: boolean
  osDiskGib: number
  /** Terms that must be accepted before the first machine. */
  plan: { name: string; publisher: string; product: string } | null
}

/** The spelling of the Marketplace where Batch writes small letters. */
const spelling: Record<string, string> = {
  canonical: 'Canonical',
  debian: 'Debian',
  microsoftwindowsserver: 'MicrosoftWindowsServer',
  windowsserver: 'WindowsServer',
}

const windowsBuilds: Record<string, string> = { '2016': '14393', '2019': '17763', '2022': '20348', '2025': '26100' }

/** Versions as the publishers count them: Windows by build, Ubuntu by release and day, Debian by day. */
function versionsOf({ publisher, offer, sku }: Record<'publisher' | 'offer' | 'sku', string>): string[] {
  const build = windowsBuilds[sku.slice(0, 4)]
  if (publisher.toLowerCase() === 'microsoftwindowsserver' && build)
    return [`${build}.4294.261006`, `${build}.4405.261110`]
  if (publisher.toLowerCase() === 'debian') return ['0.20261014.2264', '0.20261112.2293']
  const ubuntu = /(\d\d)_?(\d\d)/.exec(`${offer} ${sku}`)
  const release = ubuntu ? `${ubuntu[1]}.${ubuntu[2]}` : `${/\d+/.exec(sku)?.[0]}.0`
  return [`${release}.202610140`, `${release}.202611120`]
}

/** Every image that Batch lists, and some that it does not: another processor, a system without an agent. */
export const marketplaceImages: readonly MarketplaceImage[] = [
  ...supportedImages.map((supported): MarketplaceImage => {
    const { publisher, offer, sku } = supported.imageReference
    const osType = supported.osType === 'windows' ? 'Windows' : 'Linux'
    const generation = generationOf(supported)
    return {
      publisher: spelling[publisher] ?? publisher,
      offer: spelling[offer] ?? offer,
      sku,
      versions: versionsOf(supported.imageReference),
      osType,
      generation,
      architecture: 'x64',
      trustedLaunch: generation === 'V2',
      osDiskGib: osType === 'Windows' ? 127 : 30,
      plan: publisher === 'rocky' ? { name: sku, publisher, product: offer } : null,
    }
  }),
  linux('ubuntu-24_04-lts', 'server-arm64', { architecture: 'Arm64' }),
  linux('0001-com-ubuntu-server-focal', '20_04-lts-gen2', {}),
]

/** The image of a reference in any spelling, with one version of it; `latest` is the newest. Null where there is none. */
export function findMarketplaceImage(reference: {
  publisher: string
  offer: string
  sku: string
  version: string
}): { image: MarketplaceImage; version: string } | null {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  const image = marketplaceImages.find(
    (one) =>
      same(one.publisher, reference.publisher) && same(one.offer, reference.offer) && same(one.sku, reference.sku),
  )
  const isLatest = same(reference.version, 'latest')
  const version = isLatest ? image?.versions.at(-1) : image?.versions.find((one) => one === reference.version)
  return image && version !== undefined ? { image, version } : null
}

function linux(offer: string, sku: string, traits: Partial<MarketplaceImage>): MarketplaceImage {
  return {
    publisher: 'Canonical',
    offer,
    sku,
    versions: versionsOf({ publisher: 'Canonical', offer, sku }),
    osType: 'Linux',
    generation: 'V2',
    architecture: 'x64',
    trustedLaunch: true,
    osDiskGib: 30,
    plan: null,
    ...traits,
  }
}
