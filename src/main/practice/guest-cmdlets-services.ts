import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import {
  isObject,
  listOf,
  memberOf,
  objectOf,
  PsError,
  textOf,
  wildcard,
  type PsValue,
} from './guest-powershell-values'
import type { Service } from './guest-windows-kept'

/** Services, capabilities of Windows and the firewall. */
export const serviceCmdlets: Record<string, Cmdlet> = {
  'get-service': getService,
  gsv: getService,
  'start-service': (call) => changeService(call, 'Running'),
  'stop-service': (call) => changeService(call, 'Stopped'),
  'restart-service': (call) => changeService(call, 'Running'),
  'set-service': setService,
  'get-windowscapability': getCapability,
  'add-windowscapability': (call) => changeCapability(call, true),
  'remove-windowscapability': (call) => changeCapability(call, false),
  'new-netfirewallrule': newRule,
  'get-netfirewallrule': getRule,
  'remove-netfirewallrule': (call) => changeRules(call, (name) => delete call.host.windows.kept.firewall[name]),
  'disable-netfirewallrule': (call) =>
    changeRules(call, (name) => Object.assign(call.host.windows.kept.firewall[name] ?? {}, { enabled: false })),
  'enable-netfirewallrule': (call) =>
    changeRules(call, (name) => Object.assign(call.host.windows.kept.firewall[name] ?? {}, { enabled: true })),
  'set-netfirewallprofile': () => Promise.resolve([]),
}

function serviceObject(name: string, { displayName, status, startType }: Service): PsValue {
  return objectOf('service', { Status: status, Name: name, DisplayName: displayName, StartType: startType })
}

export function namesOf({ value, input }: PsCall): string[] {
  const given = value('name displayname', 0)
  const all = given === undefined ? input.map((one) => (isObject(one) ? memberOf(one, 'Name') : one)) : listOf(given)
  return all.map(textOf)
}

function getService(call: PsCall): Promise<PsValue[]> {
  const { services } = call.host.windows.kept
  const names = namesOf(call)
  const found = Object.entries(services).filter(
    ([name]) => names.length === 0 || names.some((one) => wildcard(one).test(name)),
  )
  for (const name of names)
    if (!/[*?]/.test(name) && !call.host.windows.service(name))
      throw new PsError(`Cannot find any service with service name '${name}'.`, 'ObjectNotFound')
  return Promise.resolve(found.map(([name, service]) => serviceObject(name, service)))
}

async function changeService(call: PsCall, status: Service['status']): Promise<PsValue[]> {
  for (const name of namesOf(call)) {
    const found = call.host.windows.service(name)
    if (!found) throw new PsError(`Cannot find any service with service name '${name}'.`, 'ObjectNotFound')
    if (status === 'Running' && found[1].startType === 'Disabled')
      throw new PsError(
        `Service '${found[1].displayName} (${found[0]})' cannot be started due to the following error: Cannot start service ${found[0]} on computer '.'.`,
        'OpenError',
      )
    found[1].status = status
    if (found[0] === 'sshd') await call.host.windows.serverChanged()
  }
  return []
}

async function setService(call: PsCall): Promise<PsValue[]> {
  for (const name of namesOf(call)) {
    const found = call.host.windows.service(name)
    if (!found) throw new PsError(`Service ${name} was not found on computer '.'.`, 'ObjectNotFound')
    const type = call.text('startuptype starttype')
    if (type !== undefined)
      found[1].startType = /^auto/i.test(type) ? 'Automatic' : /^dis/i.test(type) ? 'Disabled' : 'Manual'
    const status = call.text('status')
    if (status !== undefined) found[1].status = /^run/i.test(status) ? 'Running' : 'Stopped'
    if (found[0] === 'sshd') await call.host.windows.serverChanged()
  }
  return []
}

function getCapability({ text, host }: PsCall): Promise<PsValue[]> {
  const name = text('name') ?? '*'
  const found = Object.entries(host.windows.kept.capabilities).filter(([one]) => wildcard(name).test(one))
  return Promise.resolve(
    found.map(([Name, isThere]) => objectOf('capability', { Name, State: isThere ? 'Installed' : 'NotPresent' })),
  )
}

async function changeCapability({ text, host, input }: PsCall, isThere: boolean): Promise<PsValue[]> {
  const { windows } = host
  const names = text('name') !== undefined ? [text('name') ?? ''] : input.map((one) => textOf(memberOf(one, 'Name')))
  for (const wanted of names) {
    const name = Object.keys(windows.kept.capabilities).find((one) => one.toLowerCase() === wanted.toLowerCase())
    if (name === undefined) throw new PsError(`Add-WindowsCapability failed. Error code = 0x800f0954`, 'NotSpecified')
    await windows.wait(20_000, host.signal)
    windows.kept.capabilities[name] = isThere
    if (!name.startsWith('OpenSSH.Server')) continue
    if (isThere)
      windows.kept.services['sshd'] ??= { displayName: 'OpenSSH SSH Server', status: 'Stopped', startType: 'Manual' }
    else delete windows.kept.services['sshd']
    if (isThere)
      windows.kept.firewall['OpenSSH-Server-In-TCP'] = {
        displayName: 'OpenSSH SSH Server (sshd)',
        enabled: true,
        ports: ['22'],
        action: 'Allow',
      }
    await windows.serverChanged()
  }
  return [objectOf('image', { Path: '', Online: true, RestartNeeded: false })]
}

function newRule({ text, value, host }: PsCall): Promise<PsValue[]> {
  const name = text('name') ?? host.windows.newGuid()
  const ports = listOf(value('localport') ?? null).flatMap((one) => textOf(one).split(','))
  host.windows.kept.firewall[name] = {
    displayName: text('displayname') ?? name,
    enabled: true,
    ports,
    action: text('action') ?? 'Allow',
  }
  return Promise.resolve([objectOf('rule', { Name: name, DisplayName: text('displayname') ?? name, Enabled: true })])
}

function getRule(call: PsCall): Promise<PsValue[]> {
  return Promise.resolve(
    rulesOf(call).map(([Name, rule]) =>
      objectOf('rule', { Name, DisplayName: rule.displayName, Enabled: rule.enabled, Action: rule.action }),
    ),
  )
}

function changeRules(call: PsCall, change: (name: string) => void): Promise<PsValue[]> {
  for (const [name] of rulesOf(call)) change(name)
  return Promise.resolve([])
}

function rulesOf({
  text,
  input,
  host,
}: PsCall): [string, { displayName: string; enabled: boolean; ports: string[]; action: string }][] {
  const { firewall } = host.windows.kept
  const display = text('displayname')
  const name = text('name', 0) ?? (input.length > 0 ? textOf(memberOf(input[0] ?? null, 'Name')) : undefined)
  const found = Object.entries(firewall).filter(
    ([one, rule]) =>
      (name === undefined || wildcard(name).test(one)) &&
      (display === undefined || wildcard(display).test(rule.displayName)),
  )
  if (found.length === 0 && name !== undefined && !name.includes('*'))
    throw new PsError(
      `No MSFT_NetFirewallRule objects found with property 'InstanceID' equal to '${name}'.  Verify the value of the property and retry.`,
      'ObjectNotFound',
    )
  return found
}
