import { AppError } from '../../shared/errors'
import { isIpv4 } from '../../shared/ipv4'
import type { Cloud } from './cloud'

/** Answers with the caller's address and nothing else. */
const publicService = 'https://api.ipify.org'
const idleMs = 15_000
const longestAnswer = 64

/**
 * The public address with which this computer comes to the VMs of a cloud, as a service on the internet sees it; sent without any
 * token. Behind an office proxy that carries web traffic only it may be another one. Throws AppError `vm.address-unknown` {url}.
 */
export async function ownAddress({ profile, seam }: Pick<Cloud, 'profile' | 'seam'>, signal?: AbortSignal) {
  const url = profile.addressUrl ?? publicService
  try {
    const answer = await seam.direct({ method: 'GET', url, headers: {}, idleMs, ...(signal && { signal }) })
    const text = answer.body.subarray(0, longestAnswer).toString('utf8').trim()
    if (answer.status === 200 && isIpv4(text)) return text
    throw new Error(`HTTP ${answer.status}: ${text}`)
  } catch (error) {
    signal?.throwIfAborted()
    const message = error instanceof Error ? error.message : String(error)
    throw new AppError('vm.address-unknown', { url }, { message })
  }
}
