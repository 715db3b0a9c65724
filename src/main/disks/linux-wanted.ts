import type { Wanted } from './guest/files'

const settingBytes = 256 * 1024
const tableBytes = 8 * 1024 * 1024

/** Program of the Azure Linux agent, and that of cloud-init. */
export const agentPrograms = ['usr/sbin/waagent', 'usr/bin/waagent', 'usr/local/sbin/waagent']
export const cloudInitPrograms = ['usr/bin/cloud-init', 'usr/local/bin/cloud-init']
/** Debian and Ubuntu name the agent's unit with a product name, the others with the program's. */
export const agentUnits = ['walinuxagent.service', 'waagent.service']
export const histories = ['.bash_history', '.zsh_history', '.history']
export const swapFiles = ['swapfile', 'swap.img', 'swap', 'var/swap', 'var/swapfile', 'mnt/swapfile']

/** All that the checks of a Linux system look at. */
export const linuxWanted: Wanted = {
  read: [
    ...[
      'etc/fstab',
      'etc/hostname',
      'etc/machine-id',
      'etc/passwd',
      'etc/shadow',
      'etc/waagent.conf',
      'etc/cloud/cloud.cfg',
      'etc/cloud/cloud.cfg.d/*.cfg',
      'etc/ssh/sshd_config',
      'etc/ssh/sshd_config.d/*.conf',
      'root/.ssh/authorized_keys',
      'home/*/.ssh/authorized_keys',
      'etc/modprobe.d/*.conf',
      'usr/lib/modprobe.d/*.conf',
      'etc/default/grub',
      'etc/kernel/cmdline',
      'boot/grub/grub.cfg',
      'boot/grub2/grub.cfg',
      'boot/grub/grubenv',
      'boot/grub2/grubenv',
      'boot/loader/entries/*.conf',
      'boot/config-*',
    ].map((path) => ({ path, limitBytes: settingBytes })),
    ...['lib/modules/*/modules.builtin', 'lib/modules/*/modules.dep'].map((path) => ({ path, limitBytes: tableBytes })),
  ],
  list: [
    ...agentPrograms,
    ...cloudInitPrograms,
    ...['etc/systemd/system', 'usr/lib/systemd/system', 'lib/systemd/system'].flatMap((folder) =>
      [...agentUnits, 'cloud-init.service'].flatMap((unit) => [`${folder}/${unit}`, `${folder}/*.wants/${unit}`]),
    ),
    'etc/cloud/cloud-init.disabled',
    'boot/*',
    'lib/modules/*',
    'lib/modules/*/vmlinuz',
    ...['drivers/hv', 'drivers/net/hyperv', 'drivers/scsi', 'fs/udf', 'fs/fat'].map(
      (folder) => `lib/modules/*/kernel/${folder}/*`,
    ),
    'var/lib/waagent/*',
    'var/lib/cloud/instance',
    'var/lib/cloud/data/instance-id',
    'etc/ssh/ssh_host_*_key',
    'var/lib/dhcp/*.leases',
    'var/lib/dhclient/*',
    'var/lib/NetworkManager/*.lease',
    ...histories.flatMap((name) => [`root/${name}`, `home/*/${name}`]),
    ...swapFiles,
  ],
}
