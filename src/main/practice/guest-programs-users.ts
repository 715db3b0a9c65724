import type { Call, Program } from './guest-process'
import { fingerprintLine } from './guest-linux-keys'
import { hashPassword } from './guest-places'

/** Users, and programs that practice mode knows but does not run. */
export const userPrograms: Record<string, Program> = {
  _useradd: addUser,
  _adduser: addUser,
  _userdel: removeUser,
  _deluser: removeUser,
  _usermod: changeUser,
  _groupadd: async ({ args, system, user, err }) => {
    if (user.uid !== 0) return refuse(err, 'groupadd: Permission denied.')
    const name = args.filter((arg) => !arg.startsWith('-')).at(-1) ?? 'group'
    system.editLines('/etc/group', (lines) =>
      lines.some((line) => line.startsWith(`${name}:`)) ? lines : [...lines, `${name}:x:${2000 + lines.length}:`],
    )
    return 0
  },
  _chpasswd: async ({ stdin, system, user, err }) => {
    if (user.uid !== 0) return refuse(err, 'chpasswd: cannot lock /etc/passwd; try again later.')
    for (const line of (stdin?.toString() ?? '').split('\n').filter((one) => one.includes(':')))
      setPassword(system, line.slice(0, line.indexOf(':')), hashPassword(line.slice(line.indexOf(':') + 1)))
    return 0
  },
  passwd: async ({ args, system, user, err, out }) => {
    if (user.uid === 0 && args.some((arg) => /^-[ld]$/.test(arg)))
      setPassword(system, args.filter((arg) => !arg.startsWith('-'))[0] ?? 'root', '!')
    else if (user.uid !== 0 || args.length === 0) return refuse(err, 'passwd: Authentication token manipulation error')
    await out('passwd: password changed.\n')
    return 0
  },
  'ssh-keygen': sshKeygen,
  python3: async ({ args, system, out, err }) => {
    if (args.some((arg) => /^(-V|--version)$/.test(arg))) {
      await out(`Python ${system.distribution.python}\n`)
      return 0
    }
    return refuse(err, 'python3: practice mode does not run Python programs; on a machine of Azure this works')
  },
  perl: ({ err }) => refuse(err, 'perl: practice mode does not run Perl programs; on a machine of Azure this works'),
  openssl: async ({ args, out, err }) => {
    if (args[0] !== 'version') return refuse(err, 'openssl: not simulated in practice mode')
    await out('OpenSSL 3.0.13 30 Jan 2024 (Library: OpenSSL 3.0.13 30 Jan 2024)\n')
    return 0
  },
  ...noNetwork(['curl', 'wget']),
  ...noEditor(['nano', 'vi', 'vim', 'less', 'more']),
}

function noNetwork(names: string[]): Record<string, Program> {
  const program: Program = async ({ name, args, out, err }) => {
    if (args.includes('--version')) {
      await out(`${name} 8.5.0 (practice)\n`)
      return 0
    }
    await err(
      `${name}: (6) Could not resolve host: the machines of the practice cloud have no network, except for package installs. Upload the file over the Files panel instead.\n`,
    )
    return name === 'wget' ? 4 : 6
  }
  return Object.fromEntries(names.map((name) => [name, program]))
}

function noEditor(names: string[]): Record<string, Program> {
  const program: Program = async (call) => {
    const { name, args, stdin, run, out, err } = call
    const file = args.find((arg) => !arg.startsWith('-') && !arg.startsWith('+'))
    if (name === 'less' || name === 'more') {
      if (file !== undefined) return run(`cat ${args.filter((arg) => !arg.startsWith('-')).join(' ')}`)
      await out(stdin ?? '')
      return 0
    }
    const hint = `cat > ${file ?? 'FILE'}`
    return refuse(
      err,
      `${name}: full-screen programs are not in practice mode. Type ${hint}, the text, and Ctrl+D; or edit the file here and upload it.`,
    )
  }
  return Object.fromEntries(names.map((name) => [name, program]))
}

async function addUser({ args, system, user, err }: Call): Promise<number> {
  if (user.uid !== 0) return refuse(err, 'useradd: Permission denied.')
  const valued = /^(-[cdegGkpsu]|--shell|--groups|--gecos|--home|--uid|--gid)$/
  const name = args.filter((arg, at) => !arg.startsWith('-') && !valued.test(args[at - 1] ?? '')).at(-1)
  if (name === undefined) return refuse(err, 'useradd: a name is missing')
  if (system.user(name)) {
    await err(`useradd: user '${name}' already exists\n`)
    return 9
  }
  const after = (...options: string[]) => args[args.findIndex((arg) => options.includes(arg)) + 1]
  const shell = args.some((arg) => /^(-s|--shell)$/.test(arg)) ? after('-s', '--shell') : undefined
  const groups = args.some((arg) => /^(-G|--groups)$/.test(arg)) ? after('-G', '--groups')?.split(',') : undefined
  system.addUser(name, { ...(shell === undefined ? {} : { shell }), ...(groups === undefined ? {} : { groups }) })
  return 0
}

async function removeUser({ args, system, user, err }: Call): Promise<number> {
  if (user.uid !== 0) return refuse(err, 'userdel: Permission denied.')
  const name = args.filter((arg) => !arg.startsWith('-')).at(-1) ?? ''
  if (!system.user(name)) {
    await err(`userdel: user '${name}' does not exist\n`)
    return 6
  }
  system.removeUser(
    name,
    args.some((arg) => /^(-\w*r\w*|--remove|--remove-home)$/.test(arg)),
  )
  return 0
}

async function changeUser({ args, system, user, err }: Call): Promise<number> {
  if (user.uid !== 0) return refuse(err, 'usermod: Permission denied.')
  const at = args.findIndex((arg) => /^-\w*G$/.test(arg))
  const groups = new Set((args[at + 1] ?? '').split(','))
  const name = args.at(-1) ?? ''
  if (at >= 0)
    system.editLines('/etc/group', (lines) =>
      lines.map((line) => {
        const [group = '', , , members = ''] = line.split(':')
        return groups.has(group) && !members.split(',').includes(name)
          ? `${line}${members === '' ? '' : ','}${name}`
          : line
      }),
    )
  return 0
}

function setPassword(system: Call['system'], name: string, hash: string): void {
  system.editLines('/etc/shadow', (lines) =>
    lines.map((line) => (line.startsWith(`${name}:`) ? [name, hash, ...line.split(':').slice(2)].join(':') : line)),
  )
}

async function sshKeygen({ args, system, cwd, files, out, err }: Call): Promise<number> {
  const at = args.indexOf('-f')
  const file = at >= 0 ? files.resolvePath(cwd, args[at + 1] ?? '') : null
  if (!args.some((arg) => /^-\w*l/.test(arg)) || file === null)
    return refuse(err, 'ssh-keygen: practice mode only shows fingerprints: ssh-keygen -l -f FILE')
  const text = system.disk.readText(file) ?? system.disk.readText(`${file}.pub`)
  if (text === null) return refuse(err, `ssh-keygen: ${file}: No such file or directory`)
  await out(`${fingerprintLine(text.trim())}\n`)
  return 0
}

async function refuse(err: Call['err'], text: string): Promise<number> {
  await err(`${text}\n`)
  return 1
}
