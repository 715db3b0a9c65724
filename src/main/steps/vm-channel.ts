import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { Cloud } from '../azure/cloud'
import { runCommand } from '../azure/run-command'
import { tailOf } from './part-script'
import type { Tools } from './tools'
import { removeExtensions } from './vm-extensions'
import { channelScript } from './windows-channel'

/** Type of the extension by which Azure runs a script in a Windows VM; what it leaves on the disk is called after it. */
const runCommandType = /RunCommandWindows/i

/**
 * Lets Azure's agent run the script of the control channel in a Windows VM, and takes away the extension that this needs. Safe to
 * repeat. Returns the fingerprints of the VM's host keys (`SHA256:…`) as the script told them through the control plane. Throws
 * AppError `vm.channel-failed` {vm}, `cloud.*`.
 */
export async function openChannel(
  tools: Tools,
  cloud: Cloud,
  vm: string,
  form: Inputs['vm.create'],
): Promise<string[]> {
  const { name, port, sourceCidr } = form
  const script = channelScript({ vm: name, publicKey: await tools.vmKeys.publicKey(tools.run), port, sourceCidr })
  tools.progress({ done: 0, total: 0, unit: 'steps', wait: { key: 'channel', params: { name } } })
  const said = await runCommand(cloud, vm, { osType: 'Windows', lines: script.split('\n') }, tools.signal)
  await removeExtensions(tools, cloud, vm, isOfRunCommand)
  const shown = said.stdout.match(/SHA256:[A-Za-z0-9+/]{43}/g) ?? []
  if (shown.length > 0) return [...new Set(shown)]
  throw new AppError('vm.channel-failed', { vm: name }, { message: tailOf(`${said.stdout}\n${said.stderr}`) })
}

/** What Azure's running of a script installs or leaves behind, by the name of the extension's type or of its folder. */
export function isOfRunCommand(name: string): boolean {
  return runCommandType.test(name)
}
