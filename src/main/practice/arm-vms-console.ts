import { randomBytes } from 'node:crypto'
import { dig } from './arm-parts'
import { invalidParameter } from './arm-gallery-parts'
import { meetVm } from './arm-vms-meet'
import { vmPath } from './arm-vms-parts'
import { vmType } from './arm-vms-state'
import type { Blobs } from './blobs'
import { consoleNames, type ConsoleGrant } from './blobs-consoles'
import { armError } from './errors'
import { wallClockMs } from './faults'
import type { Guests } from './guests'
import type { PracticeReply, PracticeRequest, Router } from './server'

/** Azure REST reference, "Virtual Machines - Retrieve Boot Diagnostics Data": 1 to 1440 minutes, 120 if absent. */
const [shortestMinutes, longestMinutes, usualMinutes] = [1, 1440, 120]

/** Boot diagnostics with managed storage: addresses of the serial log and the screen, each with a signature. */
export function addConsoleRoutes(router: Router, guests: Guests, blobs: () => Blobs): void {
  router.route('POST', `${vmPath}/retrieveBootDiagnosticsData`, (request) => retrieve(request, guests, blobs()), {
    action: `${vmType}/retrieveBootDiagnosticsData/action`,
    scope: ({ subscription, group, vm }) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/${vmType}/${vm}`,
  })
}

async function retrieve(request: PracticeRequest, guests: Guests, blobs: Blobs): Promise<PracticeReply> {
  const vm = await meetVm(request, guests)
  if (dig(vm.wire, 'properties', 'diagnosticsProfile', 'bootDiagnostics', 'enabled') !== true) {
    const text = `Boot diagnostics is not enabled for VM '${vm.name}'. Enable it to retrieve boot diagnostics data.`
    throw armError(409, 'OperationNotAllowed', text)
  }
  const asked = request.query.get('sasUriExpirationTimeInMinutes')
  const minutes = asked === null ? usualMinutes : Number(asked)
  if (!Number.isInteger(minutes) || minutes < shortestMinutes || minutes > longestMinutes)
    throw invalidParameter(`The value '${asked}' of parameter 'sasUriExpirationTimeInMinutes' is out of range.`)
  vm.hidden['console'] ??= { account: `mbd-${randomBytes(6).toString('hex')}`, grants: [] }
  const kept = vm.hidden['console'] as { account: string; grants: ConsoleGrant[] }
  const nowMs = wallClockMs(request.faults)
  const end = new Date(nowMs + minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z')
  const grant = { signature: randomBytes(32).toString('base64'), end }
  kept.grants = [...kept.grants.filter((one) => Date.parse(one.end) > nowMs).slice(-20), grant]
  request.store.touch()
  const names = consoleNames(vm)
  const query = new URLSearchParams({ sv: '2018-03-28', sr: 'b', sig: grant.signature, se: end, sp: 'r' }).toString()
  const address = (blob: string) => `${blobs.origin()}/${kept.account}/${names.container}/${blob}?${query}`
  const body = {
    consoleScreenshotBlobUri: address(names.screenshot),
    serialConsoleLogBlobUri: address(names.log),
  }
  return { status: 200, body }
}
