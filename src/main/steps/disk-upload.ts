import { z } from 'zod'
import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import { blobNameFor, diskNameFor, stagingName } from '../../shared/upload-names'
import type { Cloud } from '../azure/cloud'
import { fixedVhdView } from '../disks/azure-vhd'
import { openDisk } from '../disks/open'
import { defaultChecksum } from '../upload/checksum'
import type { UploadProgress } from '../upload/meter'
import type { UploadResult } from '../upload/spec'
import { stampOf } from '../upload/stamp'
import { assertUnchanged } from './disk-choose'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'
import { removeBlob } from './upload-blob'
import { removeManagedDisk } from './upload-disk'
import { placeOf, resultOfWhole, type OneDisk, type Place } from './upload-place'
import { shown, together } from './upload-progress'

type Form = Inputs['disk.upload']

const begunFile = z.object({ path: z.string(), size: z.number(), mtime: z.number() })
/** What the cloud cannot tell after a restart: which files the bytes there came from. */
const ticket = begunFile.extend({ dataDisks: z.array(begunFile.extend({ lun: z.number() })).optional() })

/** So many disks are sent at the same time, each in a process of its own. */
const mostAtOnce = 4

/** Sends the disks; what is there already is not sent again. What takes them is scaffold: the version is the product. */
export const diskUpload: RunStep<'disk.upload'> = {
  id: 'disk.upload',
  requires: ['connect.scope', 'prepare.account', 'prepare.storage', 'disk.choose', 'disk.inspect'],
  closing: 'waits',
  parse: (input) => parseForm('disk.upload', input),
  describe: ({ target, diskName, blobName }) => ({
    minutes: 30,
    cost: 'low',
    makes: [
      target === 'disk'
        ? { what: 'managed disk', name: diskNameFor(diskName, null), keep: false }
        : { what: 'page blob', name: blobNameFor(blobName, null), keep: false },
      ...(target === 'blockBlob' ? [{ what: 'block blob', name: stagingName(blobName), keep: false }] : []),
    ],
  }),
  async check(tools, input) {
    const cloud = await tools.cloud()
    for (const disk of disksOf(tools)) {
      await assertUnchanged(disk)
      await placeOf(tools, cloud, input, disk).assertFree()
    }
    return { is: 'todo' }
  },
  run: sendAll,
  resume: sendAll,
  async undo(tools, { id, what }) {
    const cloud = await tools.cloud()
    if (what === 'managed disk') await removeManagedDisk(tools, cloud, id)
    else await removeBlob(tools, cloud, what === 'block blob' ? 'block blob' : 'page blob', id)
  },
}

/** The disk with the system first. */
function disksOf(tools: Tools): OneDisk[] {
  const { dataDisks = [], ...system } = outputOf(tools, 'disk.choose')
  return [{ lun: null, ...system }, ...dataDisks]
}

async function sendAll(tools: Tools, input: Form): Promise<OutputOf<'disk.upload'>> {
  const cloud = await tools.cloud()
  const disks = disksOf(tools)
  const begun = ticket.safeParse(tools.history().steps['disk.upload'].ticket).data
  for (const disk of disks) await assertUnchanged(disk)
  const places = disks.map((disk) => placeOf(tools, cloud, input, disk))
  const stop = new AbortController()
  const signal = AbortSignal.any([tools.signal, stop.signal])
  const watch = watched(tools, disks)
  const results = await inTurn(disks, mostAtOnce, stop, (disk, at) =>
    sendOne({ ...tools, signal }, cloud, input, disk, places[at]!, isBegun(begun, disk), {
      onTicket: () => tools.ticket(ticketOf(disks)),
      onProgress: (progress, bytes) => watch(at, progress, bytes),
    }),
  )
  return outputFrom(input, disks, places, results)
}

type Watching = { onTicket(): Promise<void>; onProgress(progress: UploadProgress, bytes: number): void }

async function sendOne(
  tools: Tools,
  cloud: Cloud,
  input: Form,
  disk: OneDisk,
  place: Place,
  isSameFile: boolean,
  watching: Watching,
): Promise<UploadResult> {
  const opened = await openDisk(disk.file)
  try {
    const source = await fixedVhdView(opened)
    const stamp = stampOf(source, tools.run)
    await place.clear(stamp, isSameFile)
    await place.make(source, stamp)
    await watching.onTicket()
    return await within(place, async () => {
      const entered = await place.enter()
      if (!entered) return resultOfWhole(source)
      const spec = {
        file: disk.file,
        target: entered.target,
        stamp,
        connections: input.connections,
        checksum: defaultChecksum,
        profile: cloud.profile,
      } as const
      return tools.uploads.run(uploadName(tools.run, disk), spec, {
        ...entered.access,
        signal: tools.signal,
        onProgress: (progress) => watching.onProgress(progress, source.size),
        onExchange: (exchange) => cloud.seam.tell(exchange),
      })
    })
  } finally {
    await opened.close()
  }
}

/** Leaves a place in any case, and tells it whether the work came to its end. */
async function within<T>(place: Place, work: () => Promise<T>): Promise<T> {
  let isWhole = false
  try {
    const result = await work()
    isWhole = true
    return result
  } catch (error) {
    throw await place.explain(error)
  } finally {
    await place.leave(isWhole)
  }
}

/** What an upload is paused by: the run, and for its data disks their number behind it. */
function uploadName(run: string, { lun }: OneDisk): string {
  return lun === null ? run : `${run} ${lun}`
}

/** Works on a few at a time; the first failure stops the others and is thrown when they have stopped. */
async function inTurn<T, R>(
  items: readonly T[],
  most: number,
  stop: AbortController,
  work: (item: T, at: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const failures: unknown[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length && failures.length === 0) {
      const at = next++
      results[at] = await work(items[at]!, at)
    }
  }
  const workers = Array.from({ length: Math.min(most, items.length) }, () =>
    worker().catch((error: unknown) => {
      failures.push(error)
      stop.abort()
    }),
  )
  await Promise.all(workers)
  if (failures.length > 0) throw failures[0]
  return results
}

function watched(tools: Tools, disks: readonly OneDisk[]) {
  const progress: (UploadProgress | undefined)[] = disks.map(() => undefined)
  const inspected = outputOf(tools, 'disk.inspect')
  const sizes = disks.map(({ lun }) =>
    lun === null
      ? inspected.uploadBytes
      : (inspected.dataDisks?.find((one) => one.lun === lun)?.uploadBytes ?? inspected.uploadBytes),
  )
  const luns = disks.map(({ lun }) => lun)
  return (at: number, now: UploadProgress, bytes: number) => {
    progress[at] = now
    sizes[at] = bytes
    tools.progress(shown(progress, sizes, tools.pace.limit(), luns))
  }
}

function isBegun(begun: z.infer<typeof ticket> | undefined, { lun, file, sizeBytes, modifiedMs }: OneDisk): boolean {
  // Without a ticket an earlier upload was finished: what stands there is whole, and of another file.
  const one = lun === null ? begun : begun?.dataDisks?.find((other) => other.lun === lun)
  return one?.path === file && one.size === sizeBytes && one.mtime === modifiedMs
}

function ticketOf([system, ...data]: readonly OneDisk[]): z.infer<typeof ticket> {
  const of = ({ file, sizeBytes, modifiedMs }: OneDisk) => ({ path: file, size: sizeBytes, mtime: modifiedMs })
  if (!system) throw new AppError('unexpected', {}, { message: 'no disk' })
  return {
    ...of(system),
    ...(data.length ? { dataDisks: data.map((one) => ({ lun: one.lun ?? 0, ...of(one) })) } : {}),
  }
}

function outputFrom(
  input: Form,
  disks: readonly OneDisk[],
  places: readonly Place[],
  results: readonly UploadResult[],
): OutputOf<'disk.upload'> {
  const { etag, virtualBytes, nonZeroBytes, sentBytes, skippedBytes, presentBytes, requests, seconds } =
    together(results)
  const dataDisks = disks.slice(1).map(({ lun }, at) => {
    const { virtualBytes: size, sentBytes: sent } = results[at + 1]!
    return { lun: lun ?? 0, ...places[at + 1]!.found(), virtualBytes: size, sentBytes: sent }
  })
  return {
    target: input.target,
    ...places[0]!.found(),
    ...(dataDisks.length ? { dataDisks } : {}),
    etag,
    virtualBytes,
    nonZeroBytes,
    sentBytes,
    skippedBytes,
    presentBytes,
    requests,
    seconds,
  }
}
