import { readFileSync } from 'node:fs'
import { BlobServiceClient, newPipeline } from '@azure/storage-blob'
import type { RunningPractice } from '../../src/main/practice/start'
import { credentialOf } from './practice'

/**
 * Blob client that trusts the cloud's own authority and does not try again by itself. Without a credential the signature
 * in the URL counts.
 */
export function blobService(
  cloud: RunningPractice,
  url: string,
  credential: Parameters<typeof newPipeline>[0] = credentialOf(cloud),
): BlobServiceClient {
  // The pipeline takes TLS options, only its published type does not say so.
  const options = { retryOptions: { maxTries: 1 }, tlsOptions: { ca: readFileSync(cloud.profile.caFile!, 'utf8') } }
  return new BlobServiceClient(url, newPipeline(credential, options))
}
