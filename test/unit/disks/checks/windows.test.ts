import { open } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Judged } from '../../../../src/main/disks/checks/linux'
import { judgeWindows, windowsChecks } from '../../../../src/main/disks/checks/windows'
import { windowsIn, type WindowsSystem } from '../../../../src/main/disks/windows'
import {
  accountFlags,
  accountNumber,
  filesOf,
  generalized,
  program,
  windowsFolder,
  type WindowsOptions,
} from '../../../support/windows-disks'

async function systemOf(options: WindowsOptions = {}): Promise<WindowsSystem> {
  const folder = await windowsFolder(options)
  const kernel = await headOf(folder, 'Windows/System32/ntoskrnl.exe')
  return windowsIn(await filesOf(folder), { kernel, hibernation: await headOf(folder, 'hiberfil.sys') })
}

async function judged(options: WindowsOptions = {}): Promise<Judged> {
  return judgeWindows(await systemOf(options))
}

async function headOf(folder: string, name: string): Promise<Buffer | null> {
  const handle = await open(path.join(folder, name)).catch(() => null)
  const bytes = await handle?.read(Buffer.alloc(4096), 0, 4096, 0)
  await handle?.close()
  return bytes?.buffer.subarray(0, bytes.bytesRead) ?? null
}

/** `id:variant severity`, sorted; what only says which system it is left out. */
function found({ findings }: Judged): string[] {
  return findings
    .filter(({ id }) => id !== 'os.identified')
    .map(({ id, variant, severity }) => `${id}${variant ? `:${variant}` : ''} ${severity}`)
    .sort()
}

const set = 'ControlSet001'
const current = 'Microsoft\\Windows\\CurrentVersion'
const state = (value: string) => `[State]\r\nImageState=${value}\r\n`
const states = (value: string): WindowsOptions => ({
  software: { [`${current}\\Setup\\State`]: { ImageState: value } },
  files: { 'Windows/Setup/State/State.ini': state(value) },
})
const sysprepLog = 'Windows/System32/Sysprep/Panther/setuperr.log'
const memory = `${set}\\Control\\Session Manager\\Memory Management`
const people = 'SAM\\Domains\\Account\\Users'
const hibernated = Buffer.alloc(8192, 'hibr')

test('a Windows prepared as Azure asks for passes every check', async () => {
  const seen = await judged()
  expect(found(seen)).toEqual([])
  expect(seen.findings).toMatchObject([
    { id: 'os.identified', severity: 'info', params: { name: 'Windows Server 2022 Datacenter 21H2 (20348.2113)' } },
  ])
  expect(seen.unknown).toEqual([])
  expect([...seen.passed].sort()).toEqual(
    windowsChecks
      .map(({ id }) => id)
      .filter((id) => id !== 'os.identified')
      .sort(),
  )
  expect(seen).toMatchObject({
    os: { type: 'Windows', id: 'windows-server', versionId: '10.0.20348' },
    generalized: true,
  })
})

// Each differs from the one above in one thing.
test.each<[what: string, expected: string[], options: WindowsOptions]>([
  ['a system in use', ['windows.generalized block'], states('IMAGE_STATE_COMPLETE')],
  ['an interrupted sysprep', ['windows.generalized:interrupted block'], states('IMAGE_STATE_UNDEPLOYABLE')],
  ['audit mode', ['windows.generalized:audit block'], states('IMAGE_STATE_GENERALIZE_RESEAL_TO_AUDIT')],
  [
    'sysprep without generalize',
    ['windows.generalized:specialized block'],
    states('IMAGE_STATE_SPECIALIZE_RESEAL_TO_OOBE'),
  ],
  [
    'audit mode without generalize',
    ['windows.generalized:specialized-audit block'],
    states('IMAGE_STATE_SPECIALIZE_RESEAL_TO_AUDIT'),
  ],
  ['a state of another name', ['windows.generalized:other block'], states('IMAGE_STATE_OF_TOMORROW')],
  [
    'two states that differ',
    ['windows.generalized:differ block'],
    { files: { 'Windows/Setup/State/State.ini': state('IMAGE_STATE_COMPLETE') } },
  ],
  [
    'a state in UTF-16',
    ['windows.generalized block'],
    {
      ...states('IMAGE_STATE_COMPLETE'),
      files: { 'Windows/Setup/State/State.ini': Buffer.from(`\ufeff${state('IMAGE_STATE_COMPLETE')}`, 'utf16le') },
    },
  ],
  [
    'a state in UTF-16 without a mark',
    ['windows.generalized block'],
    {
      ...states('IMAGE_STATE_COMPLETE'),
      files: { 'Windows/Setup/State/State.ini': Buffer.from(state('IMAGE_STATE_COMPLETE'), 'utf16le') },
    },
  ],
  [
    'a state that only the registry tells',
    ['windows.generalized block'],
    { ...states('IMAGE_STATE_COMPLETE'), files: { 'Windows/Setup/State/State.ini': null } },
  ],
  [
    'a step in between without the mark of success',
    ['windows.generalized:status warn'],
    {
      system: { 'Setup\\Status\\SysprepStatus': { GeneralizationState: 4 } },
      files: { 'Windows/System32/Sysprep/Sysprep_succeeded.tag': null },
    },
  ],
  [
    'an app that stopped sysprep',
    ['windows.generalized:app warn', 'windows.generalized:interrupted block'],
    {
      ...states('IMAGE_STATE_UNDEPLOYABLE'),
      files: {
        ...states('IMAGE_STATE_UNDEPLOYABLE').files,
        [sysprepLog]:
          '2026-01-01 10:00:00, Error SYSPRP Package Contoso.Notes_1.2.0.0_x64__8wekyb3d8bbwe was installed for a user, but not provisioned for all users. This package will not function properly in the sysprep image.\r\n',
      },
    },
  ],
  [
    'a configuration that stopped sysprep',
    ['windows.generalized block', 'windows.generalized:dsc warn'],
    {
      ...states('IMAGE_STATE_COMPLETE'),
      files: {
        ...states('IMAGE_STATE_COMPLETE').files,
        [sysprepLog]:
          "2026-01-01 10:00:00, Error [0x0f0082] SYSPRP ActionPlatform::LaunchModule: Failure occurred while executing 'SysPrep_Cleanup' from C:\\Windows\\System32\\DscCore.dll; dwRet = 0x2\r\n",
      },
    },
  ],
  [
    'a restart for components',
    ['windows.pending-reboot warn'],
    { software: { [`${current}\\Component Based Servicing\\RebootPending`]: {} } },
  ],
  [
    'a restart for updates',
    ['windows.pending-reboot warn'],
    { software: { [`${current}\\WindowsUpdate\\Auto Update\\RebootRequired`]: {} } },
  ],
  [
    'files to be renamed at the restart',
    ['windows.pending-reboot warn'],
    {
      system: {
        [`${set}\\Control\\Session Manager`]: { PendingFileRenameOperations: ['\\??\\C:\\old', '\\??\\C:\\new'] },
      },
    },
  ],
  ['a sleeping machine', ['windows.dirty:hibernated warn'], { files: { 'hiberfil.sys': hibernated } }],
  [
    'an extension',
    ['azure.extensions block'],
    { files: { 'Packages/Plugins/Microsoft.Compute.BGInfo/2.2.4/HandlerManifest.json': '[]' } },
  ],
  [
    'logs of an extension',
    ['azure.extensions:logs info'],
    { files: { 'WindowsAzure/Logs/Plugins/Microsoft.Compute.BGInfo/2.2.4/BGInfo.log': '' } },
  ],
  [
    'no agent',
    ['azure.agent.windows warn'],
    { system: { [`${set}\\Services\\RdAgent`]: null, [`${set}\\Services\\WindowsAzureGuestAgent`]: null } },
  ],
  [
    'an agent that is off',
    ['azure.agent.windows:disabled warn'],
    { system: { [`${set}\\Services\\WindowsAzureGuestAgent`]: { Start: 4 } } },
  ],
  [
    'a volume of an MBR disk as D:',
    ['batch.temp-disk:drive warn'],
    { system: { MountedDevices: { '\\DosDevices\\D:': Buffer.from('a1b2c3d40000500600000000', 'hex') } } },
  ],
  [
    'a volume of a GPT disk as D:',
    ['batch.temp-disk:drive warn'],
    {
      system: { MountedDevices: { '\\DosDevices\\D:': Buffer.concat([Buffer.from('DMIO:ID:'), Buffer.alloc(16, 7)]) } },
    },
  ],
  [
    'a page file on E:',
    ['batch.temp-disk:page-file warn'],
    { system: { [memory]: { PagingFiles: ['e:\\pagefile.sys 0 0'] } } },
  ],
  [
    'a page file on C:',
    ['batch.temp-disk:page-file-c info'],
    { system: { [memory]: { PagingFiles: ['C:\\pagefile.sys'] } } },
  ],
  ['no driver of the bus', ['windows.hyperv-drivers block'], { system: { [`${set}\\Services\\vmbus`]: null } }],
  [
    'no file of a driver',
    ['windows.hyperv-drivers block'],
    { files: { 'Windows/System32/drivers/storvsc.sys': null } },
  ],
  [
    'the storage driver off',
    ['windows.hyperv-drivers:disabled block'],
    { system: { [`${set}\\Services\\storvsc`]: { Start: 4 } } },
  ],
  [
    'the network driver off',
    ['windows.hyperv-drivers:disabled block'],
    { system: { [`${set}\\Services\\netvsc`]: { Start: 4 } } },
  ],
  [
    'the storage driver late',
    ['windows.hyperv-drivers:late warn'],
    { system: { [`${set}\\Services\\storvsc`]: { Start: 3 } } },
  ],
  [
    'remote desktop off',
    ['windows.rdp warn'],
    { system: { [`${set}\\Control\\Terminal Server`]: { fDenyTSConnections: 1 } } },
  ],
  [
    'remote desktop off by policy',
    ['windows.rdp warn'],
    { software: { 'Policies\\Microsoft\\Windows NT\\Terminal Services': { fDenyTSConnections: 1 } } },
  ],
  ['its service off', ['windows.rdp:service warn'], { system: { [`${set}\\Services\\TermService`]: { Start: 4 } } }],
  [
    'remote desktop elsewhere',
    ['windows.rdp:port warn'],
    { system: { [`${set}\\Control\\Terminal Server\\WinStations\\RDP-Tcp`]: { PortNumber: 13_389 } } },
  ],
  ['the DVD drive off', ['windows.dvd warn'], { system: { [`${set}\\Services\\cdrom`]: { Start: 4 } } }],
  ['an answer file', ['windows.unattend warn'], { files: { 'Windows/Panther/unattend.xml': '<unattend/>' } }],
  [
    'the answer file of sysprep',
    ['windows.unattend warn'],
    { files: { 'Windows/System32/Sysprep/unattend.xml': '<unattend/>' } },
  ],
  [
    'an account of a person',
    ['windows.users info'],
    {
      accounts: {
        [`${people}\\Names\\erika`]: { '': accountNumber(1001) },
        [`${people}\\000003E9`]: { F: accountFlags(false) },
      },
    },
  ],
  [
    'an administrator who may sign in',
    ['windows.users info'],
    { accounts: { [`${people}\\000001F4`]: { F: accountFlags(false) } } },
  ],
])('%s is found as %j', async (_what, expected, options) => {
  expect(found(await judged(options))).toEqual(expected)
})

test.each<[what: string, options: WindowsOptions]>([
  [
    'a DVD drive as D:',
    { system: { MountedDevices: { '\\DosDevices\\D:': Buffer.from('\\??\\SCSI#CdRom&Ven_Msft', 'utf16le') } } },
  ],
  ['a page file on the temporary drive', { system: { [memory]: { PagingFiles: ['D:\\pagefile.sys'] } } }],
  ['a machine that slept and woke up', { files: { 'hiberfil.sys': Buffer.alloc(8192, 'wake') } }],
  ['an emptied file of hibernation', { files: { 'hiberfil.sys': Buffer.alloc(8192) } }],
  [
    'an account that is off',
    {
      accounts: {
        [`${people}\\Names\\erika`]: { '': accountNumber(1001) },
        [`${people}\\000003E9`]: { F: accountFlags(true) },
      },
    },
  ],
  [
    'a step in between with the mark of success',
    { system: { 'Setup\\Status\\SysprepStatus': { GeneralizationState: 3 } } },
  ],
  [
    'a network driver of another name',
    {
      system: { [`${set}\\Services\\netvsc`]: { ImagePath: 'System32\\drivers\\netvsc63.sys' } },
      files: { 'Windows/System32/drivers/netvsc63.sys': program(), 'Windows/System32/drivers/netvsc.sys': null },
    },
  ],
  ['an empty folder of extensions', { files: { 'Packages/Plugins/readme.txt': '' } }],
])('%s is nothing to report', async (_what, options) => {
  expect(found(await judged(options))).toEqual([])
})

test('the set of services that the next start uses is the one that counts', async () => {
  const seen = await judged({ system: { Select: { Current: 2 } } })
  expect(found(seen)).toContain('windows.hyperv-drivers block')
})

test.each([
  [
    'windows',
    '10.0.22631',
    'Windows 11 Enterprise 23H2 (22631.4317)',
    {
      ProductName: 'Windows 10 Enterprise',
      InstallationType: 'Client',
      CurrentBuild: '22631',
      DisplayVersion: '23H2',
      UBR: 4317,
    },
  ],
  [
    'windows',
    '10.0.19045',
    'Windows 10 Pro 22H2 (19045.5247)',
    {
      ProductName: 'Windows 10 Pro',
      InstallationType: 'Client',
      CurrentBuild: '19045',
      DisplayVersion: '22H2',
      UBR: 5247,
    },
  ],
  [
    'windows-server',
    '10.0.26100',
    'Windows Server 2025 Datacenter Server Core 24H2 (26100.1742)',
    {
      ProductName: 'Windows Server 2025 Datacenter',
      InstallationType: 'Server Core',
      CurrentBuild: '26100',
      DisplayVersion: '24H2',
      UBR: 1742,
    },
  ],
  ['windows-server', '10.0.20348', 'Windows ServerDatacenter 21H2 (20348.2113)', { ProductName: null }],
  [
    'windows-server',
    '6.3.9600',
    'Windows Server 2012 R2 Standard (9600)',
    {
      ProductName: 'Windows Server 2012 R2 Standard',
      InstallationType: 'Server',
      CurrentBuild: '9600',
      DisplayVersion: null,
      UBR: null,
      CurrentMajorVersionNumber: null,
      CurrentMinorVersionNumber: null,
    },
  ],
])('%s %s is called %s', async (id, versionId, name, values) => {
  const seen = await judged({ software: { 'Microsoft\\Windows NT\\CurrentVersion': values } })
  expect(seen.os).toEqual({ type: 'Windows', id, versionId })
  expect(seen.findings.find(({ id }) => id === 'os.identified')?.params).toEqual({ name })
})

test('whether it is generalized is told for every state, and not where none can be read', async () => {
  const told = async (options: WindowsOptions) => (await judged(options)).generalized
  expect(await told(states(generalized))).toBe(true)
  expect(await told(states('IMAGE_STATE_COMPLETE'))).toBe(false)
  expect(await told({ files: { 'Windows/Setup/State/State.ini': state('IMAGE_STATE_COMPLETE') } })).toBe(false)
  const none = { files: { 'Windows/Setup/State/State.ini': null }, software: { [`${current}\\Setup\\State`]: null } }
  const seen = await judged(none)
  expect(seen.generalized).toBeNull()
  expect(seen.unknown).toEqual(['windows.generalized'])
})

test('every finding about Windows that is to be mended says what to type there', async () => {
  const seen = await judged(states('IMAGE_STATE_COMPLETE'))
  const commands = seen.findings.find(({ id }) => id === 'windows.generalized')!.commands!
  expect(commands.map(({ on }) => on)).toEqual(['windows', 'windows'])
  expect(commands.map(({ text }) => text).join('\n')).toMatch(
    /Panther[\s\S]*sysprep\.exe \/generalize \/oobe .*\/shutdown/,
  )
})

test('hives that were cut off leave the checks that need them unknown, and the others as they were', async () => {
  const folder = await windowsFolder()
  const files = await filesOf(folder)
  const cut = {
    ...files,
    bytes: (name: string) => (/config\/(SYSTEM|SOFTWARE|SAM)$/.test(name) ? Buffer.alloc(64) : files.bytes(name)),
  }
  const seen = judgeWindows(windowsIn(cut, { kernel: program(), hibernation: null }))
  expect(seen.os).toEqual({ type: 'Windows', id: 'windows', versionId: null })
  expect([...seen.unknown].sort()).toEqual([
    'azure.agent.windows',
    'batch.temp-disk',
    'os.identified',
    'windows.dirty',
    'windows.dvd',
    'windows.hyperv-drivers',
    'windows.pending-reboot',
    'windows.rdp',
    'windows.users',
  ])
  expect(seen.findings).toEqual([])
  expect(seen.generalized).toBe(true)
})

test('a hive that is damaged inside is unknown too, never a failure', async () => {
  const files = await filesOf(await windowsFolder())
  const name = 'Windows/System32/config/SYSTEM'
  const bytes = Buffer.from(files.bytes(name)!)
  for (let at = bytes.indexOf('lh', 4096); at > 0; at = bytes.indexOf('lh', at + 1)) bytes.write('xx', at)
  const damaged = { ...files, bytes: (asked: string) => (asked === name ? bytes : files.bytes(asked)) }
  const seen = judgeWindows(windowsIn(damaged, { kernel: program(), hibernation: null }))
  expect(seen.unknown).toContain('windows.hyperv-drivers')
  expect(found(seen)).toEqual([])
})

test('a hive that was not written to its end is told, and the file beside it counts more', async () => {
  const folder = await windowsFolder({
    software: { [`${current}\\Setup\\State`]: { ImageState: 'IMAGE_STATE_COMPLETE' } },
  })
  const files = await filesOf(folder)
  const name = 'Windows/System32/config/SOFTWARE'
  const bytes = Buffer.from(files.bytes(name)!)
  bytes.writeUInt32LE(bytes.readUInt32LE(8) + 1, 4)
  const unfinished = { ...files, bytes: (asked: string) => (asked === name ? bytes : files.bytes(asked)) }
  const seen = judgeWindows(windowsIn(unfinished, { kernel: program(), hibernation: null }))
  expect(found(seen)).toEqual(['windows.dirty warn'])
  expect(seen.generalized).toBe(true)
})

const architecture = (name: string): NonNullable<WindowsOptions['system']> => ({
  [`${set}\\Control\\Session Manager\\Environment`]: { PROCESSOR_ARCHITECTURE: name },
})

test.each<[what: string, machine: string, options: WindowsOptions]>([
  ['a kernel for x64', 'x64', { system: architecture('ARM64') }],
  ['a kernel for Arm64', 'Arm64', { files: { 'Windows/System32/ntoskrnl.exe': program(0xaa64) } }],
  ['a kernel for 32 bits', 'other', { files: { 'Windows/System32/ntoskrnl.exe': program(0x14c) } }],
  [
    'a packed kernel, and Arm64 in the registry',
    'Arm64',
    { files: { 'Windows/System32/ntoskrnl.exe': '' }, system: architecture('ARM64') },
  ],
  [
    'a packed kernel, and 32 bits in the registry',
    'other',
    { files: { 'Windows/System32/ntoskrnl.exe': '' }, system: architecture('x86') },
  ],
])('%s is made for %s', async (_what, machine, options) => {
  expect(await systemOf(options)).toMatchObject({ machine, hasKernel: true })
})
