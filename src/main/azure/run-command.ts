import { AppError } from '../../shared/errors'
import type { OsType } from '../../shared/terms'
import type { Cloud } from './cloud'
import { asking } from './errors'
import { partsOf } from './ids'
import { failureOfOperation, noting } from './operations'

/** What a script said: the last 4096 bytes of each. */
export type CommandOutput = { stdout: string; stderr: string }

const limitMs = 90 * 60_000

/**
 * Runs a script in a machine through its Azure agent, as root or SYSTEM, without any way in by the network. It leaves an extension
 * behind, which an image for Batch must not have: `listExtensions` shows it, `removeExtension` takes it away. Its output exists only
 * in the result of the operation, so the call lasts until that is there. Throws AppError, `cloud.timeout` {minutes}.
 */
export async function runCommand(
  cloud: Cloud,
  id: string,
  { osType, lines }: { osType: OsType; lines: string[] },
  signal?: AbortSignal,
): Promise<CommandOutput> {
  const at = partsOf(id)
  const limit = AbortSignal.timeout(limitMs)
  const { accepted, options } = noting(signal ? AbortSignal.any([signal, limit]) : limit)
  const commandId = osType === 'Windows' ? 'RunPowerShellScript' : 'RunShellScript'
  try {
    const { value = [] } = await asking(async () => {
      const { virtualMachines } = await cloud.compute(at.subscriptionId)
      const body = { commandId, script: lines }
      return virtualMachines.runCommand(at.resourceGroup, at.names[0], body, { ...options, updateIntervalInMs: 2_000 })
    })
    return outputFrom(value)
  } catch (error) {
    signal?.throwIfAborted()
    if (limit.aborted) throw new AppError('cloud.timeout', { minutes: limitMs / 60_000 })
    const about = { kind: 'virtual machine', name: at.names[0] }
    throw (await failureOfOperation(cloud, accepted.operation, 'cloud.operation-failed', about, signal)) ?? error
  }
}

/**
 * On Windows both streams come apart (`ComponentStatus/StdOut/succeeded`); on Linux they stand in one message under headings
 * (Microsoft Learn, "Run scripts in your Linux VM by using action Run Commands").
 */
function outputFrom(value: { code?: string; message?: string }[]): CommandOutput {
  const of = (stream: string) => value.find(({ code }) => code?.includes(`/${stream}/`))?.message
  const [stdout, stderr] = [of('StdOut'), of('StdErr')]
  if (stdout !== undefined || stderr !== undefined) return { stdout: stdout ?? '', stderr: stderr ?? '' }
  const whole = value.map(({ message = '' }) => message).join('\n')
  const [, out = whole, err = ''] = /\[stdout\]\n([\s\S]*?)\n?\[stderr\]\n?([\s\S]*)$/.exec(whole) ?? []
  return { stdout: out, stderr: err }
}
