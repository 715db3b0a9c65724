import { existsSync } from 'node:fs'
import { findProgram, runCommand } from './commands.mjs'
import { say, Stop } from './say.mjs'

// These four bring every library that Electron links. Since the move to 64-bit times two have another name.
const electronPackages = [['libgtk-3-0t64', 'libgtk-3-0'], ['libnss3'], ['libasound2t64', 'libasound2'], ['libgbm1']]
// AzCopy, with which the bench compares.
const peerPackages = [['libsecret-1-0']]
const displayTools = { Xvfb: ['xvfb'] }
const testTools = {
  xauth: ['xauth'],
  'qemu-img': ['qemu-utils'],
  sfdisk: ['fdisk'],
  'mkfs.ext4': ['e2fsprogs'],
  openssl: ['openssl'],
  cpio: ['cpio'],
  zstd: ['zstd'],
  xz: ['xz-utils'],
  bzip2: ['bzip2'],
  lz4: ['lz4'],
  cryptsetup: ['cryptsetup-bin'],
  'mkfs.vfat': ['dosfstools'],
  mcopy: ['mtools'],
  mkntfs: ['ntfs-3g'],
  'wimlib-imagex': ['wimtools'],
  hivexregedit: ['libwin-hivex-perl'],
  sgdisk: ['gdisk'],
  'mkfs.xfs': ['xfsprogs'],
  pvck: ['lvm2'],
  'freerdp-shadow-cli': ['freerdp2-shadow-x11'],
  xfreerdp: ['freerdp2-x11'],
  'winpr-hash': ['winpr-utils'],
  xrdp: ['xrdp'],
  xclip: ['xclip'],
  openbox: ['openbox'],
  xterm: ['xterm'],
  xdotool: ['xdotool'],
  sshd: ['openssh-server'],
  'ssh-keygen': ['openssh-client'],
  pgrep: ['procps'],
}

/**
 * Makes sure that the system libraries of Electron are there, on Linux; with `display` also a virtual display, with `tests` also the
 * tools of the tests, with `peer` also the libraries of that program, AzCopy. As root on Debian and Ubuntu they are installed, else the command to do so is in the Stop that is thrown.
 */
export async function ensureSystemPackages({ program, display = false, tests = false, peer }) {
  if (process.platform !== 'linux') return
  const libraries = await missingLibraries(program)
  const peerLibraries = await missingLibraries(peer)
  const tools = { ...(display ? displayTools : {}), ...(tests ? testTools : {}) }
  const missingTools = Object.keys(tools).filter((name) => findProgram(name) === null)
  if (libraries.length === 0 && missingTools.length === 0 && peerLibraries.length === 0) return
  const missing = [...libraries, ...missingTools, ...peerLibraries].join(', ')
  if (!existsSync('/etc/debian_version') || findProgram('apt-get') === null) {
    throw new Stop(
      `Not on this system: ${missing}. Install the packages that contain them and run the same command again.`,
    )
  }
  const wanted = [
    ...(libraries.length > 0 ? electronPackages : []),
    ...missingTools.map((name) => tools[name]),
    ...(peerLibraries.length > 0 ? peerPackages : []),
  ]
  await install(wanted, missing)
  const still = [...(await missingLibraries(program)), ...(await missingLibraries(peer))]
  if (still.length > 0) throw new Stop(`Still not on this system: ${still.join(', ')}.`)
}

/** What the dynamic linker does not find, such as `libnss3.so`. */
async function missingLibraries(program) {
  if (program === undefined) return []
  const { output } = await runCommand('ldd', [program])
  return [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1])
}

async function install(wanted, missing) {
  if (process.geteuid() !== 0) {
    const names = await namesHere(wanted)
    throw new Stop(
      `Not on this system: ${missing}. Run this and then the same command again:\n  sudo apt-get install -y ${names.join(' ')}`,
    )
  }
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const wait = ['-o', 'DPkg::Lock::Timeout=300']
  // One unreachable source among many makes it fail, although ours may well be up to date.
  await runCommand('apt-get', [...wait, 'update', '-qq'], { env: environment })
  const names = await namesHere(wanted)
  say(`Installing system packages with apt-get: ${names.join(' ')}`)
  const { code, output } = await runCommand(
    'apt-get',
    [...wait, 'install', '-y', '--no-install-recommends', ...names],
    {
      env: environment,
    },
  )
  if (code !== 0) throw new Stop(`apt-get install ${names.join(' ')} failed:\n${output.trim()}`)
}

/** The name that this release of the system knows; the first of several is the newest. */
async function namesHere(wanted) {
  const names = []
  for (const choices of wanted) {
    let name = choices.at(-1)
    for (const choice of choices.slice(0, -1)) {
      if (await isKnown(choice)) name = choice
    }
    names.push(name)
  }
  return names
}

async function isKnown(name) {
  const { code, output } = await runCommand('apt-cache', ['show', '--no-all-versions', name])
  return code === 0 && output.includes('Package:')
}
