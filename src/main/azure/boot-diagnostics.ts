import type { Cloud } from './cloud'
import { asking, orNull, toAppError } from './errors'
import { partsOf } from './ids'

/** What a machine shows from outside while nobody can get in. */
const sasMinutes = 5
/** Of a log that grows for months, the end is what tells. */
const mostLogBytes = 4 * 1024 * 1024
const idleMs = 30_000

/** What the machine has written to its serial console so far, its last 4 MiB; '' while there is nothing, or no diagnostics. */
export async function serialLog(cloud: Cloud, id: string, signal?: AbortSignal): Promise<string> {
  const { log } = await addresses(cloud, id, signal)
  const bytes = log && (await fetched(cloud, log, signal))
  return bytes ? bytes.subarray(-mostLogBytes).toString('utf8') : ''
}

/** The picture of its screen as Azure took it last (a bitmap or PNG); null while there is none. */
export async function bootPicture(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Uint8Array | null> {
  const { picture } = await addresses(cloud, id, signal)
  return picture ? fetched(cloud, picture, signal) : null
}

/** Addresses with a signature: secrets for their five minutes. */
async function addresses(cloud: Cloud, id: string, signal?: AbortSignal) {
  const at = partsOf(id)
  const found = await orNull(async () => {
    const { virtualMachines } = await cloud.compute(at.subscriptionId)
    const options = { sasUriExpirationTimeInMinutes: sasMinutes, ...(signal && { abortSignal: signal }) }
    return virtualMachines.retrieveBootDiagnosticsData(at.resourceGroup, at.names[0], options)
  })
  return { log: found?.serialConsoleLogBlobUri ?? '', picture: found?.consoleScreenshotBlobUri ?? '' }
}

/** Without a token: the address itself lets in. null for a blob that is not there yet. */
async function fetched(cloud: Cloud, url: string, signal?: AbortSignal): Promise<Buffer | null> {
  const answer = await asking(() =>
    cloud.seam.direct({ method: 'GET', url, headers: {}, idleMs, ...(signal && { signal }) }),
  )
  if (answer.status === 404) return null
  if (answer.status === 200 || answer.status === 206) return answer.body
  throw toAppError({
    name: 'RestError',
    statusCode: answer.status,
    message: `HTTP ${answer.status}`,
    request: { method: 'GET', url },
  })
}
