import { driverName } from './guest/driver-name'
import type { GuestFiles, GuestVolume } from './guest/files'
import { driversInInitramfs } from './guest/initramfs'
import { machineOf, type Machine } from './machine'
import { bytesAt } from './source'

/** The kernel that a system would start: the newest one that is installed. */
export type Kernel = {
  version: string | null
  /** Path of its file; null when there is none. */
  file: string | null
  /** As its file says. */
  machine: Machine | null
  driver(name: DriverName): DriverState
  /** Drivers that are in its initramfs; `absent` when it has none, `unknown` when that cannot be unpacked. */
  initramfs: ReadonlySet<string> | 'absent' | 'unknown'
}

export type DriverName = (typeof knownDrivers)[number]
export type DriverState = 'built-in' | 'module' | 'absent' | 'unknown'

const knownDrivers = ['hv_vmbus', 'hv_storvsc', 'hv_netvsc', 'udf', 'vfat'] as const
/** What a machine in Azure needs to find its system disk. */
export const diskDrivers = ['hv_vmbus', 'hv_storvsc'] as const
const settingOf: Record<DriverName, string[]> = {
  // Since Linux 6.18 the bus has a setting of its own.
  hv_vmbus: ['CONFIG_HYPERV_VMBUS', 'CONFIG_HYPERV'],
  hv_storvsc: ['CONFIG_HYPERV_STORAGE'],
  hv_netvsc: ['CONFIG_HYPERV_NET'],
  udf: ['CONFIG_UDF_FS'],
  vfat: ['CONFIG_VFAT_FS'],
}
const headBytes = 4096

/** Finds the newest kernel and what it can drive. Only its initramfs is unpacked, and only where drivers are not built in. */
export async function kernelOf(root: GuestVolume, files: GuestFiles): Promise<Kernel> {
  const kernels = ['boot/vmlinuz-*', 'boot/Image-*', 'lib/modules/*/vmlinuz'].flatMap((one) => files.paths(one))
  const newest = kernels.sort((left, right) => byVersion(versionOf(left), versionOf(right))).at(-1)
  const file = newest ?? ['boot/vmlinuz', 'boot/Image'].find((one) => files.isThere(one)) ?? null
  const modules = files.list('lib/modules').map(({ name }) => name)
  const version = newest ? versionOf(newest) : (modules.sort(byVersion).at(-1) ?? null)
  const content = file ? await root.content(file) : null
  const states = new Map(knownDrivers.map((name) => [name, version ? stateOf(files, version, name) : 'unknown']))
  const driver = (name: DriverName): DriverState => states.get(name) ?? 'unknown'
  const needsInitramfs = diskDrivers.some((name) => driver(name) === 'module')
  return {
    version,
    file,
    machine: content ? machineOf(await bytesAt(content, 0, headBytes)) : null,
    driver,
    initramfs: version && needsInitramfs ? await initramfsOf(root, files, version) : 'unknown',
  }
}

function versionOf(path: string): string {
  return /^lib\/modules\/([^/]+)\//.exec(path)?.[1] ?? path.replace(/^boot\/(vmlinuz|Image)-/, '')
}

/** `6.10.0` comes after `6.9.1`; rescue systems come first. */
function byVersion(left: string, right: string): number {
  const isRescue = (version: string) => version.includes('rescue')
  if (isRescue(left) !== isRescue(right)) return isRescue(left) ? -1 : 1
  return left.localeCompare(right, 'en', { numeric: true })
}

/** The kernel's lists of its modules tell; without them, its configuration. */
function stateOf(files: GuestFiles, version: string, name: DriverName): DriverState {
  const folder = `lib/modules/${version}`
  const builtIn = files.text(`${folder}/modules.builtin`)
  const available = files.text(`${folder}/modules.dep`)
  if (builtIn !== null && hasDriver(builtIn.split('\n'), name)) return 'built-in'
  const dependent = (available ?? '').split('\n').map((line) => line.split(':')[0] ?? '')
  const loose = files.paths(`${folder}/kernel/*/*/*`).concat(files.paths(`${folder}/kernel/*/*/*/*`))
  if (hasDriver([...dependent, ...loose], name)) return 'module'
  const configuration = files.text(`boot/config-${version}`)
  const setting = configuration === null ? null : settingIn(configuration, settingOf[name])
  if (setting === 'y') return 'built-in'
  if (setting === 'm' && available === null) return 'module'
  return setting !== null || available !== null ? 'absent' : 'unknown'
}

function hasDriver(paths: readonly string[], name: DriverName): boolean {
  return paths.some((path) => driverName(path.trim()) === name)
}

/** `n` where the setting is named and off, or not named at all in a configuration that is one. */
function settingIn(configuration: string, names: readonly string[]): 'y' | 'm' | 'n' | null {
  if (!configuration.includes('CONFIG_')) return null
  const values = names.map((name) => new RegExp(`^${name}=([ym])$`, 'm').exec(configuration)?.[1])
  return (values.find(Boolean) as 'y' | 'm' | undefined) ?? 'n'
}

async function initramfsOf(root: GuestVolume, files: GuestFiles, version: string): Promise<Kernel['initramfs']> {
  const names = [`initrd.img-${version}`, `initramfs-${version}.img`, `initrd-${version}`, `initramfs-${version}`]
  const path = names.map((name) => `boot/${name}`).find((one) => files.isThere(one))
  const content = path ? await root.content(path) : null
  if (!content) return path ? 'unknown' : 'absent'
  return (await driversInInitramfs(content, diskDrivers)) ?? 'unknown'
}
