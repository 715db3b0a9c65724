import type { Finding } from '../../../shared/outputs'
import type { Release } from '../linux'

type Command = NonNullable<Finding['commands']>[number]
type Family = 'debian' | 'redhat' | 'suse' | 'azure'

const families: Record<string, Family> = {
  debian: 'debian',
  ubuntu: 'debian',
  rhel: 'redhat',
  fedora: 'redhat',
  centos: 'redhat',
  almalinux: 'redhat',
  rocky: 'redhat',
  ol: 'redhat',
  sles: 'suse',
  suse: 'suse',
  opensuse: 'suse',
  azurelinux: 'azure',
  mariner: 'azure',
}

/** The family of a distribution by what os-release calls it and what it is made from; Debian's where neither is known. */
function familyOf({ like }: Release): Family {
  return like.map((one) => families[one] ?? families[one.split('-')[0]!]).find(Boolean) ?? 'debian'
}

/** Lines for the machine itself. */
export function onLinux(...lines: string[]): Command[] {
  return lines.map((text) => ({ on: 'linux', text }))
}

export function installAgent(release: Release): Command[] {
  switch (familyOf(release)) {
    case 'debian':
      return onLinux('sudo apt-get install -y walinuxagent cloud-init', ...enableAgent(release).map(({ text }) => text))
    case 'redhat':
      return onLinux('sudo dnf install -y WALinuxAgent cloud-init', ...enableAgent(release).map(({ text }) => text))
    case 'azure':
      return onLinux('sudo tdnf install -y WALinuxAgent cloud-init', ...enableAgent(release).map(({ text }) => text))
    case 'suse':
      return onLinux(
        'sudo zypper install -y python-azure-agent cloud-init',
        ...enableAgent(release).map(({ text }) => text),
      )
  }
}

export function enableAgent(release: Release): Command[] {
  const unit = familyOf(release) === 'debian' ? 'walinuxagent' : 'waagent'
  return onLinux(`sudo systemctl unmask ${unit}`, `sudo systemctl enable ${unit} cloud-init`)
}

export function installKernel(release: Release): Command[] {
  switch (familyOf(release)) {
    case 'debian':
      return release.like.includes('ubuntu')
        ? onLinux('sudo apt-get install -y linux-azure')
        : onLinux('sudo apt-get install -y linux-image-cloud-amd64')
    case 'redhat':
      return onLinux('sudo dnf install -y kernel kernel-modules')
    case 'azure':
      return onLinux('sudo tdnf install -y kernel')
    case 'suse':
      return onLinux('sudo zypper install -y kernel-azure')
  }
}

/** https://learn.microsoft.com/azure/virtual-machines/linux/create-upload-generic */
export function addToInitramfs(release: Release): Command[] {
  if (familyOf(release) === 'debian') {
    return onLinux(
      `printf '%s\\n' hv_vmbus hv_storvsc hv_netvsc | sudo tee -a /etc/initramfs-tools/modules`,
      'sudo update-initramfs -u -k all',
    )
  }
  return onLinux(
    `echo 'add_drivers+=" hv_vmbus hv_netvsc hv_storvsc "' | sudo tee /etc/dracut.conf.d/azure.conf`,
    'sudo dracut -f -v --regenerate-all',
  )
}

/** `line`: what the kernel should be told. */
export function setKernelLine(release: Release, line: string): Command[] {
  switch (familyOf(release)) {
    case 'debian':
      return onLinux(`sudo sed -i 's/^GRUB_CMDLINE_LINUX="/&${line} /' /etc/default/grub`, 'sudo update-grub')
    case 'redhat':
      return onLinux(`sudo grubby --update-kernel=ALL --args="${line}" --remove-args="rhgb quiet"`)
    case 'suse':
    case 'azure':
      return onLinux(
        `sudo sed -i 's/^GRUB_CMDLINE_LINUX="/&${line} /' /etc/default/grub`,
        'sudo grub2-mkconfig -o /boot/grub2/grub.cfg',
      )
  }
}

export const generalize: Command[] = onLinux(
  'sudo cloud-init clean --logs',
  'sudo waagent -force -deprovision+user',
  'sudo rm -f /root/.bash_history && export HISTSIZE=0',
  'sudo shutdown -h now',
)
