import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import { listOf, memberOf, objectOf, PsError, PsTable, textOf, wildcard, type PsValue } from './guest-powershell-values'
import { windowsVersion } from './guest-windows-base'
import { fingerprintLine } from './guest-linux-keys'
import { namesOf } from './guest-cmdlets-services'

/** Disks, processes, power and the programs that scripts call. */
export const machineCmdlets: Record<string, Cmdlet> = {
  'get-process': getProcess,
  'stop-process': () => Promise.resolve([]),
  'wait-process': () => Promise.resolve([]),
  'get-volume': getVolume,
  'write-volumecache': writeCache,
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
  'test-netconnection': ({ text }) =>
    Promise.resolve([objectOf('connection', { ComputerName: text('computername', 0) ?? '', TcpTestSucceeded: false })]),
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

/** Nothing is ever unwritten here; a drive that is not there is refused as Windows does. */
async function writeCache(call: PsCall): Promise<PsValue[]> {
  const found = await getVolume(call)
  if (found.length > 0) return []
  const letter = call.text('driveletter', 0) ?? ''
  throw new PsError(
    `No MSFT_Volume objects found with property 'DriveLetter' equal to '${letter}'.  Verify the value of the property and retry.`,
    'ObjectNotFound',
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
    win32_pnpentity: () => [
      objectOf('device', { Name: 'Microsoft Hyper-V Network Adapter', DeviceID: 'VMBUS\\{F8615163}\\1', Status: 'OK' }),
      // Without its driver Windows does not know the name.
      ...(windows.gpu
        ? [objectOf('device', { Name: '3D Video Controller', DeviceID: windows.gpu.device, Status: 'Error' })]
        : []),
    ],
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
