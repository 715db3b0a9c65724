import type { GuestImage } from './guests'

/** A Linux distribution as its Marketplace image comes. */
export type Distribution = {
  id: string
  idLike: string
  name: string
  versionId: string
  version: string
  codename: string
  prettyName: string
  kernel: string
  /** Package tool; dnf also answers to yum. */
  tool: 'apt' | 'dnf'
  agentVersion: string
  openSsh: string
  python: string
  /** Whose members may use sudo. */
  adminGroup: string
}

/** The distribution of a Marketplace image; an unknown one counts as the newest Ubuntu. */
export function distributionOf({ publisher, offer, sku }: GuestImage): Distribution {
  const text = `${publisher} ${offer} ${sku}`.toLowerCase()
  return families.find(({ is }) => is.test(text))?.distribution ?? noble
}

const noble: Distribution = {
  id: 'ubuntu',
  idLike: 'debian',
  name: 'Ubuntu',
  versionId: '24.04',
  version: '24.04.3 LTS (Noble Numbat)',
  codename: 'noble',
  prettyName: 'Ubuntu 24.04.3 LTS',
  kernel: '6.14.0-1012-azure',
  tool: 'apt',
  agentVersion: '2.11.1.4',
  openSsh: 'OpenSSH_9.6p1 Ubuntu-3ubuntu13.14',
  python: '3.12.3',
  adminGroup: 'sudo',
}
const jammy: Distribution = {
  ...noble,
  versionId: '22.04',
  version: '22.04.5 LTS (Jammy Jellyfish)',
  codename: 'jammy',
  prettyName: 'Ubuntu 22.04.5 LTS',
  kernel: '6.8.0-1034-azure',
  openSsh: 'OpenSSH_8.9p1 Ubuntu-3ubuntu0.13',
  python: '3.10.12',
}
const bookworm: Distribution = {
  ...noble,
  id: 'debian',
  idLike: '',
  name: 'Debian GNU/Linux',
  versionId: '12',
  version: '12 (bookworm)',
  codename: 'bookworm',
  prettyName: 'Debian GNU/Linux 12 (bookworm)',
  kernel: '6.1.0-39-cloud-amd64',
  agentVersion: '2.9.1.1',
  openSsh: 'OpenSSH_9.2p1 Debian-2+deb12u7',
  python: '3.11.2',
}
const bullseye: Distribution = {
  ...bookworm,
  versionId: '11',
  version: '11 (bullseye)',
  codename: 'bullseye',
  prettyName: 'Debian GNU/Linux 11 (bullseye)',
  kernel: '5.10.0-35-cloud-amd64',
  agentVersion: '2.2.45',
  openSsh: 'OpenSSH_8.4p1 Debian-5+deb11u5',
  python: '3.9.2',
}
const alma9: Distribution = {
  id: 'almalinux',
  idLike: 'rhel centos fedora',
  name: 'AlmaLinux',
  versionId: '9.6',
  version: '9.6 (Sage Margay)',
  codename: 'Sage Margay',
  prettyName: 'AlmaLinux 9.6 (Sage Margay)',
  kernel: '5.14.0-570.12.1.el9_6.x86_64',
  tool: 'dnf',
  agentVersion: '2.12.0.2',
  openSsh: 'OpenSSH_8.7p1',
  python: '3.9.21',
  adminGroup: 'wheel',
}
const alma8: Distribution = {
  ...alma9,
  versionId: '8.10',
  version: '8.10 (Cerulean Leopard)',
  codename: 'Cerulean Leopard',
  prettyName: 'AlmaLinux 8.10 (Cerulean Leopard)',
  kernel: '4.18.0-553.16.1.el8_10.x86_64',
  openSsh: 'OpenSSH_8.0p1',
  python: '3.6.8',
}
const rocky9: Distribution = {
  ...alma9,
  id: 'rocky',
  name: 'Rocky Linux',
  version: '9.6 (Blue Onyx)',
  codename: 'Blue Onyx',
  prettyName: 'Rocky Linux 9.6 (Blue Onyx)',
}
const azure3: Distribution = {
  ...alma9,
  id: 'azurelinux',
  idLike: '',
  name: 'Microsoft Azure Linux',
  versionId: '3.0',
  version: '3.0.20250521',
  codename: '',
  prettyName: 'Microsoft Azure Linux 3.0',
  kernel: '6.6.85.1-2.azl3',
  openSsh: 'OpenSSH_9.8p1',
  python: '3.12.9',
}

const families: { is: RegExp; distribution: Distribution }[] = [
  { is: /azurelinux|mariner/, distribution: azure3 },
  { is: /rocky/, distribution: rocky9 },
  { is: /(alma|redhat|rhel|oracle|centos).* 8/, distribution: alma8 },
  { is: /alma|redhat|rhel|oracle|centos/, distribution: alma9 },
  { is: /debian-11| 11/, distribution: bullseye },
  { is: /debian/, distribution: bookworm },
  { is: /jammy|22_04|2204/, distribution: jammy },
  { is: /./, distribution: noble },
]
