import { clean, finding } from '../findings'
import type { GuestFiles } from '../guest/files'
import type { LinuxSystem } from '../linux'
import { histories } from '../linux-wanted'
import { accountsOf } from './accounts'
import type { Check } from './check'
import { generalize, onLinux } from './distribution'

const maxNames = 6

export const identityChecks: readonly Check<LinuxSystem>[] = [
  {
    id: 'linux.generalized',
    look(system) {
      const { strong, weak } = tracesOf(system)
      if (strong.length > 0) return finding('linux.generalized', 'block', { traces: some(strong) }, generalize)
      if (weak.length === 0) return null
      return finding('linux.generalized:maybe', 'warn', { traces: some(weak) }, generalize)
    },
  },
  {
    id: 'linux.root-login',
    look({ files }) {
      const accounts = accountsOf(files)
      if (accounts === null) return 'unknown'
      if (accounts.find(({ name }) => name === 'root')?.hasPassword) {
        return finding('linux.root-login', 'warn', {}, onLinux('sudo passwd --delete --lock root'))
      }
      if (hasText(files, 'root/.ssh/authorized_keys')) {
        return finding('linux.root-login:keys', 'warn', {}, onLinux('sudo rm /root/.ssh/authorized_keys'))
      }
      if (!letsRootIn(files)) return null
      const text = `sudo sed -i 's/^PermitRootLogin.*/PermitRootLogin no/' /etc/ssh/sshd_config`
      return finding('linux.root-login:ssh', 'warn', {}, onLinux(text))
    },
  },
  {
    id: 'linux.users',
    look({ files }) {
      const accounts = accountsOf(files)
      if (accounts === null) return 'unknown'
      const people = peopleIn(files)
      if (people.length === 0) return null
      // Names come from the disk: a command is only made of what cannot be more than a name.
      const plain = people.filter((name) => /^[a-z_][\w.-]*$/i.test(name))
      const remove = plain.slice(0, maxNames).map((name) => `sudo userdel -r ${name}`)
      return finding('linux.users', 'warn', { names: some(people) }, onLinux(...remove))
    },
  },
]

/** False: surely the old machine; null: perhaps, or not all could be read; true: nothing of it was found. */
export function isGeneralized(system: LinuxSystem): boolean | null {
  const { strong, weak } = tracesOf(system)
  if (strong.length > 0) return false
  return system.files.isDamaged || weak.length > 0 || peopleIn(system.files).length > 0 ? null : true
}

/** What a machine leaves behind when it gets an identity; generalizing removes it. */
function tracesOf({ files, release }: LinuxSystem): { strong: string[]; weak: string[] } {
  const strong = [
    'var/lib/waagent/provisioned',
    'var/lib/waagent/ovf-env.xml',
    'var/lib/cloud/data/instance-id',
    'var/lib/cloud/instance',
  ].filter(files.isThere)
  for (const ending of ['prv', 'crt']) {
    if (files.paths(`var/lib/waagent/*.${ending}`).length > 0) strong.push(`var/lib/waagent/*.${ending}`)
  }
  const leases = ['var/lib/dhcp/*.leases', 'var/lib/dhclient/*', 'var/lib/NetworkManager/*.lease']
  const weak = [
    ...files.paths('etc/ssh/ssh_host_*_key'),
    ...(hasMachineId(files) ? ['etc/machine-id'] : []),
    ...(hasOwnName(files, release.id) ? ['etc/hostname'] : []),
    ...[...leases, ...histories.flatMap((name) => [`root/${name}`, `home/*/${name}`])]
      .flatMap((pattern) => files.paths(pattern))
      .filter((path) => hasBytes(files, path)),
  ]
  return { strong, weak: weak.map(clean) }
}

function hasMachineId(files: GuestFiles): boolean {
  const id = (files.text('etc/machine-id') ?? '').trim()
  return id !== '' && id !== 'uninitialized'
}

/** Installers leave `localhost` or the distribution's name. */
function hasOwnName(files: GuestFiles, id: string | null): boolean {
  const name = (files.text('etc/hostname') ?? '').trim().toLowerCase()
  return name !== '' && !name.startsWith('localhost') && name !== id
}

function hasBytes(files: GuestFiles, path: string): boolean {
  const cut = path.lastIndexOf('/')
  return files.list(path.slice(0, cut)).some(({ name, sizeBytes }) => name === path.slice(cut + 1) && sizeBytes > 0)
}

function hasText(files: GuestFiles, path: string): boolean {
  return (files.text(path) ?? '').split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('#'))
}

/** The setting that stands first counts, and what is included stands before the rest (sshd_config(5)). */
function letsRootIn(files: GuestFiles): boolean {
  const paths = [...files.paths('etc/ssh/sshd_config.d/*.conf').sort(), 'etc/ssh/sshd_config']
  const all = paths.map((path) => files.text(path) ?? '').join('\n')
  return /^\s*PermitRootLogin\s+(\S+)/im.exec(all)?.[1]?.toLowerCase() === 'yes'
}

/** Accounts of people that somebody could log in with. */
function peopleIn(files: GuestFiles): string[] {
  return (accountsOf(files) ?? [])
    .filter(
      ({ isPerson, hasPassword, home }) => isPerson && (hasPassword || hasText(files, `${home}/.ssh/authorized_keys`)),
    )
    .map(({ name }) => clean(name))
}

function some(names: readonly string[]): string {
  return names.slice(0, maxNames).join(', ')
}
