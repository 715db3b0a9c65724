import { execFile } from 'node:child_process'
import { mkdir, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { fatVolume, fixedVhd, mebibyte, place, sparseFile, writeTree } from './disks'
import { initramfs } from './initramfs'
import { makeLvm, placeInExtent } from './lvm'
import { program } from './windows-disks'
import { makeXfs } from './xfs'

const run = promisify(execFile)
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
const kernel = '5.14.0-503.11.1.el9_5.x86_64'
const bootId = '7f2f1a3e-0b8d-4a5e-9a49-3a4f7c1f0b11'
/** Of 4 MiB. */
const rootExtents = 10
export const physicalVolumeAtMiB = 1 + 16 + 32

/** As the installer of Enterprise Linux 9 lays a disk: GPT, EFI partition, /boot with XFS, the rest LVM with the root on XFS. */
export async function rhelDisk(
  folder: string,
  name: string,
  options: { files?: Record<string, string>; segmentType?: string } = {},
): Promise<string> {
  const work = path.join(folder, `${name}.work`)
  await mkdir(work)
  const boot = await bootVolume(work)
  const root = await rootVolume(work, options.files ?? {})
  const segment = { firstExtent: [0], extents: rootExtents, ...(options.segmentType && { type: options.segmentType }) }
  const lvm = await makeLvm(path.join(work, 'lvm'), rootExtents + 1, [{ name: 'root', segments: [segment] }])
  await placeInExtent(root, lvm, 0)
  const loaders = { 'EFI/BOOT/BOOTX64.EFI': program(), 'EFI/redhat/shimx64.efi': program() }
  const esp = await fatVolume(work, loaders, { bits: 16, sizeMiB: 16 })
  const raw = await sparseFile(path.join(work, 'raw'), (physicalVolumeAtMiB + 1 + (rootExtents + 1) * 4 + 1) * mebibyte)
  const parts = ['1:2048:+16M', '2:0:+32M', '3:0:0'].flatMap((part) => ['-n', part])
  await run('sgdisk', [...parts, '-t', '1:ef00', '-t', '2:8300', '-t', '3:8e00', raw], { env: environment })
  await place(esp, raw, 1)
  await place(boot, raw, 1 + 16)
  await place(lvm, raw, physicalVolumeAtMiB)
  const file = await fixedVhd(raw, path.join(folder, `${name}.vhd`))
  await rm(work, { recursive: true })
  return file
}

async function bootVolume(work: string): Promise<string> {
  const tree = path.join(work, 'boot')
  const drivers = ['drivers/hv/hv_vmbus', 'drivers/scsi/hv_storvsc', 'drivers/net/hyperv/hv_netvsc', 'fs/xfs/xfs']
  const modules = drivers.map((driver) => [`usr/lib/modules/${kernel}/kernel/${driver}.ko.xz`, 'module'])
  await writeTree(tree, {
    [`vmlinuz-${kernel}`]: program(),
    [`initramfs-${kernel}.img`]: await initramfs(work, Object.fromEntries(modules) as Record<string, string>),
    [`config-${kernel}`]: 'CONFIG_HYPERV=m\nCONFIG_HYPERV_STORAGE=m\nCONFIG_HYPERV_NET=m\n',
    'grub2/grub.cfg': 'blscfg\n',
    [`loader/entries/abc-${kernel}.conf`]: `title Red Hat Enterprise Linux\nlinux /vmlinuz-${kernel}\noptions root=/dev/mapper/rhel-root ro console=ttyS0 rd.lvm.lv=rhel/root\n`,
  })
  return makeXfs(tree, path.join(work, 'boot.xfs'), 32, ['-m', `uuid=${bootId}`])
}

async function rootVolume(work: string, files: Record<string, string>): Promise<string> {
  const tree = path.join(work, 'root')
  const modules = `usr/lib/modules/${kernel}`
  await writeTree(tree, {
    'usr/lib/os-release':
      'NAME="Red Hat Enterprise Linux"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.5"\nPRETTY_NAME="Red Hat Enterprise Linux 9.5 (Plow)"\n',
    'etc/fstab': `/dev/mapper/rhel-root / xfs defaults 0 0\nUUID=${bootId} /boot xfs defaults 0 0\n`,
    'etc/hostname': 'localhost\n',
    'etc/machine-id': '',
    'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
    'etc/shadow': 'root:!!:19000:0:99999:7:::\n',
    'etc/ssh/sshd_config': 'PermitRootLogin no\n',
    'etc/waagent.conf': 'Provisioning.Agent=auto\nResourceDisk.Format=n\nResourceDisk.MountPoint=/mnt/resource\n',
    'usr/sbin/waagent': '#!/usr/bin/python3\n',
    'usr/bin/cloud-init': '#!/usr/bin/python3\n',
    'usr/lib/systemd/system/waagent.service': '[Unit]\n',
    'etc/systemd/system/multi-user.target.wants/waagent.service': '[Unit]\n',
    'etc/cloud/cloud.cfg': 'users:\n - default\n',
    'boot/.keep': '',
    [`${modules}/modules.builtin`]: 'kernel/fs/fat/vfat.ko\nkernel/fs/udf/udf.ko\n',
    [`${modules}/modules.dep`]:
      'kernel/drivers/hv/hv_vmbus.ko.xz:\nkernel/drivers/scsi/hv_storvsc.ko.xz:\nkernel/drivers/net/hyperv/hv_netvsc.ko.xz:\n',
    ...files,
  })
  await symlink('usr/lib', path.join(tree, 'lib'))
  await symlink('../usr/lib/os-release', path.join(tree, 'etc/os-release'))
  return makeXfs(tree, path.join(work, 'root.xfs'), rootExtents * 4)
}
