import type { Cmdlet, PsCall } from './guest-powershell'
import {
  isObject,
  listOf,
  memberOf,
  objectOf,
  PsError,
  PsTable,
  textOf,
  wildcard,
  type PsValue,
} from './guest-powershell-values'
import { windowsVersion } from './guest-windows-base'
import type { Appx, Service } from './guest-windows-state'
import { fingerprintLine } from './guest-linux-keys'

/** Services, features, firewall, apps, processes, power and the programs that scripts call. */
export const systemCmdlets: Record<string, Cmdlet> = {
  'get-service': getService,
  gsv: getService,
  'start-service': (call) => changeService(call, 'Running'),
  'stop-service': (call) => changeService(call, 'Stopped'),
  'restart-service': (call) => changeService(call, 'Running'),
  'set-service': setService,
  'get-windowscapability': getCapability,
  'add-windowscapability': (call) => changeCapability(call, true),
  'remove-windowscapability': (call) => changeCapability(call, false),
  'get-windowsfeature': ({ text }) =>
    Promise.resolve([objectOf('feature', { Name: text('name', 0) ?? '*', Installed: false })]),
  'install-windowsfeature': ({ text }) =>
    Promise.resolve([
      objectOf('feature', { Success: true, RestartNeeded: 'No', FeatureResult: text('name', 0) ?? '' }),
    ]),
  'enable-windowsoptionalfeature': () => Promise.resolve([objectOf('feature', { RestartNeeded: false })]),
  'new-netfirewallrule': newRule,
  'get-netfirewallrule': getRule,
  'remove-netfirewallrule': (call) => changeRules(call, (name) => delete call.host.windows.kept.firewall[name]),
  'disable-netfirewallrule': (call) =>
    changeRules(call, (name) => Object.assign(call.host.windows.kept.firewall[name] ?? {}, { enabled: false })),
  'enable-netfirewallrule': (call) =>
    changeRules(call, (name) => Object.assign(call.host.windows.kept.firewall[name] ?? {}, { enabled: true })),
  'set-netfirewallprofile': () => Promise.resolve([]),
  'get-process': getProcess,
  'stop-process': () => Promise.resolve([]),
  'start-process': startProcess,
  saps: startProcess,
  'wait-process': () => Promise.resolve([]),
  'get-appxpackage': (call) => appx(call, ({ isInstalled }) => isInstalled),
  'get-appxprovisionedpackage': (call) => appx(call, ({ isProvisioned }) => isProvisioned),
  'get-provisionedappxpackage': (call) => appx(call, ({ isProvisioned }) => isProvisioned),
  'add-appxpackage': addAppx,
  'remove-appxpackage': (call) => removeAppx(call, 'isInstalled'),
  'remove-appxprovisionedpackage': (call) => removeAppx(call, 'isProvisioned'),
  'get-volume': getVolume,
  'get-partition': () =>
    Promise.resolve([
      objectOf('partition', { DiskNumber: 0, PartitionNumber: 4, DriveLetter: 'C' }),
      objectOf('partition', { DiskNumber: 1, PartitionNumber: 1, DriveLetter: 'D' }),
    ]),
  'get-psdrive': getDrive,
  'get-bitlockervolume': () =>
    Promise.resolve([
      objectOf('bitlocker', { MountPoint: 'C:', VolumeStatus: 'FullyDecrypted', ProtectionStatus: 'Off' }),
    ]),
  'get-ciminstance': getCim,
  'get-wmiobject': getCim,
  gwmi: getCim,
  gcim: getCim,
  'invoke-cimmethod': invokeCim,
  'get-computerinfo': (call) => getCim({ ...call, text: () => 'Win32_OperatingSystem' }),
  'get-hotfix': () => Promise.resolve([]),
  'get-eventlog': () => Promise.resolve([]),
  'get-winevent': () => Promise.resolve([]),
  'get-localuser': ({ host }) => Promise.resolve([objectOf('user', { Name: host.windows.kept.user, Enabled: true })]),
  'get-netipaddress': () =>
    Promise.resolve([objectOf('address', { IPAddress: '10.0.0.4', InterfaceAlias: 'Ethernet' })]),
  'invoke-webrequest': noNetwork,
  iwr: noNetwork,
  'invoke-restmethod': noNetwork,
  'start-bitstransfer': noNetwork,
  'test-netconnection': ({ text }) =>
    Promise.resolve([objectOf('connection', { ComputerName: text('computername', 0) ?? '', TcpTestSucceeded: false })]),
  'new-scheduledtaskaction': ({ text }) =>
    Promise.resolve([objectOf('action', { Execute: text('execute', 0) ?? '', Arguments: text('argument') ?? '' })]),
  'new-scheduledtasktrigger': () => Promise.resolve([objectOf('trigger', {})]),
  'new-scheduledtaskprincipal': () => Promise.resolve([objectOf('principal', {})]),
  'register-scheduledtask': registerTask,
  'start-scheduledtask': startTask,
  'get-scheduledtask': getTask,
  'get-scheduledtaskinfo': getTask,
  'unregister-scheduledtask': ({ text, host }) => (
    delete host.windows.kept.tasks[text('taskname', 0) ?? ''],
    Promise.resolve([])
  ),
  'restart-computer': ({ host }) => (host.windows.power('reboot'), Promise.resolve([])),
  'stop-computer': ({ host }) => (host.windows.power('power-off'), Promise.resolve([])),
  shutdown: runShutdown,
  sysprep: ({ positional, named, host }) =>
    program(host.windows.startSysprep(`sysprep.exe ${argumentText(positional, named)}`)),
  icacls: ({ positional }) =>
    Promise.resolve([
      `processed file: ${textOf(positional[0] ?? '')}`,
      'Successfully processed 1 files; Failed processing 0 files',
    ]),
  hostname: ({ host }) => Promise.resolve([host.windows.computerName]),
  whoami: ({ host }) =>
    Promise.resolve([
      host.user === 'SYSTEM'
        ? 'nt authority\\system'
        : `${host.windows.computerName.toLowerCase()}\\${host.user.toLowerCase()}`,
    ]),
  ipconfig: () =>
    Promise.resolve([
      '',
      'Windows IP Configuration',
      '',
      'Ethernet adapter Ethernet:',
      '',
      '   IPv4 Address. . . . . . . . . . . : 10.0.0.4',
      '   Subnet Mask . . . . . . . . . . . : 255.255.255.0',
      '   Default Gateway . . . . . . . . . : 10.0.0.1',
    ]),
  'ssh-keygen': keygen,
  msiexec: ({ positional, host }) =>
    Promise.resolve(
      (install(host.windows, positional.map(textOf).find((one) => /\.msi$/i.test(one)) ?? 'package.msi'), []),
    ),
  winget: (call) => installer(call, 'Successfully installed'),
  choco: (call) => installer(call, 'Chocolatey installed 1/1 packages.'),
  'install-package': (call) => installer(call, 'Installed'),
  reg: () => Promise.resolve(['The operation completed successfully.']),
  sc: () => Promise.resolve(['[SC] ChangeServiceConfig SUCCESS']),
  net: () => Promise.resolve(['The command completed successfully.']),
  dism: () => Promise.resolve(['The operation completed successfully.']),
  powershell: runPowerShell,
  cmd: runCmd,
  'get-netadapter': () => Promise.resolve([objectOf('adapter', { Name: 'Ethernet', Status: 'Up' })]),
}

function program(result: unknown): Promise<PsValue[]> {
  void result
  return Promise.resolve([])
}

function argumentText(positional: PsValue[], named: ReadonlyMap<string, PsValue>): string {
  return [
    ...positional.flatMap(listOf).map(textOf),
    ...[...named].map(([name, value]) => (value === true ? `-${name}` : `-${name} ${textOf(value)}`)),
  ].join(' ')
}

function serviceObject(name: string, { displayName, status, startType }: Service): PsValue {
  return objectOf('service', { Status: status, Name: name, DisplayName: displayName, StartType: startType })
}

function namesOf({ value, input }: PsCall): string[] {
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

function getProcess(call: PsCall): Promise<PsValue[]> {
  const names = namesOf(call)
  const running = ['System', 'svchost', 'WindowsAzureGuestAgent', 'explorer', ...call.host.windows.processes]
  const found = running.filter((one) => names.length === 0 || names.some((name) => wildcard(name).test(one)))
  for (const name of names)
    if (!/[*?]/.test(name) && !running.some((one) => one.toLowerCase() === name.toLowerCase()))
      throw new PsError(
        `Cannot find a process with the name "${name}". Verify the process name and call the cmdlet again.`,
        'ObjectNotFound',
      )
  return Promise.resolve(
    found.map((ProcessName, at) =>
      objectOf('process', { Handles: 120 + at, Id: 400 + at * 12, ProcessName, Name: ProcessName }),
    ),
  )
}

async function startProcess(call: PsCall): Promise<PsValue[]> {
  const { text, value, host, session, has } = call
  const file = text('filepath', 0) ?? ''
  const args = listOf(value('argumentlist args', 1) ?? null).map(textOf)
  const result = objectOf('process', { Id: 5120, ProcessName: file, ExitCode: 0, HasExited: true })
  if (/sysprep(\.exe)?$/i.test(file)) {
    host.windows.startSysprep(`sysprep.exe ${args.join(' ')}`)
    if (has('wait'))
      while (host.windows.kept.sysprep && !host.signal.aborted) await host.windows.wait(5_000, host.signal)
  } else if (/msiexec(\.exe)?$/i.test(file))
    install(host.windows, args.find((one) => /\.msi"?$/i.test(one)) ?? 'package.msi')
  else if (/^(powershell|cmd|shutdown)(\.exe)?$/i.test(file))
    result.properties.set('ExitCode', await session.run(`${file} ${args.join(' ')}`))
  else {
    const place = session.path(file)
    if (!host.windows.disk.tree.find(place))
      throw new PsError(
        'This command cannot be run due to the error: The system cannot find the file specified.',
        'InvalidOperation',
      )
    install(host.windows, file)
  }
  return has('passthru') ? [result] : []
}

/** A program that was installed: what "Apps" would list. */
function install(windows: PsCall['host']['windows'], file: string): void {
  const name = file
    .replaceAll('"', '')
    .replace(/^.*[\\/]/, '')
    .replace(/\.(msi|exe)$/i, '')
  const key = `HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${name}`
  windows.setRegistryValue(key, 'DisplayName', name)
  windows.setRegistryValue(key, 'DisplayVersion', '1.0.0')
  windows.makeFolders(`/C:/Program Files/${name}`)
}

async function installer({ positional, host, name }: PsCall, words: string): Promise<PsValue[]> {
  const [verb = '', what = ''] = positional.map(textOf)
  if (!/install|upgrade/i.test(verb)) return [`${name}: ${verb} is not in practice mode`]
  install(host.windows, what)
  await host.windows.wait(5_000, host.signal)
  return [words]
}

function appx({ text, host }: PsCall, is: (one: Appx) => boolean): Promise<PsValue[]> {
  const name = text('name', 0)
  const found = host.windows.kept.appx.filter((one) => is(one) && (name === undefined || wildcard(name).test(one.name)))
  return Promise.resolve(
    found.map((one) =>
      objectOf('appx', {
        Name: one.name,
        DisplayName: one.name,
        Version: one.version,
        PackageFullName: fullName(one),
        PackageName: fullName(one),
        IsFramework: false,
        NonRemovable: one.isSystem,
        SignatureKind: one.isSystem ? 'System' : 'Store',
      }),
    ),
  )
}

function fullName({ name, version, publisher }: Appx): string {
  return `${name}_${version}_x64__${publisher}`
}

/** Installed for this user only: what makes Sysprep fail later. */
function addAppx({ text, host }: PsCall): Promise<PsValue[]> {
  const name = (text('path', 0) ?? 'App')
    .replace(/^.*[\\/]/, '')
    .replace(/\.(appx|msix)(bundle)?$/i, '')
    .replace(/_.*$/, '')
  host.windows.kept.appx.push({
    name,
    version: '1.0.0.0',
    publisher: '8wekyb3d8bbwe',
    isProvisioned: false,
    isInstalled: true,
    isSystem: false,
  })
  return Promise.resolve([])
}

function removeAppx({ text, input, host }: PsCall, what: 'isInstalled' | 'isProvisioned'): Promise<PsValue[]> {
  const names =
    text('package packagename', 0) !== undefined
      ? [text('package packagename', 0) ?? '']
      : input.map((one) => textOf(memberOf(one, 'PackageFullName')))
  for (const name of names) {
    const found = host.windows.kept.appx.find((one) => fullName(one) === name || one.name === name)
    if (!found) throw new PsError('Deployment failed with HRESULT: 0x80073CF1, Package was not found.', 'NotSpecified')
    found[what] = false
  }
  host.windows.kept.appx = host.windows.kept.appx.filter(
    ({ isInstalled, isProvisioned }) => isInstalled || isProvisioned,
  )
  return Promise.resolve([])
}

function getVolume({ text, host }: PsCall): Promise<PsValue[]> {
  const { sizeBytes, freeBytes } = host.windows.disk
  const all = [
    objectOf('volume', {
      DriveLetter: 'C',
      FileSystemLabel: 'Windows',
      FileSystem: 'NTFS',
      SizeRemaining: freeBytes,
      Size: sizeBytes,
    }),
    objectOf('volume', {
      DriveLetter: 'D',
      FileSystemLabel: 'Temporary Storage',
      FileSystem: 'NTFS',
      SizeRemaining: 34_000_000_000,
      Size: 34_359_738_368,
    }),
  ]
  const letter = text('driveletter', 0)
  return Promise.resolve(
    letter === undefined ? all : all.filter((one) => memberOf(one, 'DriveLetter') === letter.toUpperCase()),
  )
}

function getDrive({ text, host }: PsCall): Promise<PsValue[]> {
  const { freeBytes, usedBytes } = host.windows.disk
  const all = [
    objectOf('drive', { Name: 'C', Used: usedBytes, Free: freeBytes, Root: 'C:\\' }),
    objectOf('drive', { Name: 'D', Used: 0, Free: 34_000_000_000, Root: 'D:\\' }),
  ]
  const name = text('name', 0)
  return Promise.resolve(
    name === undefined ? all : all.filter((one) => wildcard(name).test(textOf(memberOf(one, 'Name')))),
  )
}

function getCim({ text, host }: PsCall): Promise<PsValue[]> {
  const { windows } = host
  const { year, build } = windowsVersion(windows.image)
  const filter = /(\w+)\s*=\s*['"]([^'"]*)['"]/.exec(text('filter') ?? '')
  const kinds: Record<string, () => PsValue[]> = {
    win32_operatingsystem: () => [
      objectOf('os', {
        Caption: `Microsoft Windows Server ${year} Datacenter`,
        Version: `10.0.${build}`,
        BuildNumber: build,
        OSArchitecture: '64-bit',
        LastBootUpTime: new Date(windows.bootedAtMs),
        InstallDate: new Date(windows.bootedAtMs),
        FreePhysicalMemory: 12_000_000,
        ProductType: 3,
      }),
    ],
    win32_computersystem: () => [
      objectOf('computer', {
        Name: windows.computerName,
        Manufacturer: 'Microsoft Corporation',
        Model: 'Virtual Machine',
        PartOfDomain: false,
        Domain: 'WORKGROUP',
        AutomaticManagedPagefile: false,
      }),
    ],
    win32_pagefileusage: () => [
      objectOf('pagefile', { Name: 'D:\\pagefile.sys', AllocatedBaseSize: 4096, CurrentUsage: 0 }),
    ],
    win32_pagefilesetting: () => [objectOf('pagefile', { Name: 'D:\\pagefile.sys', InitialSize: 0, MaximumSize: 0 })],
    win32_logicaldisk: () => [
      objectOf('disk', {
        DeviceID: 'C:',
        Size: windows.disk.sizeBytes,
        FreeSpace: windows.disk.freeBytes,
        DriveType: 3,
      }),
    ],
    win32_service: () =>
      Object.entries(windows.kept.services).map(([Name, one]) =>
        objectOf('win32service', {
          Name,
          State: one.status,
          StartMode: one.startType === 'Automatic' ? 'Auto' : one.startType,
          DisplayName: one.displayName,
        }),
      ),
    win32_process: () =>
      [...windows.processes].map((one) => objectOf('win32process', { Name: `${one}.exe`, ProcessId: 5120 })),
  }
  const name = text('classname class', 0) ?? ''
  const found = kinds[name.toLowerCase()]
  if (!found) throw new PsError('Invalid class ', 'MetadataError')
  return Promise.resolve(
    found().filter(
      (one) => !filter || textOf(memberOf(one, filter[1] ?? '')).toLowerCase() === (filter[2] ?? '').toLowerCase(),
    ),
  )
}

function invokeCim({ value, text, host }: PsCall): Promise<PsValue[]> {
  const given = value('arguments')
  const line = given instanceof PsTable ? textOf(memberOf(given, 'CommandLine')) : ''
  if (!/^win32_process$/i.test(text('classname') ?? '') || line === '')
    return Promise.resolve([objectOf('result', { ReturnValue: 0 })])
  if (/sysprep(\.exe)?["\s]/i.test(`${line} `)) host.windows.startSysprep(line)
  return Promise.resolve([objectOf('result', { ProcessId: 5120, ReturnValue: 0 })])
}

function noNetwork({ text }: PsCall): Promise<PsValue[]> {
  const host = /\/\/([^/]+)/.exec(text('uri source', 0) ?? '')?.[1] ?? ''
  throw new PsError(
    `The remote name could not be resolved: '${host}'. (The machines of the practice cloud have no network: upload the file over the Files panel instead.)`,
    'InvalidOperation',
  )
}

function registerTask({ text, value, host }: PsCall): Promise<PsValue[]> {
  const action = value('action') ?? null
  host.windows.kept.tasks[text('taskname', 0) ?? ''] = {
    action: `${textOf(memberOf(action, 'Execute'))} ${textOf(memberOf(action, 'Arguments'))}`,
    result: 267_011,
  }
  return Promise.resolve([objectOf('task', { TaskName: text('taskname', 0) ?? '', State: 'Ready' })])
}

async function startTask({ text, host, session }: PsCall): Promise<PsValue[]> {
  const task = host.windows.kept.tasks[text('taskname', 0) ?? '']
  if (!task) throw new PsError('The system cannot find the file specified.', 'ObjectNotFound')
  const log = /\*> '([^']+)'/.exec(task.action)?.[1]
  // Updates come from a server that practice machines do not reach: there are none.
  if (log !== undefined) host.windows.writeText(session.path(log), 'There are no updates in practice mode.\r\n')
  await host.windows.wait(3_000, host.signal)
  task.result = 0
  return []
}

function getTask({ text, host }: PsCall): Promise<PsValue[]> {
  const name = text('taskname', 0) ?? '*'
  const found = Object.entries(host.windows.kept.tasks).filter(([one]) => wildcard(name).test(one))
  return Promise.resolve(
    found.map(([TaskName, { result }]) => objectOf('task', { TaskName, State: 'Ready', LastTaskResult: result })),
  )
}

/** `shutdown /r|/s [/t n] [/f]`, with slashes or dashes. */
function runShutdown({ positional, named, host }: PsCall): Promise<PsValue[]> {
  const words = [...positional.map(textOf), ...[...named.keys()].map((name) => `/${name}`)].map((one) =>
    one.toLowerCase(),
  )
  if (words.includes('/a')) return Promise.resolve([])
  if (words.includes('/r') || words.includes('/g')) host.windows.power('reboot')
  else if (words.includes('/s') || words.includes('/p')) host.windows.power('power-off')
  return Promise.resolve([])
}

function keygen({ named, host, session, positional }: PsCall): Promise<PsValue[]> {
  const file = textOf(named.get('f') ?? positional[0] ?? '')
  const text = host.windows.requireText(session.path(file), file)
  return Promise.resolve([fingerprintLine(text.trim())])
}

async function runPowerShell({ named, positional, session, host }: PsCall): Promise<PsValue[]> {
  const encoded = named.get('encodedcommand') ?? named.get('enc') ?? named.get('e')
  const file = named.get('file') ?? named.get('f')
  const text =
    encoded !== undefined
      ? Buffer.from(textOf(encoded), 'base64').toString('utf16le')
      : file !== undefined
        ? host.windows.requireText(session.path(textOf(file)), textOf(file))
        : textOf(named.get('command') ?? named.get('c') ?? positional.map(textOf).join(' '))
  session.lastExitCode = await session.child().run(text)
  return []
}

async function runCmd({ positional, session }: PsCall): Promise<PsValue[]> {
  const at = positional.findIndex((one) => /^\/[ck]$/i.test(textOf(one)))
  session.lastExitCode = await session.child().run(
    positional
      .slice(at + 1)
      .map(textOf)
      .join(' '),
  )
  return []
}
