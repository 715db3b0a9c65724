import { clean } from './findings'
import type { GuestFiles, GuestVolume } from './guest/files'
import { mounted } from './guest/mounted'
import { openVolume } from './guest/volumes'
import { linuxWanted } from './linux-wanted'
import { kernelOf, type Kernel } from './kernel'
import type { FoundVolume } from './volumes'

/** A Linux system on a disk, as its checks see it. */
export type LinuxSystem = {
  files: GuestFiles
  release: Release
  kernel: Kernel
  /** All volumes of the disk. */
  volumes: readonly FoundVolume[]
}

/** What os-release says. `like`: names of distributions that it is made from, its own first. */
export type Release = { id: string | null; versionId: string | null; name: string; like: string[] }

const maxVolumes = 8

/** The first volume with a Linux system on it, with its /boot where that is another volume; damaged tables inside lead to none. */
export async function findLinux(volumes: readonly FoundVolume[]): Promise<LinuxSystem | null> {
  const opened: { volume: FoundVolume; root: GuestVolume }[] = []
  for (const volume of volumes.slice(0, 64)) {
    if (opened.length >= maxVolumes || volume.volume === 'ntfs') continue
    const root = await openVolume(volume.bytes, volume.volume)
    if (root) opened.push({ volume, root })
  }
  for (const { root } of opened) {
    const release = await releaseOf(root)
    if (!release) continue
    const others = opened.map((one) => one.root).filter((one) => one !== root)
    const whole = await withBoot(root, others)
    const files = await whole.files(linuxWanted)
    if (files) return { files, release, kernel: await kernelOf(whole, files), volumes }
  }
  return null
}

async function releaseOf(root: GuestVolume): Promise<Release | null> {
  const paths = ['usr/lib/os-release', 'etc/os-release']
  const files = await root.files({ read: paths.map((path) => ({ path, limitBytes: 64 * 1024 })), list: [] })
  const text = files?.text(paths[0]!) ?? files?.text(paths[1]!)
  if (text === null || text === undefined) return null
  const value = (key: string) => valueOf(text, key)
  const id = value('ID')
  const like = [id ?? '', ...(value('ID_LIKE') ?? '').split(/\s+/)].filter(Boolean)
  return { id, versionId: value('VERSION_ID'), name: value('PRETTY_NAME') ?? id ?? 'Linux', like }
}

/** The value of a line of os-release, which is written like a shell assignment. */
function valueOf(release: string, key: string): string | null {
  const line = release.split('\n').find((one) => one.startsWith(`${key}=`))
  const value = line
    ?.slice(key.length + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
  return value ? clean(value) : null
}

/** Kernels lie at the top of a volume that is mounted at /boot. */
async function withBoot(root: GuestVolume, others: readonly GuestVolume[]): Promise<GuestVolume> {
  const own = await root.files({ read: [], list: ['boot/vmlinuz*', 'boot/Image*', 'boot/grub*/grub.cfg'] })
  if (!own || own.list('boot').length > 0) return root
  for (const other of others) {
    const list = ['vmlinuz*', 'Image*', 'grub*/grub.cfg', 'loader/entries/*']
    const files = await other.files({ read: [], list })
    if (list.some((pattern) => (files?.paths(pattern).length ?? 0) > 0)) return mounted(root, 'boot', other)
  }
  return root
}
