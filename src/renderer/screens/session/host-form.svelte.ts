import type { MachineView } from '../../../shared/machine-calls'
import { rdpPort } from '../../../shared/desktop-calls'
import { call } from '../../lib/api'
import { shell } from '../../lib/shell.svelte'

export const auths = ['agent', 'key', 'password'] as const
export type Auth = (typeof auths)[number]

/** What a person types to reach a host. */
export class HostForm {
  host = $state('')
  port = $state<unknown>(22)
  user = $state('azureuser')
  auth = $state<Auth>('agent')
  keyFile = $state<string | null>(null)
  protocol = $state<'ssh' | 'rdp'>('ssh')
  needsKey = $derived(this.auth === 'key' && !this.keyFile)
  target = $derived({
    kind: 'host' as const,
    host: this.host.trim(),
    port: this.port,
    user: this.user.trim(),
    auth: this.auth,
    ...(this.keyFile && this.auth === 'key' ? { keyFile: this.keyFile } : {}),
  })

  /** With what the cloud knows of a machine. */
  fill({ publicAddress, user, osType }: MachineView) {
    this.host = publicAddress ?? ''
    if (user) this.user = user
    const isWindows = osType === 'Windows'
    this.use(isWindows ? 'rdp' : 'ssh', isWindows ? rdpPort : 22)
  }

  use(protocol: 'ssh' | 'rdp', port: number) {
    this.protocol = protocol
    this.port = port
  }

  async pickKey() {
    const picked = await shell.attempt(() => call('session.pickKey', {}))
    if (picked?.file) this.keyFile = picked.file
  }
}
