import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { GuestFiles } from '../../src/main/disks/guest/files'
import { guestFiles } from '../../src/main/disks/guest/snapshot'
import type { FoundEntry } from '../../src/main/disks/guest/snapshot'
import { fixedVhd, mebibyte, partition, patch, place, sparseFile } from './disks'
import { makeHive, type RegistryKeys } from './hives'
import { ntfsOf } from './ntfs'

const run = promisify(execFile)
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' }
/** Change it when the recipe below changes: what is made is kept between test runs. */
const recipeVersion = 2
const shared = path.join(os.tmpdir(), 'batch-image-studio-windows')

/** What is different from a Windows Server 2022 that was generalized as Azure asks for. */
export type WindowsOptions = {
  /** Keys by path; null takes a key away, and so does a value that is null. */
  system?: KeyChanges
  software?: KeyChanges
  accounts?: KeyChanges
  /** Files by path; null takes one away. */
  files?: Record<string, string | Buffer | null>
}

export type WindowsDiskOptions = WindowsOptions & {
  /** V1: MBR with an active NTFS partition and boot code. V2: GPT with EFI, reserved and NTFS partition. */
  generation?: 'V1' | 'V2'
}

type KeyChanges = Record<string, null | Record<string, RegistryKeys[string][string] | null>>

export const generalized = 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'

/** A folder with the files of a Windows. */
export async function windowsFolder(options: WindowsOptions = {}): Promise<string> {
  return made('folder', options, async (folder) => {
    for (const [name, content] of Object.entries({ ...goodFiles, ...options.files })) {
      if (content === null) continue
      await mkdir(path.join(folder, path.dirname(name)), { recursive: true })
      await writeFile(path.join(folder, name), content)
    }
    const config = path.join(folder, 'Windows/System32/config')
    await mkdir(config, { recursive: true })
    await copyFile(await hiveOf(changed(goodSystem, options.system)), path.join(config, 'SYSTEM'))
    await copyFile(await hiveOf(changed(goodSoftware, options.software)), path.join(config, 'SOFTWARE'))
    await copyFile(await hiveOf(changed(goodAccounts, options.accounts)), path.join(config, 'SAM'))
  })
}

/** An NTFS file system with such a folder in it, written by wimlib without mounting it. */
export async function windowsVolume(options: WindowsOptions = {}, sizeMiB = 48): Promise<string> {
  const tree = await windowsFolder(options)
  return made('ntfs', [options, sizeMiB], async (file) => {
    await rm(file, { recursive: true })
    await ntfsOf(tree, file, sizeMiB)
  })
}

/** A fixed VHD that a machine would start such a Windows from. Kept and shared: copy it before changing it. */
export async function windowsDisk(options: WindowsDiskOptions = {}): Promise<string> {
  const { generation = 'V2', ...rest } = options
  const volume = await windowsVolume(rest)
  return made('disk.vhd', options, async (file) => {
    await rm(file, { recursive: true })
    const raw = await sparseFile(`${file}.raw`, 96 * mebibyte)
    await (generation === 'V1' ? layMbr(raw, volume) : layGpt(raw, volume))
    await fixedVhd(raw, file)
    await rm(raw)
  })
}

/** The files of a folder as the checks see them. */
export async function filesOf(folder: string): Promise<GuestFiles> {
  const entries: FoundEntry[] = []
  const contents = new Map<string, Buffer>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const bytes = entry.isFile() ? await readFile(file) : Buffer.alloc(0)
    const name = path.relative(folder, file)
    entries.push({ path: name, isFolder: entry.isDirectory(), sizeBytes: bytes.length })
    if (entry.isFile()) contents.set(name, bytes)
  }
  return guestFiles({ entries, contents, isDirty: false, isDamaged: false, foldCase: true })
}

/** The head of a program for Windows: `machine` 0x8664 is x64, 0xaa64 Arm64, 0x14c x86. */
export function program(machine = 0x8664): Buffer {
  const bytes = Buffer.alloc(1024)
  bytes.write('MZ')
  bytes.writeUInt32LE(0x80, 60)
  bytes.write('PE', 0x80)
  bytes.writeUInt16LE(machine, 0x84)
  return bytes
}

/** Flags of an account as the registry keeps them: F, a structure of 80 bytes, flags at 0x38 (1 off, 16 normal). */
export function accountFlags(isOff: boolean): Buffer {
  const bytes = Buffer.alloc(80)
  bytes.writeUInt16LE(isOff ? 0x11 : 0x10, 0x38)
  return bytes
}

/** The value whose type is the number of an account: how its name leads to it. */
export function accountNumber(number: number) {
  return { type: number, bytes: Buffer.alloc(0) }
}

const services = 'ControlSet001\\Services'
const goodSystem: RegistryKeys = {
  Select: { Current: 1, Default: 1, Failed: 0, LastKnownGood: 1 },
  // Another set that must not count.
  'ControlSet002\\Services\\vmbus': { Start: 4 },
  'ControlSet001\\Control\\Session Manager': {},
  'ControlSet001\\Control\\Session Manager\\Environment': { PROCESSOR_ARCHITECTURE: 'AMD64' },
  'ControlSet001\\Control\\Session Manager\\Memory Management': { PagingFiles: ['?:\\pagefile.sys'] },
  'ControlSet001\\Control\\Terminal Server': { fDenyTSConnections: 0 },
  'ControlSet001\\Control\\Terminal Server\\WinStations\\RDP-Tcp': { PortNumber: 3389 },
  [`${services}\\TermService`]: { Start: 3 },
  [`${services}\\vmbus`]: { Start: 0, ImagePath: 'System32\\drivers\\vmbus.sys' },
  [`${services}\\storvsc`]: { Start: 0, ImagePath: 'System32\\drivers\\storvsc.sys' },
  [`${services}\\netvsc`]: { Start: 3, ImagePath: '\\SystemRoot\\System32\\drivers\\netvsc.sys' },
  [`${services}\\cdrom`]: { Start: 1 },
  [`${services}\\RdAgent`]: { Start: 2 },
  [`${services}\\WindowsAzureGuestAgent`]: { Start: 2 },
  'Setup\\Status\\SysprepStatus': { CleanupState: 2, GeneralizationState: 7 },
  MountedDevices: {},
}

const goodSoftware: RegistryKeys = {
  'Microsoft\\Windows NT\\CurrentVersion': {
    ProductName: 'Windows Server 2022 Datacenter',
    EditionID: 'ServerDatacenter',
    InstallationType: 'Server',
    DisplayVersion: '21H2',
    CurrentBuild: '20348',
    CurrentMajorVersionNumber: 10,
    CurrentMinorVersionNumber: 0,
    CurrentVersion: '6.3',
    UBR: 2113,
  },
  'Microsoft\\Windows\\CurrentVersion\\Setup\\State': { ImageState: generalized },
  'Microsoft\\Windows\\CurrentVersion\\Component Based Servicing': {},
  'Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update': {},
}

const people = 'SAM\\Domains\\Account\\Users'
const goodAccounts: RegistryKeys = {
  [`${people}\\Names\\Administrator`]: { '': accountNumber(500) },
  [`${people}\\Names\\Guest`]: { '': accountNumber(501) },
  [`${people}\\000001F4`]: { F: accountFlags(true) },
  [`${people}\\000001F5`]: { F: accountFlags(true) },
}

const goodFiles: Record<string, string | Buffer> = {
  'Windows/System32/ntoskrnl.exe': program(),
  'Windows/System32/winload.exe': program(),
  'Windows/System32/drivers/vmbus.sys': program(),
  'Windows/System32/drivers/storvsc.sys': program(),
  'Windows/System32/drivers/netvsc.sys': program(),
  'Windows/System32/Sysprep/Sysprep_succeeded.tag': '',
  'Windows/Setup/State/State.ini': `[State]\r\nImageState=${generalized}\r\n`,
  'WindowsAzure/GuestAgent_2.7.41491.1095/WindowsAzureGuestAgent.exe': program(),
  'Users/Public/desktop.ini': '',
}

const goodOnes = [goodSystem, goodSoftware, goodAccounts, goodFiles]

function changed(keys: RegistryKeys, changes: KeyChanges = {}): RegistryKeys {
  const result: RegistryKeys = { ...keys }
  for (const [key, values] of Object.entries(changes)) {
    const merged = Object.entries({ ...result[key], ...values }).filter(([, value]) => value !== null)
    if (values === null) delete result[key]
    else result[key] = Object.fromEntries(merged) as RegistryKeys[string]
  }
  return result
}

function hiveOf(keys: RegistryKeys): Promise<string> {
  return made('hive', keys, async (file) => {
    await rm(file, { recursive: true })
    await makeHive(file, keys)
  })
}

/** Boot code is enough for the loader's own: what runs is not looked into. */
async function layMbr(raw: string, volume: string): Promise<void> {
  await partition(raw, 'label: dos\nstart=2048, size=98304, type=7, bootable\n')
  await patch(raw, 0, Buffer.from('33c08ed0bc007c8ec08ed8be007cbf00', 'hex'))
  await place(volume, raw, 1)
}

/** As the setup of Windows lays them: EFI system partition, reserved partition, Windows. */
async function layGpt(raw: string, volume: string): Promise<void> {
  const mkfs = { env: environment }
  const partitions = ['-n', '1:2048:+34M', '-t', '1:ef00', '-n', '2:0:+4M', '-t', '2:0c01']
  await run('sgdisk', [...partitions, '-n', '3:0:+48M', '-t', '3:0700', raw], mkfs)
  const esp = await sparseFile(`${raw}.esp`, 34 * mebibyte)
  await run('mkfs.vfat', ['-F', '32', '-s', '1', esp], mkfs)
  await writeFile(`${raw}.efi`, program())
  await run('mmd', ['-i', esp, '::EFI', '::EFI/Microsoft', '::EFI/Microsoft/Boot', '::EFI/Boot'], mkfs)
  await run('mcopy', ['-i', esp, `${raw}.efi`, '::EFI/Microsoft/Boot/bootmgfw.efi'], mkfs)
  await run('mcopy', ['-i', esp, `${raw}.efi`, '::EFI/Boot/bootx64.efi'], mkfs)
  await place(esp, raw, 1)
  await place(volume, raw, 1 + 34 + 4)
  await Promise.all([rm(esp), rm(`${raw}.efi`)])
}

/** Makes a thing once for all test processes: under a name of its own first, so that none is ever half made. */
async function made(kind: string, recipe: unknown, make: (place: string) => Promise<void>): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([recipeVersion, ...goodOnes, recipe]))
    .digest('hex')
    .slice(0, 16)
  const target = path.join(shared, `${key}.${kind}`)
  if (await isThere(target)) return target
  await mkdir(shared, { recursive: true })
  const work = await mkdtemp(path.join(shared, `${key}.work-`))
  await make(work)
  // Another process may have been faster; what it made is the same.
  await rename(work, target).catch(() => rm(work, { recursive: true, force: true }))
  return target
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
