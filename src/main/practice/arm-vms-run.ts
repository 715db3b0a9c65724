import { bodyObject, dig, digText } from './arm-parts'
import { invalidParameter } from './arm-gallery-parts'
import { refuseOff } from './arm-vms-extensions'
import { meetVm } from './arm-vms-meet'
import { acceptedVm, refuseUnderWay, startVm, vmPath } from './arm-vms-parts'
import { osTypeOf, vmType } from './arm-vms-state'
import type { Guests } from './guests'
import type { Operation } from './operations'
import type { PracticeReply, PracticeRequest, Router } from './server'
import type { OsType } from '../../shared/terms'

const runMs = 20_000
/** Microsoft Learn, "Run scripts in your Linux VM by using action Run Commands": the last 4,096 bytes of the output. */
const shownBytes = 4096
const commands: Record<OsType, string> = { Linux: 'RunShellScript', Windows: 'RunPowerShellScript' }

/** Run Command: a script that the agent runs, which leaves its extension on the disk. */
export function addRunRoutes(router: Router, guests: Guests): void {
  router.route('POST', `${vmPath}/runCommand`, (request) => run(request, guests), {
    action: `${vmType}/runCommand/action`,
    scope: ({ subscription, group, vm }) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/${vmType}/${vm}`,
  })
}

/** What the Location of a finished run answers. */
export function runOutput(operation: Operation): object | null {
  return operation.kind === 'vm.run' ? { value: operation.data['value'] } : null
}

async function run(request: PracticeRequest, guests: Guests): Promise<PracticeReply> {
  const vm = await meetVm(request, guests)
  refuseUnderWay(request, vm)
  refuseOff(vm)
  const body = bodyObject(request)
  const osType = osTypeOf(vm)
  const command = digText(body, 'commandId') ?? ''
  if (command.toLowerCase() !== commands[osType].toLowerCase())
    throw invalidParameter(`The entity '${command}' of type RunCommandDocument was not found on ${osType}.`)
  const lines = dig(body, 'script')
  const script = Array.isArray(lines) ? lines.map(String).join('\n') : ''
  const work = { kind: 'vm.run', durationMs: runMs }
  try {
    const output = await guests.run(vm.id, script)
    startVm(request, vm, { ...work, data: { value: valueOf(osType, output) } })
  } catch {
    const message = `VM '${vm.name}' has not reported status for VM agent or extensions. Verify that the OS is up and healthy, the VM has a running VM agent, and that it can establish outbound connections to Azure storage. Please refer to https://aka.ms/vmextensionlinuxtroubleshoot for additional VM agent troubleshooting information.`
    startVm(request, vm, { ...work, error: { code: 'VMAgentStatusCommunicationError', message } })
  }
  return acceptedVm(request, vm)
}

function valueOf(osType: OsType, { stdout, stderr }: { stdout: string; stderr: string }): object[] {
  const ended = { level: 'Info', displayStatus: 'Provisioning succeeded' }
  if (osType === 'Linux') {
    const message = `Enable succeeded: \n[stdout]\n${tail(stdout)}\n[stderr]\n${tail(stderr)}`
    return [{ code: 'ProvisioningState/succeeded', ...ended, message }]
  }
  return [
    { code: 'ComponentStatus/StdOut/succeeded', ...ended, message: tail(stdout) },
    { code: 'ComponentStatus/StdErr/succeeded', ...ended, message: tail(stderr) },
  ]
}

function tail(text: string): string {
  const bytes = Buffer.from(text, 'utf8')
  return bytes.subarray(Math.max(0, bytes.length - shownBytes)).toString('utf8')
}
