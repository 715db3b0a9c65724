import type { BatchManagementClient } from '@azure/arm-batch'
import type { ComputeManagementClient } from '@azure/arm-compute'
import type { NetworkManagementClient } from '@azure/arm-network'
import type { ResourceManagementClient } from '@azure/arm-resources'
import type { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import type { StorageManagementClient } from '@azure/arm-storage'
import type { TokenCredential } from '@azure/core-auth'
import type {
  HttpClient,
  Pipeline,
  PipelineRequest,
  PipelineResponse,
  PipelineRetryOptions,
} from '@azure/core-rest-pipeline'
import type { ContainerClient, PageBlobClient, StoragePipelineOptions } from '@azure/storage-blob'
import type { CloudProfile } from '../../shared/profile'
import { createFreshTokens } from './fresh-token'
import type { Seam } from '../net/seam'
import { patient } from './patience'

/** Version of both Batch planes. Older ones are on the Batch team's retirement list (Azure/Batch issue 140). */
export const batchApiVersion = '2025-06-01'

/** A cloud someone is signed in to. Clients are made, and their libraries loaded, when first asked for. */
export type Cloud = {
  profile: CloudProfile
  seam: Seam
  credential: TokenCredential
  subscriptions(): Promise<SubscriptionClient>
  resources(subscriptionId: string): Promise<ResourceManagementClient>
  storage(subscriptionId: string): Promise<StorageManagementClient>
  compute(subscriptionId: string): Promise<ComputeManagementClient>
  network(subscriptionId: string): Promise<NetworkManagementClient>
  batch(subscriptionId: string): Promise<BatchManagementClient>
  /** Sends one request to the Batch data plane, with a token of its own audience. */
  batchData(request: PipelineRequest): Promise<PipelineResponse>
  /** Sends one request to ARM, for what no client offers. */
  arm(request: PipelineRequest): Promise<PipelineResponse>
  /** A URL with a SAS is used as it is, without a token. */
  container(url: string): Promise<ContainerClient>
  pageBlob(url: string): Promise<PageBlobClient>
}

/** Three tries after the first; a Retry-After of the service is honoured, shown by the seam's watchers. */
const retryOptions: PipelineRetryOptions = { maxRetries: 3, retryDelayInMs: 1000, maxRetryDelayInMs: 30_000 }
const userAgentOptions = { userAgentPrefix: 'BatchImageStudio' }

/**
 * Real Azure and the practice cloud differ in `profile` only. No request is sent here.
 */
export function connect(profile: CloudProfile, seam: Seam, identity: TokenCredential): Cloud {
  const fresh = createFreshTokens(identity)
  const { credential } = fresh
  // The upload has a patience of its own.
  const blobsClient = fresh.wrap(seam.httpClient)
  const httpClient = patient(blobsClient)
  const shared = { httpClient, retryOptions, userAgentOptions }
  const modular = { ...shared, endpoint: profile.armEndpoint, credentials: { scopes: [profile.armScope] } }
  const clients = new Map<string, Promise<unknown>>()
  const once = <T>(key: string, make: () => Promise<T>) => {
    const made = (clients.get(key) as Promise<T> | undefined) ?? make()
    clients.set(key, made)
    return made
  }
  return {
    profile,
    seam: { ...seam, httpClient: blobsClient },
    credential,
    subscriptions: () =>
      once('subscriptions', async () => {
        const { SubscriptionClient } = await import('@azure/arm-resources-subscriptions')
        return new SubscriptionClient(credential, modular)
      }),
    resources: (subscriptionId) =>
      once(`resources ${subscriptionId}`, async () => {
        const { ResourceManagementClient } = await import('@azure/arm-resources')
        return new ResourceManagementClient(credential, subscriptionId, modular)
      }),
    storage: (subscriptionId) =>
      once(`storage ${subscriptionId}`, async () => {
        const { StorageManagementClient } = await import('@azure/arm-storage')
        return new StorageManagementClient(credential, subscriptionId, modular)
      }),
    compute: (subscriptionId) =>
      once(`compute ${subscriptionId}`, async () => {
        const { ComputeManagementClient } = await import('@azure/arm-compute')
        return new ComputeManagementClient(credential, subscriptionId, modular)
      }),
    network: (subscriptionId) =>
      once(`network ${subscriptionId}`, async () => {
        const { NetworkManagementClient } = await import('@azure/arm-network')
        return new NetworkManagementClient(credential, subscriptionId, modular)
      }),
    batch: (subscriptionId) =>
      once(`batch ${subscriptionId}`, async () => {
        const { BatchManagementClient } = await import('@azure/arm-batch')
        return new BatchManagementClient(credential, subscriptionId, {
          ...shared,
          $host: profile.armEndpoint,
          endpoint: profile.armEndpoint,
          credentialScopes: profile.armScope,
          apiVersion: batchApiVersion,
        })
      }),
    batchData: async (request) => {
      const pipeline = await once('batchData', () => pipelineFor(credential, profile.batchScope, 'client-request-id'))
      return pipeline.sendRequest(httpClient, request)
    },
    arm: async (request) => {
      const pipeline = await once('arm', () => pipelineFor(credential, profile.armScope, 'x-ms-client-request-id'))
      return pipeline.sendRequest(httpClient, request)
    },
    container: async (url) => {
      const { ContainerClient, newPipeline } = await import('@azure/storage-blob')
      return new ContainerClient(
        url,
        newPipeline(await blobCredential(url, credential), await blobOptions(profile, httpClient)),
      )
    },
    pageBlob: async (url) => {
      const { PageBlobClient, newPipeline } = await import('@azure/storage-blob')
      return new PageBlobClient(
        url,
        newPipeline(await blobCredential(url, credential), await blobOptions(profile, httpClient)),
      )
    },
  }
}

async function pipelineFor(
  credential: TokenCredential,
  scopes: string,
  clientRequestIdHeaderName: string,
): Promise<Pipeline> {
  const { bearerTokenAuthenticationPolicy, createPipelineFromOptions } = await import('@azure/core-rest-pipeline')
  const telemetryOptions = { clientRequestIdHeaderName }
  const pipeline = createPipelineFromOptions({ retryOptions, userAgentOptions, telemetryOptions })
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }))
  return pipeline
}

async function blobCredential(url: string, credential: TokenCredential) {
  const { AnonymousCredential } = await import('@azure/storage-blob')
  return new URL(url).searchParams.has('sig') ? new AnonymousCredential() : credential
}

async function blobOptions(profile: CloudProfile, httpClient: HttpClient): Promise<StoragePipelineOptions> {
  const { blobClient } = await import('../net/blob-client')
  return {
    httpClient: blobClient(httpClient),
    // Without this the library asks for a token of the public cloud's audience.
    audience: profile.storageScope,
    retryOptions: { maxTries: 4, retryDelayInMs: 1000, maxRetryDelayInMs: 30_000 },
    userAgentOptions,
  }
}
