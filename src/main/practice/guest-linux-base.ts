import type { BaseFile } from './guest-disk'
import type { Distribution } from './guest-distributions'
import { hiddenPrefix } from './guest-script-parts'
import { basePackages, packageFiles, packageListOf, programText } from './guest-packages'

/** Programs that every system has; the rest comes with packages. */
const builtIn =
  'alias awk base64 basename bash cat chgrp chmod chown clear cloud-init column comm cp cut date df diff dirname du echo egrep env ' +
  'expand expr false fgrep file find fold free grep groups gunzip gzip head help history hostname hostnamectl id ip join journalctl ' +
  'last ln ls lsb_release lsblk md5sum mkdir mktemp mv nano nl nproc od passwd paste printenv printf ps pwd readlink realpath rev rm rmdir ' +
  'sed seq sh sha1sum sha256sum sleep sort split stat strings stty sudo su sync tac tail tar tee test time timeout top touch tr tree true ' +
  'truncate unexpand uniq uname uptime vi vim wc which who whoami xargs yes zcat fallocate dd curl wget install ssh-keygen ' +
  'getent pgrep pkill kill loginctl timedatectl localectl update-alternatives nohup less more [ ' +
  'python3 perl openssl crontab lspci'
const forRoot =
  'waagent systemctl reboot shutdown poweroff halt useradd userdel usermod groupadd adduser deluser sshd mount umount mkfs.ext4 ldconfig sysctl fdisk ' +
  'chpasswd modprobe logrotate fstrim swapoff swapon'

/** The files of a fresh Marketplace image, before its first boot. */
export function linuxBase(distribution: Distribution): BaseFile[] {
  return [
    ...folders.map(([path, mode]): BaseFile => ({ path, mode })),
    ...Object.entries(links).map(([path, link]): BaseFile => ({ path, link })),
    ...programFiles(distribution),
    ...systemFiles(distribution),
    ...agentFiles(distribution),
    ...cloudInitFiles(distribution),
    ...packageFiles(distribution, packageListOf(distribution, basePackages)),
  ]
}

const folders: [string, number][] = (
  '/boot /boot/efi /dev /etc /home /lost+found /media /mnt /opt /proc /root /run /srv /sys /tmp /usr /usr/bin /usr/sbin /usr/lib ' +
  '/usr/lib64 /usr/local /usr/local/bin /usr/local/sbin /usr/local/lib /usr/share /usr/share/doc /usr/include /usr/src /var /var/lib ' +
  '/var/log /var/cache /var/tmp /var/spool /var/spool/cron /var/backups /etc/ssh /etc/ssh/sshd_config.d /etc/sudoers.d /etc/cloud ' +
  '/etc/cloud/cloud.cfg.d /etc/systemd /etc/systemd/system /etc/systemd/system/multi-user.target.wants /etc/default /etc/profile.d ' +
  '/etc/skel /etc/cron.d /etc/netplan /etc/security /etc/sysctl.d /var/lib/waagent /var/lib/cloud /var/lib/dhcp /var/lib/systemd /var/log/azure /run/systemd ' +
  '/run/cloud-init /proc/sys /proc/self'
)
  .split(' ')
  .map((path) => [
    path,
    path === '/tmp' || path === '/var/tmp' ? 0o1777 : path === '/root' || path === '/var/lib/waagent' ? 0o700 : 0o755,
  ])

const links = {
  '/bin': 'usr/bin',
  '/sbin': 'usr/sbin',
  '/lib': 'usr/lib',
  '/lib64': 'usr/lib64',
  '/etc/resolv.conf': '../run/resolv.conf',
  '/etc/mtab': '../proc/self/mounts',
  '/var/run': '../run',
}

function programFiles({ tool }: Distribution): BaseFile[] {
  const packageTools =
    tool === 'apt' ? 'apt apt-get apt-cache apt-mark dpkg dpkg-query add-apt-repository' : 'dnf yum rpm microdnf'
  const names = `${builtIn} ${packageTools}`.split(' ')
  return [
    ...names.map((name) => ({ path: `/usr/bin/${name}`, text: programText, mode: name === 'sudo' ? 0o4755 : 0o755 })),
    ...forRoot
      .split(' ')
      .map((name) => ({ path: `/usr/sbin/${name}`, text: `#!/bin/sh\n${hiddenPrefix}${name} "$@"\n`, mode: 0o755 })),
  ]
}

function systemFiles(distribution: Distribution): BaseFile[] {
  const { id, kernel, prettyName } = distribution
  const nobody = distribution.tool === 'apt' ? 'nogroup' : 'nobody'
  return [
    { path: '/etc/os-release', link: '../usr/lib/os-release' },
    { path: '/usr/lib/os-release', text: osRelease(distribution) },
    ...(distribution.tool === 'apt'
      ? []
      : [{ path: '/etc/redhat-release', text: `${prettyName.replace(/ (\d)/, ' release $1')}\n` }]),
    ...(id === 'ubuntu' ? [{ path: '/etc/lsb-release', text: lsbRelease(distribution) }] : []),
    ...(distribution.tool === 'apt' ? [{ path: '/etc/debian_version', text: `${debianVersion(distribution)}\n` }] : []),
    { path: '/etc/issue', text: `${prettyName} \\n \\l\n\n` },
    { path: '/etc/hostname', text: 'localhost.localdomain\n' },
    { path: '/etc/hosts', text: '127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n' },
    { path: '/etc/machine-id', text: '' },
    { path: '/etc/passwd', text: passwd(distribution) },
    { path: '/etc/group', text: group(distribution, nobody) },
    {
      path: '/etc/shadow',
      text: 'root:*:20362:0:99999:7:::\ndaemon:*:20362:0:99999:7:::\nnobody:*:20362:0:99999:7:::\n',
      mode: 0o640,
    },
    { path: '/etc/sudoers', text: sudoers(distribution), mode: 0o440 },
    { path: '/etc/fstab', text: 'UUID=5b2c7a04-7d0e-4f27-9c1d-2f0a6f0d8d11 / ext4 discard,errors=remount-ro 0 1\n' },
    { path: '/etc/ssh/sshd_config', text: sshdConfig },
    { path: '/etc/profile', text: '# /etc/profile: system-wide .profile file\n' },
    { path: '/etc/environment', text: `PATH="${standardPath}"\n` },
    { path: '/etc/skel/.bashrc', text: '# ~/.bashrc: executed by bash(1) for non-login shells.\n' },
    { path: '/etc/skel/.profile', text: '# ~/.profile: executed by the command interpreter for login shells.\n' },
    { path: '/etc/skel/.bash_logout', text: '# ~/.bash_logout: executed by bash(1) when login shell exits.\n' },
    { path: '/root/.bashrc', text: '# ~/.bashrc: executed by bash(1) for non-login shells.\n' },
    { path: `/boot/vmlinuz-${kernel}`, text: 'practice kernel\n' },
    { path: '/proc/version', text: `Linux version ${kernel} (buildd@practice) #1 SMP PREEMPT_DYNAMIC\n`, mode: 0o444 },
    {
      path: '/proc/self/mounts',
      text: '/dev/root / ext4 rw,relatime,discard 0 0\n/dev/sdb1 /mnt ext4 rw,relatime 0 0\n',
      mode: 0o444,
    },
    { path: '/proc/mounts', link: 'self/mounts' },
    { path: '/var/log/syslog', text: '', mode: 0o640 },
    { path: '/var/log/auth.log', text: '', mode: 0o640 },
  ]
}

function agentFiles({ agentVersion, id }: Distribution): BaseFile[] {
  const unit = agentUnit(id)
  const text = `[Unit]\nDescription=Azure Linux Agent\nAfter=network-online.target\n\n[Service]\nExecStart=/usr/bin/python3 -u /usr/sbin/waagent -daemon\n`
  return [
    { path: '/etc/waagent.conf', text: agentConfig },
    { path: `/usr/lib/systemd`, mode: 0o755 },
    { path: `/usr/lib/systemd/system`, mode: 0o755 },
    { path: `/usr/lib/systemd/system/${unit}.service`, text },
    { path: `/usr/lib/systemd/system/cloud-init.service`, text: '[Unit]\nDescription=Cloud-init: Network Stage\n' },
    { path: `/usr/share/waagent-version`, text: `${agentVersion}\n` },
  ]
}

function cloudInitFiles({ id }: Distribution): BaseFile[] {
  return [
    {
      path: '/etc/cloud/cloud.cfg',
      text: `users:\n   - default\ndisable_root: true\ndatasource_list: [ Azure ]\nsystem_info:\n   distro: ${id}\n`,
    },
    { path: '/etc/cloud/cloud.cfg.d/90_dpkg.cfg', text: 'datasource_list: [ Azure ]\n' },
  ]
}

/** Name of the agent's unit: walinuxagent on Debian's family, waagent elsewhere. */
export function agentUnit(id: string): string {
  return id === 'ubuntu' || id === 'debian' ? 'walinuxagent' : 'waagent'
}

export const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

function osRelease({ name, versionId, version, codename, prettyName, id, idLike }: Distribution): string {
  const lines = [
    `PRETTY_NAME="${prettyName}"`,
    `NAME="${name}"`,
    `VERSION_ID="${versionId}"`,
    `VERSION="${version}"`,
    ...(codename && !codename.includes(' ') ? [`VERSION_CODENAME=${codename}`] : []),
    `ID=${/^(ubuntu|debian)$/.test(id) ? id : `"${id}"`}`,
    ...(idLike ? [`ID_LIKE=${idLike.includes(' ') ? `"${idLike}"` : idLike}`] : []),
    ...(id === 'ubuntu' ? [`UBUNTU_CODENAME=${codename}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

function lsbRelease({ versionId, codename, prettyName }: Distribution): string {
  return `DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=${versionId}\nDISTRIB_CODENAME=${codename}\nDISTRIB_DESCRIPTION="${prettyName}"\n`
}

function debianVersion({ id, versionId }: Distribution): string {
  if (id === 'debian') return versionId === '12' ? '12.12' : '11.11'
  return versionId === '24.04' ? 'trixie/sid' : 'bookworm/sid'
}

function passwd({ tool }: Distribution): string {
  const lines = [
    'root:x:0:0:root:/root:/bin/bash',
    'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
    'bin:x:2:2:bin:/bin:/usr/sbin/nologin',
    'sys:x:3:3:sys:/dev:/usr/sbin/nologin',
    'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    'systemd-network:x:998:998:systemd Network Management:/:/usr/sbin/nologin',
    'sshd:x:106:65534::/run/sshd:/usr/sbin/nologin',
    tool === 'apt'
      ? 'syslog:x:104:111::/nonexistent:/usr/sbin/nologin'
      : 'chrony:x:997:995::/var/lib/chrony:/sbin/nologin',
  ]
  return `${lines.join('\n')}\n`
}

function group({ adminGroup }: Distribution, nobody: string): string {
  const lines = [
    'root:x:0:',
    'daemon:x:1:',
    'sys:x:3:',
    'adm:x:4:',
    `${adminGroup}:x:27:`,
    'www-data:x:33:',
    'plugdev:x:46:',
    'users:x:100:',
    `${nobody}:x:65534:`,
  ]
  return `${lines.join('\n')}\n`
}

function sudoers({ adminGroup }: Distribution): string {
  return `Defaults\tenv_reset\nDefaults\tsecure_path="${standardPath}"\nroot\tALL=(ALL:ALL) ALL\n%${adminGroup}\tALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n`
}

const sshdConfig = `Include /etc/ssh/sshd_config.d/*.conf
#Port 22
#PermitRootLogin prohibit-password
#PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM yes
X11Forwarding yes
PrintMotd no
ClientAliveInterval 120
AcceptEnv LANG LC_*
Subsystem\tsftp\t/usr/lib/openssh/sftp-server
`

// Lines of the agent's own default configuration that deprovisioning reads.
const agentConfig = `Provisioning.Enabled=n
Provisioning.UseCloudInit=y
Provisioning.DeleteRootPassword=y
Provisioning.RegenerateSshHostKeyPair=y
Provisioning.SshHostKeyPairType=auto
Provisioning.MonitorHostName=y
ResourceDisk.Format=n
ResourceDisk.MountPoint=/mnt
ResourceDisk.EnableSwap=n
Logs.Verbose=n
AutoUpdate.Enabled=y
`
