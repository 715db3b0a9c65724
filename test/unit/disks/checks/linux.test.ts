import { beforeAll, expect, test } from 'vitest'
import { inspect } from '../../../../src/main/disks/inspect'
import type { Inspection } from '../../../../src/shared/outputs'
import { linuxDisk, type LinuxDiskOptions } from '../../../support/linux-disks'

let good: Inspection
beforeAll(async () => {
  good = await inspect(await linuxDisk())
}, 120_000)

const extension = 'var/lib/waagent/Microsoft.Azure.Extensions.CustomScript-2.1.10'
const grub = 'boot/grub/grub.cfg'
const version = '6.1.0-18-amd64'
const silentGrub = `linux /boot/vmlinuz-${version} root=UUID=1 ro quiet\n`
const hash = '$y$j9T$abc$def'
const person = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/bash\n',
  'etc/shadow': 'root:*:1::::::\nada:!:1::::::\n',
}
const all = ['hv_vmbus', 'hv_storvsc', 'hv_netvsc', 'udf', 'vfat']
const without = (name: string) => all.filter((one) => one !== name)
const fstab = (line: string) => ({
  'etc/fstab': `UUID=0a3407de-014b-458b-b5c1-848e92a327a3 / ext4 defaults 0 1\n${line}\n`,
})
const agentSettings = (lines: string) => ({ 'etc/waagent.conf': `Provisioning.Agent=auto\n${lines}\n` })
const mounts = (text: string) => ({ 'etc/cloud/cloud.cfg.d/92_mounts.cfg': `mounts:\n${text}\n` })

test('a system as Azure asks for passes every check', () => {
  expect(good.findings.map(({ id, severity }) => [id, severity])).toEqual([
    ['boot.generation', 'info'],
    ['os.identified', 'info'],
  ])
  expect(good).toMatchObject({
    verdict: 'ok',
    generation: 'V2',
    os: { type: 'Linux', id: 'debian', versionId: '12' },
    generalized: true,
    architecture: 'x64',
    nodeAgent: 'batch.node.debian 12',
    unknown: [],
  })
})

test.each<[what: string, key: string, severity: string, options: LinuxDiskOptions]>([
  [
    'neither agent nor cloud-init',
    'linux.agent',
    'block',
    { files: { 'usr/sbin/waagent': null, 'usr/bin/cloud-init': null } },
  ],
  ['no agent', 'linux.agent:cloud-init-only', 'warn', { files: { 'usr/sbin/waagent': null } }],
  [
    'an agent that nothing starts',
    'linux.agent:off',
    'warn',
    { files: { 'etc/systemd/system/multi-user.target.wants/walinuxagent.service': null } },
  ],
  [
    'an agent that is masked',
    'linux.agent:off',
    'warn',
    { files: { 'etc/systemd/system/walinuxagent.service': { link: '/dev/null' } } },
  ],
  [
    'an agent that waits for cloud-init',
    'linux.agent:waits',
    'warn',
    { files: { 'usr/bin/cloud-init': null, 'etc/waagent.conf': 'Provisioning.Agent=cloud-init\n' } },
  ],
  [
    'nobody to set it up',
    'linux.agent:nobody',
    'warn',
    { files: { 'usr/bin/cloud-init': null, 'etc/waagent.conf': 'Provisioning.Agent=disabled\n' } },
  ],
  ['cloud-init switched off', 'linux.agent:cloud-init-off', 'warn', { files: { 'etc/cloud/cloud-init.disabled': '' } }],
  [
    'cloud-init masked',
    'linux.agent:cloud-init-off',
    'warn',
    { files: { 'etc/systemd/system/cloud-init.service': { link: '/dev/null' } } },
  ],
  [
    'cloud-init for another cloud',
    'linux.agent:data-source',
    'warn',
    { files: { 'etc/cloud/cloud.cfg.d/95_other.cfg': 'datasource_list: [ Ec2 ]\n' } },
  ],
  ['an extension', 'azure.extensions', 'block', { files: { [`${extension}/HandlerManifest.json`]: '[]' } }],
  ['no network driver', 'linux.hyperv.kernel', 'block', { modules: without('hv_netvsc') }],
  ['no disk driver', 'linux.hyperv.kernel', 'block', { modules: without('hv_storvsc'), inInitramfs: ['hv_vmbus'] }],
  [
    'an initramfs without the disk driver',
    'linux.hyperv.initramfs',
    'warn',
    { inInitramfs: ['hv_vmbus', 'hv_netvsc'] },
  ],
  ['no initramfs', 'linux.hyperv.initramfs:none', 'warn', { inInitramfs: null }],
  ['no udf', 'linux.modules.udf-vfat:udf', 'warn', { modules: without('udf') }],
  ['no vfat', 'linux.modules.udf-vfat:vfat', 'warn', { modules: without('vfat') }],
  [
    'udf switched off',
    'linux.modules.udf-vfat:udf-off',
    'warn',
    { files: { 'etc/modprobe.d/cis.conf': 'install udf /bin/true\n' } },
  ],
  [
    'vfat on the blacklist',
    'linux.modules.udf-vfat:vfat-off',
    'warn',
    { files: { 'etc/modprobe.d/cis.conf': 'blacklist vfat\n' } },
  ],
  ['no serial console', 'linux.serial-console', 'warn', { files: { [grub]: silentGrub } }],
  [
    'no serial console in entries of the boot loader',
    'linux.serial-console',
    'warn',
    { files: { [grub]: 'blscfg\n', 'boot/loader/entries/a.conf': 'options root=UUID=1 ro\n' } },
  ],
  [
    'no serial console and no boot loader file',
    'linux.serial-console',
    'warn',
    { files: { [grub]: null, 'etc/default/grub': 'GRUB_CMDLINE_LINUX="quiet"\n# console=ttyS0\n' } },
  ],
  ['a disk by letter', 'linux.fstab', 'warn', { files: fstab('/dev/sdc1 /data ext4 defaults,nofail 0 2') }],
  ['a network drive', 'linux.fstab:network', 'warn', { files: fstab('server:/share /share nfs defaults 0 0') }],
  [
    'a disk that is not there',
    'linux.fstab:absent',
    'warn',
    { files: fstab('UUID=11111111-2222-3333-4444-555555555555 /data xfs defaults 0 0') },
  ],
  ['swap in fstab', 'linux.swap', 'warn', { files: fstab('/swapfile none swap sw 0 0') }],
  ['a swap file', 'linux.swap:file', 'warn', { files: { swapfile: 'x' } }],
  ['a swap partition', 'linux.swap:partition', 'warn', { swapPartition: true }],
  [
    'the temporary disk elsewhere',
    'batch.temp-disk',
    'warn',
    { files: agentSettings('ResourceDisk.MountPoint=/scratch') },
  ],
  [
    'the temporary disk elsewhere by fstab',
    'batch.temp-disk:fstab',
    'warn',
    { files: fstab('/dev/disk/cloud/azure_resource-part1 /scratch auto defaults,nofail 0 2') },
  ],
  [
    'another disk in its place',
    'batch.temp-disk:fstab',
    'warn',
    { files: fstab('LABEL=data /mnt ext4 defaults,nofail 0 2') },
  ],
  [
    'the temporary disk by its letter',
    'batch.temp-disk:fstab',
    'warn',
    { files: fstab('/dev/sdb1 /mnt auto defaults,nofail 0 2') },
  ],
  [
    'the temporary disk elsewhere by cloud-init',
    'batch.temp-disk:cloud-init',
    'warn',
    { files: mounts('  - [ ephemeral0, /scratch, auto ]') },
  ],
  [
    'the temporary disk elsewhere by cloud-init, in more lines',
    'batch.temp-disk:cloud-init',
    'warn',
    { files: mounts('  - - ephemeral0.1\n    - /scratch\n') },
  ],
  [
    'the temporary disk mounted twice',
    'batch.temp-disk:twice',
    'warn',
    { files: { ...mounts('  - [ ephemeral0, /mnt ]'), ...agentSettings('ResourceDisk.Format=y') } },
  ],
  ['swap on the temporary disk', 'batch.temp-disk:swap', 'info', { files: agentSettings('ResourceDisk.EnableSwap=y') }],
  ['a provisioned machine', 'linux.generalized', 'block', { files: { 'var/lib/waagent/provisioned': 'x' } }],
  ['settings from Azure', 'linux.generalized', 'block', { files: { 'var/lib/waagent/ovf-env.xml': '<a/>' } }],
  ['a certificate', 'linux.generalized', 'block', { files: { 'var/lib/waagent/0A1B.prv': 'key' } }],
  ['an instance', 'linux.generalized', 'block', { files: { 'var/lib/cloud/data/instance-id': 'x' } }],
  ['keys of the host', 'linux.generalized:maybe', 'warn', { files: { 'etc/ssh/ssh_host_rsa_key': 'key' } }],
  ['a machine id', 'linux.generalized:maybe', 'warn', { files: { 'etc/machine-id': '0123456789abcdef\n' } }],
  ['a name', 'linux.generalized:maybe', 'warn', { files: { 'etc/hostname': 'render-07\n' } }],
  ['a lease', 'linux.generalized:maybe', 'warn', { files: { 'var/lib/dhcp/dhclient.eth0.leases': 'lease {}\n' } }],
  ['a history', 'linux.generalized:maybe', 'warn', { files: { 'root/.bash_history': 'ls\n' } }],
  ['a password of root', 'linux.root-login', 'warn', { files: { 'etc/shadow': `root:${hash}:1::::::\n` } }],
  ['an empty password of root', 'linux.root-login', 'warn', { files: { 'etc/shadow': 'root::1::::::\n' } }],
  ['keys of root', 'linux.root-login:keys', 'warn', { files: { 'root/.ssh/authorized_keys': 'ssh-ed25519 AAAA\n' } }],
  ['root by SSH', 'linux.root-login:ssh', 'warn', { files: { 'etc/ssh/sshd_config': 'PermitRootLogin yes\n' } }],
  [
    'root by SSH in an included file',
    'linux.root-login:ssh',
    'warn',
    { files: { 'etc/ssh/sshd_config.d/50-own.conf': 'permitrootlogin YES\n' } },
  ],
  [
    'a person with a password',
    'linux.users',
    'warn',
    { files: { ...person, 'etc/shadow': `root:*:1::::::\nada:${hash}:1::::::\n` } },
  ],
  [
    'a person with a key',
    'linux.users',
    'warn',
    { files: { ...person, 'home/ada/.ssh/authorized_keys': 'ssh-ed25519 AAAA\n' } },
  ],
  ['no kernel', 'boot.loader.missing:kernel', 'block', { files: { [`boot/vmlinuz-${version}`]: null } }],
  ['an empty EFI partition', 'boot.loader.missing:esp', 'block', { esp: { 'EFI/debian/grubx64.efi': 'MZ' } }],
  ['nothing to start from', 'boot.loader.missing', 'block', { esp: null }],
  ['a loader for Arm64', 'os.arch', 'warn', { esp: { 'EFI/BOOT/BOOTAA64.EFI': 'MZ' } }],
  ['both ways to start', 'boot.generation:both', 'info', { hasBootCode: true }],
])(
  'a system with %s: %s (%s); one without passes',
  async (_what, key, severity, options) => {
    const seen = await inspect(await linuxDisk(options))
    const [id, variant] = key.split(':')
    expect(seen.findings.map((one) => [one.id, one.variant, one.severity])).toContainEqual([id, variant, severity])
    expect(seen.passed).not.toContain(id)
    expect(good.findings.some((one) => one.id === id && one.variant === variant)).toBe(false)
  },
  60_000,
)

test.each<[what: string, id: string, options: LinuxDiskOptions]>([
  [
    'drivers that are built in',
    'linux.hyperv.kernel',
    { modules: ['udf', 'vfat'], builtIn: ['hv_vmbus', 'hv_storvsc', 'hv_netvsc'] },
  ],
  [
    'built-in drivers and no initramfs',
    'linux.hyperv.initramfs',
    { modules: ['udf', 'vfat', 'hv_netvsc'], builtIn: ['hv_vmbus', 'hv_storvsc'], inInitramfs: null },
  ],
  [
    'only the configuration of the kernel',
    'linux.hyperv.kernel',
    {
      files: {
        [`usr/lib/modules/${version}/modules.dep`]: null,
        [`usr/lib/modules/${version}/modules.builtin`]: null,
        [`boot/config-${version}`]: 'CONFIG_HYPERV=y\nCONFIG_HYPERV_STORAGE=m\nCONFIG_HYPERV_NET=m\n',
      },
    },
  ],
  [
    'a network drive that may be absent',
    'linux.fstab',
    { files: fstab('server:/share /share nfs defaults,nofail 0 0') },
  ],
  ['the temporary disk where cloud-init puts it', 'batch.temp-disk', { files: mounts('  - [ ephemeral0, /mnt ]') }],
  [
    'a line in fstab that cloud-init wrote',
    'batch.temp-disk',
    { files: fstab('/dev/disk/cloud/azure_resource-part1 /mnt auto defaults,nofail,comment=cloudconfig 0 2') },
  ],
  ['a person without any way in', 'linux.users', { files: person }],
  [
    'the serial console in entries of the boot loader',
    'linux.serial-console',
    { files: { [grub]: 'blscfg\n', 'boot/loader/entries/a.conf': 'options root=UUID=1 console=ttyS0\n' } },
  ],
  ['a boot partition', 'boot.loader.missing', { hasBootPartition: true }],
  ['a boot partition', 'linux.hyperv.initramfs', { hasBootPartition: true }],
  ['boot code only', 'boot.loader.missing', { esp: null, hasBootCode: true }],
])(
  'a system with %s passes %s',
  async (_what, id, options) => {
    const seen = await inspect(await linuxDisk(options))
    expect(seen.passed).toContain(id)
  },
  60_000,
)

test.each<[what: string, id: string, options: LinuxDiskOptions]>([
  [
    'a kernel of which nothing is known',
    'linux.hyperv.kernel',
    {
      files: { [`usr/lib/modules/${version}/modules.dep`]: null, [`usr/lib/modules/${version}/modules.builtin`]: null },
    },
  ],
  ['a damaged initramfs', 'linux.hyperv.initramfs', { files: { [`boot/initrd.img-${version}`]: '070701 no archive' } }],
  ['accounts that cannot be read', 'linux.users', { files: { 'etc/shadow': null } }],
  ['no boot loader settings at all', 'linux.serial-console', { files: { [grub]: null, 'etc/default/grub': null } }],
  ['no fstab', 'linux.fstab', { files: { 'etc/fstab': null } }],
])(
  'of a system with %s, %s is unknown, not failed',
  async (_what, id, options) => {
    const seen = await inspect(await linuxDisk(options))
    expect(seen.unknown).toContain(id)
    expect(seen.findings.map((one) => one.id)).not.toContain(id)
  },
  60_000,
)

test.each([
  [
    'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n',
    'sudo apt-get install -y walinuxagent cloud-init',
    'batch.node.ubuntu 24.04',
  ],
  [
    'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\n',
    'sudo dnf install -y WALinuxAgent cloud-init',
    'batch.node.el 9',
  ],
  ['ID="sles"\nID_LIKE="suse"\nVERSION_ID="15.5"\n', 'sudo zypper install -y python-azure-agent cloud-init', undefined],
])(
  'commands and node agent are those of the distribution: %j',
  async (release, command, agent) => {
    const files = { 'usr/lib/os-release': release, 'usr/sbin/waagent': null }
    const seen = await inspect(await linuxDisk({ files }))
    const found = seen.findings.find(({ id }) => id === 'linux.agent')
    expect(found?.commands).toContainEqual({ on: 'linux', text: command })
    expect(seen.nodeAgent).toBe(agent)
  },
  60_000,
)

test('names from the disk do not become commands', async () => {
  const files = {
    'etc/passwd': "a'; reboot; ':x:1000:1000::/home/a:/bin/sh\n",
    'etc/shadow': `a'; reboot; ':${hash}:1::::::\n`,
  }
  const found = (await inspect(await linuxDisk({ files }))).findings.find(({ id }) => id === 'linux.users')
  expect(found).toBeDefined()
  expect(JSON.stringify(found?.commands ?? [])).not.toContain('reboot')
}, 60_000)
