import { requireSubscription } from './arm-parts'
import { findRegion } from './directory'
import { armError } from './errors'
import { findMarketplaceImage, marketplaceImages, type MarketplaceImage } from './marketplace-images'
import type { PracticeReply, PracticeRequest, Router } from './server'

const publishers = '/subscriptions/:subscription/providers/Microsoft.Compute/locations/:location/publishers'
const offers = `${publishers}/:publisher/artifacttypes/vmimage/offers`
const skus = `${offers}/:offer/skus`
const versions = `${skus}/:sku/versions`

/** The images of the Marketplace. Lists are bare arrays here, as the compute provider answers them. */
export function addMarketplaceRoutes(router: Router): void {
  const action = (what: string) => ({ action: `Microsoft.Compute/locations/publishers/${what}read` })
  router.route('GET', publishers, (request) => named(request, [], 'publisher'), action(''))
  router.route('GET', offers, (request) => named(request, ['publisher'], 'offer'), action('artifacttypes/offers/'))
  router.route(
    'GET',
    skus,
    (request) => named(request, ['publisher', 'offer'], 'sku'),
    action('artifacttypes/offers/skus/'),
  )
  router.route('GET', versions, listVersions, action('artifacttypes/offers/skus/versions/'))
  router.route('GET', `${versions}/:version`, getVersion, action('artifacttypes/offers/skus/versions/'))
}

type Level = 'publisher' | 'offer' | 'sku'

function named(request: PracticeRequest, given: Level[], wanted: Level): PracticeReply {
  const found = imagesOf(request, given)
  const names = [...new Set(found.map((one) => one[wanted]))].sort()
  return {
    status: 200,
    body: names.map((name) =>
      entry(
        request,
        name,
        found.find((one) => one[wanted] === name)!,
        wanted,
      ),
    ),
  }
}

function listVersions(request: PracticeRequest): PracticeReply {
  const [image] = imagesOf(request, ['publisher', 'offer', 'sku'])
  const isDescending = /^name desc$/i.test(request.query.get('$orderby') ?? '')
  const sorted = isDescending ? [...image!.versions].reverse() : image!.versions
  const shown = sorted.slice(0, Number(request.query.get('$top') ?? sorted.length) || sorted.length)
  return { status: 200, body: shown.map((version) => entry(request, version, image!, 'version')) }
}

function getVersion(request: PracticeRequest): PracticeReply {
  assertRegion(request)
  const { publisher = '', offer = '', sku = '', version = '' } = request.params
  const found = findMarketplaceImage({ publisher, offer, sku, version })
  if (!found) throw platformImageNotFound([publisher, offer, sku, version].join(':'))
  return {
    status: 200,
    body: { ...entry(request, found.version, found.image, 'version'), properties: propertiesOf(found.image) },
  }
}

/** Wording of the service: Azure/azure-cli issue 26226. */
export function platformImageNotFound(urn: string): Error {
  const text = `The platform image '${urn}' is not available. Verify that all fields in the storage profile are correct. For more details about storage profile information, please refer to https://aka.ms/storageprofile`
  return armError(404, 'PlatformImageNotFound', text)
}

function imagesOf(request: PracticeRequest, given: Level[]): MarketplaceImage[] {
  assertRegion(request)
  const found = marketplaceImages.filter((image) =>
    given.every((level) => image[level].toLowerCase() === request.params[level]?.toLowerCase()),
  )
  if (found.length === 0) throw armError(404, 'NotFound', 'Artifact: VMImage was not found.')
  return found
}

function entry(request: PracticeRequest, name: string, image: MarketplaceImage, level: Level | 'version'): object {
  const { id } = requireSubscription(request)
  const location = findRegion(request.params['location'] ?? '')!.name
  const parts = [
    `Publishers/${image.publisher}`,
    `ArtifactTypes/VMImage/Offers/${image.offer}`,
    `Skus/${image.sku}`,
    `Versions/${name}`,
  ]
  const depth = { publisher: 1, offer: 2, sku: 3, version: 4 }[level]
  const path = parts.slice(0, depth).join('/')
  return { id: `/Subscriptions/${id}/Providers/Microsoft.Compute/Locations/${location}/${path}`, name, location }
}

function propertiesOf(image: MarketplaceImage): object {
  const features = {
    ...(image.trustedLaunch ? { SecurityType: 'TrustedLaunchSupported' } : {}),
    IsAcceleratedNetworkSupported: 'True',
    DiskControllerTypes: image.generation === 'V2' ? 'SCSI, NVMe' : 'SCSI',
  }
  return {
    ...(image.plan ? { plan: image.plan } : {}),
    osDiskImage: { operatingSystem: image.osType },
    dataDiskImages: [],
    automaticOSUpgradeProperties: { automaticOSUpgradeSupported: false },
    hyperVGeneration: image.generation,
    features: Object.entries(features).map(([name, value]) => ({ name, value })),
    architecture: image.architecture,
    imageDeprecationStatus: { imageState: 'Active' },
  }
}

function assertRegion(request: PracticeRequest): void {
  requireSubscription(request)
  const location = request.params['location'] ?? ''
  if (findRegion(location)) return
  throw armError(400, 'NoRegisteredProviderFound', `No registered resource provider found for location '${location}'.`)
}
