import type { Call, Program } from './guest-process'

/** What tells about the machine, its users and its disk. */
export const systemPrograms: Record<string, Program> = {
  uname,
  whoami: ({ user, system, out, err }) => tellUser(system.userName(user.uid), user.uid, out, err),
  hostname: setOrTell,
  hostnamectl,
  id,
  groups: async ({ user, system, out }) => {
    await out(`${[user.gid, ...user.groups].map((gid) => system.groupName(gid)).join(' ')}\n`)
    return 0
  },
  who,
  w: who,
  last: who,
  df,
  free,
  lsblk,
  nproc: async ({ system, out }) => {
    await out(`${system.machine.vCpus}\n`)
    return 0
  },
  uptime: async ({ system, out }) => {
    await out(`${uptimeLine(system.now(), system.bootedAtMs)}\n`)
    return 0
  },
  lsb_release: lsbRelease,
  ip,
  ps,
  top: async (call) => {
    await call.out(
      `top - ${uptimeLine(call.system.now(), call.system.bootedAtMs).trim()}\nTasks: 112 total,   1 running, 111 sleeping,   0 stopped,   0 zombie\n\n`,
    )
    return ps({ ...call, args: ['aux'] })
  },
  pgrep,
  kill: () => Promise.resolve(0),
  pkill: () => Promise.resolve(1),
  getent,
  timedatectl: async ({ system, out }) => {
    await out(
      `               Local time: ${new Date(system.now()).toUTCString()}\n                Time zone: Etc/UTC (UTC, +0000)\nSystem clock synchronized: yes\n`,
    )
    return 0
  },
  sync: () => Promise.resolve(0),
  stty: () => Promise.resolve(0),
  ldconfig: () => Promise.resolve(0),
  sysctl: () => Promise.resolve(0),
  modprobe: () => Promise.resolve(0),
  fstrim: () => Promise.resolve(0),
  mount: async ({ args, out, system }) => {
    if (args.length === 0) await out(system.disk.readText('/proc/self/mounts') ?? '')
    return 0
  },
  umount: () => Promise.resolve(0),
  swapoff: () => Promise.resolve(0),
  swapon: () => Promise.resolve(0),
  crontab: () => Promise.resolve(0),
}

async function tellUser(name: string, uid: number, out: Call['out'], err: Call['err']): Promise<number> {
  if (name === String(uid)) {
    await err(`whoami: cannot find name for user ID ${uid}\n`)
    return 1
  }
  await out(`${name}\n`)
  return 0
}

async function uname({ args, system, out }: Call): Promise<number> {
  const { kernel } = system.distribution
  const parts: [string, string][] = [
    ['s', 'Linux'],
    ['n', system.hostname],
    ['r', kernel],
    ['v', '#12~practice-Ubuntu SMP'],
    ['m', 'x86_64'],
    ['o', 'GNU/Linux'],
  ]
  const letters = args.join('').replaceAll('-', '') || 's'
  const shown = parts.filter(([letter]) => letters.includes('a') || letters.includes(letter))
  await out(`${shown.map(([, text]) => text).join(' ')}\n`)
  return 0
}

async function setOrTell({ args, user, system, out, err }: Call): Promise<number> {
  const name = args.find((arg) => !arg.startsWith('-'))
  if (name === undefined) {
    await out(args.includes('-I') ? `${system.machine.privateIp} \n` : `${system.hostname}\n`)
    return 0
  }
  if (user.uid !== 0) {
    await err('hostname: you must be root to change the host name\n')
    return 1
  }
  system.writeRoot('/etc/hostname', `${name}\n`)
  return 0
}

async function hostnamectl(call: Call): Promise<number> {
  const { args, system, out } = call
  const at = args.findIndex((arg) => arg === 'set-hostname' || arg === 'hostname')
  if (at >= 0 && args[at + 1] !== undefined) return setOrTell({ ...call, args: [args[at + 1] ?? ''] })
  await out(
    ` Static hostname: ${system.hostname}\n         Chassis: vm\n  Virtualization: microsoft\nOperating System: ${system.distribution.prettyName}\n          Kernel: Linux ${system.distribution.kernel}\n    Architecture: x86-64\n`,
  )
  return 0
}

async function id({ args, user, system, out, err }: Call): Promise<number> {
  const name = args.find((arg) => !arg.startsWith('-'))
  const who = name === undefined ? user : system.user(name)
  if (!who) {
    await err(`id: '${name}': no such user\n`)
    return 1
  }
  const flags = args.filter((arg) => arg.startsWith('-')).join('')
  const groups = [who.gid, ...who.groups]
  const named = (number: number, text: string) => `${number}(${text})`
  if (flags.includes('u')) await out(`${flags.includes('n') ? system.userName(who.uid) : who.uid}\n`)
  else if (flags.includes('g')) await out(`${flags.includes('n') ? system.groupName(who.gid) : who.gid}\n`)
  else if (flags.includes('G'))
    await out(`${groups.map((gid) => (flags.includes('n') ? system.groupName(gid) : gid)).join(' ')}\n`)
  else {
    const list = groups.map((gid) => named(gid, system.groupName(gid))).join(',')
    await out(
      `uid=${named(who.uid, system.userName(who.uid))} gid=${named(who.gid, system.groupName(who.gid))} groups=${list}\n`,
    )
  }
  return 0
}

async function who({ user, env, system, out }: Call): Promise<number> {
  // Under sudo it is still the user of the session who is signed in.
  const name = env['SUDO_USER'] ?? system.userName(user.uid)
  const at = new Date(system.bootedAtMs).toISOString()
  await out(`${name.padEnd(8)} pts/0        ${at.slice(0, 10)} ${at.slice(11, 16)}\n`)
  return 0
}

async function df({ args, system, out }: Call): Promise<number> {
  const flags = args.filter((arg) => arg.startsWith('-')).join('')
  const { sizeBytes, usedBytes, freeBytes } = system.disk
  const mib = 1024 ** 2
  const temporary = system.machine.temporaryMib * mib
  const rows: [string, number, number, number, string][] = [
    ['/dev/root', sizeBytes, usedBytes, freeBytes, '/'],
    ['tmpfs', (system.machine.memoryGib * 1024 ** 3) / 2, 0, (system.machine.memoryGib * 1024 ** 3) / 2, '/dev/shm'],
    ['/dev/sda15', 105 * mib, 6 * mib, 99 * mib, '/boot/efi'],
    ...(temporary > 0
      ? [['/dev/sdb1', temporary, 28 * 1024, temporary - 28 * 1024, '/mnt'] as [string, number, number, number, string]]
      : []),
  ]
  const paths = args.filter((arg) => !arg.startsWith('-'))
  const shown =
    paths.length === 0
      ? rows
      : paths.map((path) => rows.find((row) => row[4] !== '/' && path.startsWith(row[4])) ?? rows[0]!)
  const isHuman = flags.includes('h')
  const size = (bytes: number) =>
    isHuman ? human(bytes) : String(Math.floor(bytes / (flags.includes('m') ? mib : 1024)))
  const head = isHuman ? 'Size' : flags.includes('m') ? '1M-blocks' : '1K-blocks'
  await out(`Filesystem     ${head.padStart(9)}      Used Available Use% Mounted on\n`)
  for (const [name, all, used, free, place] of shown) {
    const percent = `${Math.ceil((used / Math.max(1, used + free)) * 100)}%`
    await out(
      `${name.padEnd(14)} ${size(all).padStart(9)} ${size(used).padStart(9)} ${size(free).padStart(9)} ${percent.padStart(4)} ${place}\n`,
    )
  }
  return 0
}

async function free({ args, system, out }: Call): Promise<number> {
  const kib = system.machine.memoryGib * 1024 ** 2 - 180_000
  const flags = args.join('')
  const size = (value: number) =>
    (flags.includes('h')
      ? `${human(value * 1024)}i`
      : String(Math.floor(flags.includes('m') ? value / 1024 : flags.includes('g') ? value / 1024 ** 2 : value))
    ).padStart(12)
  await out(`               total        used        free      shared  buff/cache   available\n`)
  await out(
    `Mem:   ${size(kib)}${size(412_000)}${size(kib - 1_100_000)}${size(4_200)}${size(688_000)}${size(kib - 412_000)}\nSwap:  ${size(0)}${size(0)}${size(0)}\n`,
  )
  return 0
}

async function lsblk({ system, out }: Call): Promise<number> {
  const { osDiskGib, temporaryMib } = system.machine
  await out(
    `NAME    MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\nsda       8:0    0   ${osDiskGib}G  0 disk \n├─sda1    8:1    0   ${osDiskGib - 1}G  0 part /\n├─sda14   8:14   0    4M  0 part \n└─sda15   8:15   0  106M  0 part /boot/efi\n`,
  )
  if (temporaryMib > 0)
    await out(
      `sdb       8:16   0   ${Math.round(temporaryMib / 1024)}G  0 disk \n└─sdb1    8:17   0   ${Math.round(temporaryMib / 1024)}G  0 part /mnt\n`,
    )
  return 0
}

async function lsbRelease({ args, system, out }: Call): Promise<number> {
  const { name, prettyName, versionId, codename } = system.distribution
  const rows: [string, string, string][] = [
    ['i', 'Distributor ID', name],
    ['d', 'Description', prettyName],
    ['r', 'Release', versionId],
    ['c', 'Codename', codename],
  ]
  const flags = args.join('')
  const isShort = flags.includes('s')
  for (const [letter, title, text] of rows)
    if (flags.includes('a') || flags.includes(letter)) await out(isShort ? `${text}\n` : `${title}:\t${text}\n`)
  return 0
}

async function ip({ args, system, out }: Call): Promise<number> {
  if (args[0]?.startsWith('r')) {
    await out(`default via 10.0.0.1 dev eth0 proto dhcp src ${system.machine.privateIp} metric 100\n`)
    return 0
  }
  await out(
    `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000\n    link/ether 00:0d:3a:4b:1c:9e brd ff:ff:ff:ff:ff:ff\n    inet ${system.machine.privateIp}/24 metric 100 brd 10.0.0.255 scope global eth0\n`,
  )
  return 0
}

const daemons: [number, string][] = [
  [1, '/sbin/init'],
  [312, '/usr/lib/systemd/systemd-journald'],
  [702, '/usr/sbin/rsyslogd -n -iNONE'],
  [811, '/usr/bin/python3 -u /usr/sbin/waagent -daemon'],
  [903, 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'],
]

async function ps({ args, user, system, out }: Call): Promise<number> {
  const flags = args.join('')
  const own: [number, string][] = [
    [1399, '-bash'],
    [system.nextPid(), `ps ${args.join(' ')}`.trim()],
  ]
  if (!/[aeA]/.test(flags)) {
    await out(`    PID TTY          TIME CMD\n`)
    for (const [pid, text] of own)
      await out(`${String(pid).padStart(7)} pts/0    00:00:00 ${text.replace(/^-/, '').split(' ')[0]}\n`)
    return 0
  }
  const agent = system.disk.tree.find('/usr/sbin/waagent') !== null
  await out(`USER         PID %CPU %MEM COMMAND\n`)
  for (const [pid, text] of daemons)
    if (agent || !text.includes('waagent')) await out(`root     ${String(pid).padStart(7)}  0.0  0.1 ${text}\n`)
  for (const [pid, text] of own)
    await out(`${system.userName(user.uid).padEnd(8)} ${String(pid).padStart(7)}  0.0  0.1 ${text}\n`)
  return 0
}

async function pgrep({ args, system, out }: Call): Promise<number> {
  const wanted = args.find((arg) => !arg.startsWith('-')) ?? ''
  const agent = system.disk.tree.find('/usr/sbin/waagent') !== null
  const found = daemons.filter(([, text]) => text.includes(wanted) && (agent || !text.includes('waagent')))
  for (const [pid, text] of found)
    await out(args.some((arg) => /^-\w*[la]/.test(arg)) ? `${pid} ${text}\n` : `${pid}\n`)
  return found.length > 0 ? 0 : 1
}

async function getent({ args, system, out }: Call): Promise<number> {
  const [database = '', name] = args
  if (database === 'hosts') {
    await out(`127.0.0.1       ${name ?? 'localhost'}\n`)
    return 0
  }
  const lines = (system.disk.readText(`/etc/${database}`) ?? '').split('\n').filter((line) => line !== '')
  const found = lines.filter((line) => name === undefined || line.split(':')[0] === name || line.split(':')[2] === name)
  for (const line of found) await out(`${line}\n`)
  return found.length > 0 ? 0 : 2
}

function uptimeLine(nowMs: number, bootedAtMs: number): string {
  const minutes = Math.max(0, Math.floor((nowMs - bootedAtMs) / 60_000))
  const up = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
  return ` ${new Date(nowMs).toISOString().slice(11, 19)} up ${up},  1 user,  load average: 0.08, 0.03, 0.01`
}

/** 1.5G, 820M, 12K: as coreutils round up. */
function human(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value < 10 && unit > 0 ? Math.ceil(value * 10) / 10 : Math.ceil(value)}${units[unit]}`
}
