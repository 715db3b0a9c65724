import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import {
  bootCode,
  copyOf,
  debianRelease,
  fatVolume,
  mebibyte,
  partition,
  patch,
  place,
  sparseFile,
  writeTree,
  type TreeFiles,
} from './disks'
import { initramfs } from './initramfs'

const run = promisify(execFile)
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' }
/** Change it when the recipe below changes: the disks are kept between test runs. */
const recipeVersion = 2
const shared = path.join(os.tmpdir(), 'batch-image-studio-linux')

export type LinuxDiskOptions = {
  /** Files that are other than in the good system; null takes one away. */
  files?: Record<string, TreeFiles[string] | null>
  /** Names of drivers that the kernel has as modules, and that its initramfs has. */
  modules?: string[]
  inInitramfs?: string[] | null
  builtIn?: string[]
  /** Files of the EFI system partition; null: the disk has none and boots by its first sector. */
  esp?: TreeFiles | null
  hasBootCode?: boolean
  /** /boot is a partition of its own. */
  hasBootPartition?: boolean
  swapPartition?: boolean
}

const version = '6.1.0-18-amd64'
const folders: Record<string, string> = {
  hv_vmbus: 'drivers/hv',
  hv_storvsc: 'drivers/scsi',
  hv_netvsc: 'drivers/net/hyperv',
  udf: 'fs/udf',
  vfat: 'fs/fat',
}

/** A raw disk with a Linux that has nothing to find fault with, but for what the options change. Built once, not to be changed. */
export function linuxDisk(options: LinuxDiskOptions = {}): Promise<string> {
  return made('disk', options, (work) => build(work, options))
}

async function made(kind: string, recipe: object, make: (work: string) => Promise<string>): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([recipeVersion, recipe]))
    .digest('hex')
    .slice(0, 16)
  const file = path.join(shared, `${kind}-${key}.raw`)
  if (await stat(file).catch(() => null)) return file
  await mkdir(shared, { recursive: true })
  const work = await mkdtemp(path.join(shared, 'work-'))
  await rename(await make(work), file)
  await rm(work, { recursive: true })
  return file
}

/** Where the file systems begin, MiB; what is not there leaves a gap. */
const places = { esp: 2, boot: 6, root: 10, swap: 22 }
const sizes = { esp: 4, boot: 4, root: 12, swap: 1 }

async function build(work: string, options: LinuxDiskOptions): Promise<string> {
  const layout = layoutOf(options)
  const disk = await copyOf(await made('layout', layout, (folder) => emptyDisk(folder, layout)), work, 'disk.raw')
  const entries = Object.entries(await systemFiles(work, options))
  const isInBoot = (name: string) => options.hasBootPartition === true && name.startsWith('boot/')
  const outside = entries.filter(([name]) => !isInBoot(name))
  const inside = entries.filter(([name]) => isInBoot(name)).map(([name, content]) => [name.slice(5), content] as const)
  await makeExt(work, disk, 'root', Object.fromEntries(outside))
  if (inside.length > 0) await makeExt(work, disk, 'boot', Object.fromEntries(inside))
  return disk
}

type Layout = Pick<LinuxDiskOptions, 'esp' | 'hasBootCode' | 'hasBootPartition' | 'swapPartition'>

function layoutOf({ esp = { 'EFI/BOOT/BOOTX64.EFI': 'MZ' }, ...options }: LinuxDiskOptions): Layout {
  const { hasBootCode = false, hasBootPartition = false, swapPartition = false } = options
  return { esp, hasBootCode, hasBootPartition, swapPartition }
}

/** A disk with all but its Linux file systems. */
async function emptyDisk(work: string, { esp, ...options }: Layout): Promise<string> {
  const disk = await sparseFile(path.join(work, 'disk.raw'), 32 * mebibyte)
  const line = (name: keyof typeof places, type: string) =>
    `start=${places[name]}MiB, size=${sizes[name]}MiB, type=${type}\n`
  const table = [
    'label: gpt\n',
    options.hasBootCode ? 'start=1MiB, size=1MiB, type=21686148-6449-6E6F-744E-656564454649\n' : '',
    esp ? line('esp', 'uefi') : '',
    options.hasBootPartition ? line('boot', 'linux') : '',
    line('root', 'linux'),
    options.swapPartition ? line('swap', 'swap') : '',
  ]
  await partition(disk, table.join(''))
  if (options.hasBootCode) await patch(disk, 0, bootCode)
  if (esp) await place(await fatVolume(work, esp, { bits: 12, sizeMiB: sizes.esp }), disk, places.esp)
  if (options.swapPartition) {
    const swap = await sparseFile(path.join(work, 'swap'), sizes.swap * mebibyte)
    await run('mkswap', [swap], { env: environment })
    await place(swap, disk, places.swap)
  }
  return disk
}

async function makeExt(work: string, disk: string, name: 'root' | 'boot', files: TreeFiles): Promise<void> {
  const tree = await mkdtemp(path.join(work, 'tree-'))
  await writeTree(tree, files)
  const where = [`offset=${places[name] * mebibyte}`]
  await run('mkfs.ext4', ['-q', '-F', '-d', tree, '-E', where.join(','), disk, `${sizes[name]}M`], { env: environment })
}

const kept = new Map<string, Promise<Buffer>>()

/** The same for many disks: packed once by each test process. */
function packedOnce(work: string, files: TreeFiles): Promise<Buffer> {
  const key = JSON.stringify(files)
  const packed = kept.get(key) ?? initramfs(work, files, { packer: 'none' })
  kept.set(key, packed)
  return packed
}

async function systemFiles(work: string, options: LinuxDiskOptions): Promise<TreeFiles> {
  const { modules = Object.keys(folders), builtIn = [], inInitramfs = ['hv_vmbus', 'hv_storvsc'] } = options
  const pathOf = (name: string) => `kernel/${folders[name]}/${name}.ko`
  const library = `usr/lib/modules/${version}`
  const drivers = Object.fromEntries((inInitramfs ?? []).map((name) => [`${library}/${pathOf(name)}`, 'driver']))
  const packed = inInitramfs && (await packedOnce(work, { init: '#!/bin/sh\n', ...drivers }))
  const files: Record<string, TreeFiles[string] | null> = {
    ...goodSystem,
    [`${library}/modules.dep`]: modules.map((name) => `${pathOf(name)}:\n`).join(''),
    [`${library}/modules.builtin`]: builtIn.map((name) => `${pathOf(name)}\n`).join(''),
    [`boot/initrd.img-${version}`]: packed,
    ...options.files,
  }
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, content]) => (content === null ? [] : [[name, content]])),
  )
}

/** As a Debian 12 has it after waagent -deprovision+user, with the boot loader set as Azure asks for. */
const goodSystem: TreeFiles = {
  'usr/lib/os-release': debianRelease,
  'etc/os-release': { link: '../usr/lib/os-release' },
  lib: { link: 'usr/lib' },
  'etc/fstab': '# / was on /dev/sda1\nUUID=0a3407de-014b-458b-b5c1-848e92a327a3 / ext4 errors=remount-ro 0 1\n',
  'etc/hostname': 'localhost.localdomain\n',
  'etc/machine-id': 'uninitialized\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/shadow': 'root:*:19700:0:99999:7:::\nnobody:*:19700:0:99999:7:::\n',
  'etc/ssh/sshd_config': '#PermitRootLogin prohibit-password\nPasswordAuthentication no\n',
  'usr/sbin/waagent': '#!/usr/bin/python3\n',
  'etc/waagent.conf': 'Provisioning.Agent=auto\nResourceDisk.Format=n\nResourceDisk.MountPoint=/mnt/resource\n',
  'usr/lib/systemd/system/walinuxagent.service': '[Service]\n',
  'etc/systemd/system/multi-user.target.wants/walinuxagent.service': {
    link: '/lib/systemd/system/walinuxagent.service',
  },
  'var/lib/waagent/WALinuxAgent-2.9.1.1/manifest.xml': '<a/>',
  'usr/bin/cloud-init': '#!/usr/bin/python3\n',
  'etc/cloud/cloud.cfg': '# datasource_list: [ NoCloud ]\nusers: [ default ]\n',
  'etc/cloud/cloud.cfg.d/90_dpkg.cfg': 'datasource_list: [ NoCloud, Azure, None ]\n',
  'etc/default/grub': 'GRUB_CMDLINE_LINUX="console=ttyS0"\n',
  'boot/grub/grub.cfg': `menuentry 'Debian' {\n  linux /boot/vmlinuz-${version} root=UUID=1 ro console=tty1 console=ttyS0,115200n8\n}\n`,
  'etc/modprobe.d/other.conf': 'blacklist pcspkr\n# blacklist udf\n',
  [`boot/vmlinuz-${version}`]: 'kernel',
}
