import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import {
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' }
export const mebibyte = 1024 * 1024
/** Change it when the recipe below changes: the images are kept between test runs. */
const recipeVersion = 5

export type SystemDiskOptions = {
  /** V1: MBR with an active partition and boot code. V2: GPT with an EFI system partition. */
  generation?: 'V1' | 'V2'
  sizeMiB?: number
  /** Real files copied from this computer, MiB. */
  systemMiB?: number
  /** Text of usr/lib/os-release. */
  osRelease?: string
  /** Has waagent and cloud-init. Default true. */
  hasAgent?: boolean
  /** Default true; otherwise it carries what a machine that was never generalized carries. */
  isGeneralized?: boolean
  /** Further files of the system tree: path to text. */
  files?: Record<string, string>
}

export const debianRelease = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
`

/**
 * A fixed VHD with a partitioned system disk, made by sfdisk, mkfs.ext4 and qemu-img; the EFI partition by qemu's own
 * FAT driver. Built once and shared by all tests: copy it before changing it.
 */
export async function systemDisk(options: SystemDiskOptions = {}): Promise<string> {
  return builtOnce([recipeVersion, options], '.vhd', async (file, work) => {
    await fixedVhd(await rawSystemDisk(work, options), file)
  })
}

/**
 * A file that is built once for all tests and kept between their runs: copy it before changing it. `recipe` is everything
 * that its content depends on; `work` is a folder of its own that is removed afterwards.
 */
export async function builtOnce(
  recipe: unknown,
  extension: string,
  build: (file: string, work: string) => Promise<void>,
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16)
  const folder = path.join(os.tmpdir(), 'batch-image-studio-disks')
  const file = path.join(folder, `${key}${extension}`)
  await mkdir(folder, { recursive: true })
  await locked(path.join(folder, `${key}.lock`), async () => {
    if (await exists(file)) return
    const work = await mkdtemp(path.join(folder, 'work-'))
    await build(path.join(work, `built${extension}`), work)
    await rename(path.join(work, `built${extension}`), file)
    await rm(work, { recursive: true })
  })
  return file
}

/** The same disk without a container around it, in a file of the given folder. */
async function rawSystemDisk(folder: string, options: SystemDiskOptions = {}): Promise<string> {
  const { generation = 'V1', sizeMiB = 1024 } = options
  const espMiB = generation === 'V2' ? 34 : 0
  const tree = path.join(folder, 'tree')
  await makeTree(tree, options)
  const root = path.join(folder, 'root.ext4')
  await sparseFile(root, (sizeMiB - espMiB - 2) * mebibyte)
  await run('mkfs.ext4', ['-q', '-F', '-L', 'root', '-d', tree, root], { env: environment })
  const raw = path.join(folder, 'disk.raw')
  await sparseFile(raw, sizeMiB * mebibyte)
  if (generation === 'V1') {
    await partition(raw, `label: dos\nstart=2048, size=${(sizeMiB - 2) * 2048}, type=83, bootable\n`)
    await patch(raw, 0, bootCode)
  } else {
    const esp = `start=2048, size=${espMiB * 2048}, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B`
    const rest = `start=${(1 + espMiB) * 2048}, size=${(sizeMiB - espMiB - 2) * 2048}, type=linux`
    await partition(raw, `label: gpt\n${esp}\n${rest}\n`)
    await place(await espFile(folder, { 'EFI/BOOT/BOOTX64.EFI': 'MZ loader' }), raw, 1)
  }
  await place(root, raw, 1 + espMiB)
  return raw
}

/** A FAT file system with the given files, as qemu's vvfat makes it; `bits` 12 takes 31 MiB, 16 takes 504. */
export async function espFile(folder: string, files: Record<string, string>, bits: 12 | 16 = 12): Promise<string> {
  const tree = await mkdtemp(path.join(folder, 'esp-'))
  await writeTree(tree, files)
  const whole = `${tree}.disk`
  await run('qemu-img', ['convert', '-f', 'vvfat', '-O', 'raw', `fat:${bits}:${tree}`, whole], { env: environment })
  // vvfat puts a partition table before the file system, which starts at sector 63.
  const partitionFile = `${tree}.fat`
  await run('dd', [`if=${whole}`, `of=${partitionFile}`, 'bs=512', 'skip=63', 'conv=sparse', 'status=none'])
  return partitionFile
}

/** A FAT file system of the given size, made by mkfs.vfat and filled by mtools. */
export async function fatVolume(
  folder: string,
  files: TreeFiles,
  options: { bits: 12 | 16 | 32; sizeMiB: number },
): Promise<string> {
  const tree = await mkdtemp(path.join(folder, 'fat-'))
  await writeTree(tree, files)
  const volume = await sparseFile(`${tree}.fat`, options.sizeMiB * mebibyte)
  await run('mkfs.vfat', ['-F', String(options.bits), volume], { env: environment })
  const tops = (await readdir(tree)).map((name) => path.join(tree, name))
  await run('mcopy', ['-s', '-i', volume, ...tops, '::'], { env: environment })
  return volume
}

/** Converts a raw disk into a fixed VHD of exactly its size, as Azure's documentation tells people to. */
export async function fixedVhd(raw: string, file: string): Promise<string> {
  const options = ['convert', '-f', 'raw', '-O', 'vpc', '-o', 'subformat=fixed,force_size', raw, file]
  await run('qemu-img', options, { env: environment })
  return file
}

/** `qemu-img ARGUMENTS`, its output. */
export async function qemuImage(...given: string[]): Promise<string> {
  return (await run('qemu-img', given, { env: environment })).stdout
}

/** Writes into an image as a machine would, by the commands of qemu-io. */
export async function qemuIo(file: string, ...commands: string[]): Promise<void> {
  await run('qemu-io', [...commands.flatMap((command) => ['-c', command]), file], { env: environment })
}

export async function partition(raw: string, script: string): Promise<void> {
  const child = run('sfdisk', ['--quiet', '--no-reread', raw], { env: environment })
  child.child.stdin?.end(script)
  await child
}

/** Writes bytes into an existing file. A negative offset counts from the end. */
export async function patch(file: string, offset: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'r+')
  const { size } = await handle.stat()
  await handle.write(bytes, 0, bytes.length, offset < 0 ? size + offset : offset)
  await handle.close()
}

/** Puts a file system into a disk, holes left as holes. */
export async function place(source: string, raw: string, atMiB: number): Promise<void> {
  await run('dd', [`if=${source}`, `of=${raw}`, 'bs=1M', `seek=${atMiB}`, 'conv=notrunc,sparse', 'status=none'])
}

export async function sparseFile(file: string, sizeBytes: number): Promise<string> {
  const handle = await open(file, 'w')
  await handle.truncate(sizeBytes)
  await handle.close()
  return file
}

/** A copy that may be changed; the footer is altered or cut with `patch` and `truncate`. */
export async function copyOf(file: string, folder: string, name = 'disk.vhd'): Promise<string> {
  const copy = path.join(folder, name)
  await run('cp', ['--sparse=always', file, copy]).catch(() => copyFile(file, copy))
  return copy
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file, { highWaterMark: mebibyte })) hash.update(part as Buffer)
  return hash.digest('hex')
}

/** Enough of a boot sector's code to be told from an empty one: the jump that GRUB's starts with. */
export const bootCode = Buffer.from([0xeb, 0x63, 0x90, 0xfa, 0x31, 0xc0, 0x8e, 0xd8])

async function makeTree(tree: string, options: SystemDiskOptions): Promise<void> {
  const { osRelease = debianRelease, hasAgent = true, isGeneralized = true, systemMiB = 40, files = {} } = options
  await writeTree(tree, {
    'usr/lib/os-release': osRelease,
    'etc/hostname': 'localhost\n',
    'etc/fstab': 'UUID=0a3407de-014b-458b-b5c1-848e92a327a3 / ext4 errors=remount-ro 0 1\n',
    'etc/machine-id': '',
    'boot/vmlinuz-6.1.0-cloud-amd64': 'kernel',
    ...(hasAgent && {
      'usr/sbin/waagent': '#!/usr/bin/python3\n',
      'etc/waagent.conf': 'Provisioning.Agent=auto\nResourceDisk.Format=n\nResourceDisk.MountPoint=/mnt/resource\n',
      'usr/bin/cloud-init': '#!/usr/bin/python3\n',
    }),
    ...(!isGeneralized && {
      'var/lib/waagent/provisioned': 'b1a7c1d2-0000-4000-8000-000000000000',
      'var/lib/cloud/data/instance-id': 'b1a7c1d2-0000-4000-8000-000000000000\n',
      'etc/ssh/ssh_host_ed25519_key': 'key\n',
    }),
    ...files,
  })
  await symlink('../usr/lib/os-release', path.join(tree, 'etc/os-release'))
  await copySystem('/usr/lib', path.join(tree, 'usr/lib/system'), systemMiB * mebibyte)
}

/** Files by path; `link` is a symbolic link. */
export type TreeFiles = Record<string, string | Uint8Array | { link: string }>

export async function writeTree(tree: string, files: TreeFiles): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(tree, name)
    await mkdir(path.dirname(file), { recursive: true })
    if (typeof content === 'object' && 'link' in content) await symlink(content.link, file)
    else await writeFile(file, content)
  }
}

/** Copies real files until there are enough bytes of them. */
async function copySystem(from: string, to: string, limitBytes: number): Promise<void> {
  let left = limitBytes
  const folders = [from]
  for (let folder = folders.shift(); folder && left > 0; folder = folders.shift()) {
    await mkdir(path.join(to, path.relative(from, folder)), { recursive: true })
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name)
      if (entry.isDirectory()) folders.push(full)
      const { size } = entry.isFile() ? await stat(full) : { size: Infinity }
      if (size > 2 * mebibyte || size > left) continue
      left -= size
      await copyFile(full, path.join(to, path.relative(from, full)))
    }
  }
}

/** One builder at a time over all test processes; a lock whose owner is gone is taken over. */
async function locked(file: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      break
    } catch {
      const owner = Number(await readFile(file, 'utf8').catch(() => '0'))
      if (owner > 0 && !isAlive(owner)) await unlink(file).catch(() => undefined)
      await wait(100)
    }
  }
  try {
    await work()
  } finally {
    await unlink(file)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

/** Text that neither repeats nor compresses; the same every time, so that the disk is built once. */
export function noise(sizeMiB: number): string {
  let seed = 1
  const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0)
  const words = new Uint32Array((sizeMiB * mebibyte) / 8)
  for (let at = 0; at < words.length; at++) words[at] = next()
  return Buffer.from(words.buffer).toString('hex')
}
