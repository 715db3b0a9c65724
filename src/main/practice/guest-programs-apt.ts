import {
  changePackages,
  findPackage,
  installedPackages,
  packageMs,
  resolvePackages,
  type Package,
} from './guest-packages'
import { say, type Call, type Program } from './guest-process'

/** apt of Debian's family. */
export const aptPrograms: Record<string, Program> = {
  apt: runApt,
  'apt-get': runApt,
  'apt-cache': aptCache,
  'apt-mark': () => Promise.resolve(0),
  'add-apt-repository': () => Promise.resolve(0),
}

const mirror = 'http://azure.archive.ubuntu.com/ubuntu'

async function runApt(call: Call): Promise<number> {
  const { args, name } = call
  const words = args.filter((arg) => !arg.startsWith('-'))
  const [verb = '', ...names] = words.filter((word, at) => !(at > 0 && args[args.indexOf(word) - 1] === '-o'))
  const isYes = args.some((arg) => /^(-\w*y\w*|--yes|--assume-yes|-qq)$/.test(arg))
  const plan = { names: names.map((one) => one.replace(/=.*$/, '')), isYes }
  if (args.includes('--version') || verb === '') return say(call, `apt 2.8.3 (amd64)\n`, 0)
  if (verb === 'list') return listApt(call, args.includes('--installed'))
  if (verb === 'show' || verb === 'search' || verb === 'policy') return aptCache(call)
  if (call.user.uid !== 0) {
    const file = verb === 'update' ? '/var/lib/apt/lists/lock' : '/var/lib/dpkg/lock-frontend'
    await call.err(
      `E: Could not open lock file ${file} - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (${file}), are you root?\n`,
    )
    return 100
  }
  if (name === 'apt' && !call.isLive)
    await call.err('\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n')
  switch (verb) {
    case 'update':
      return updateApt(call)
    case 'install':
    case 'reinstall':
      return installApt(call, plan)
    case 'upgrade':
    case 'full-upgrade':
    case 'dist-upgrade':
      await readLists(call)
      return say(
        call,
        'Calculating upgrade... Done\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n',
        0,
      )
    case 'remove':
    case 'purge':
      return removeApt(call, plan)
    case 'autoremove':
    case 'autopurge':
      await readLists(call)
      return say(call, '0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n', 0)
    case 'clean':
    case 'autoclean':
      return 0
    default:
      await call.err(`E: Invalid operation ${verb}\n`)
      return 100
  }
}

type Plan = { names: string[]; isYes: boolean }

async function updateApt(call: Call): Promise<number> {
  const { distribution } = call.system
  const suites = ['', '-updates', '-security'].map((end) => `${distribution.codename}${end}`)
  for (const [at, suite] of suites.entries()) {
    await call.out(`Get:${at + 1} ${mirror} ${suite} InRelease [126 kB]\n`)
    await call.system.pause(packageMs, call.signal)
  }
  call.system.writeRoot('/var/lib/apt/lists/practice_Packages', 'practice\n')
  return say(call, 'Fetched 378 kB in 1s (402 kB/s)\nReading package lists... Done\n', 0)
}

async function installApt(call: Call, { names, isYes }: Plan): Promise<number> {
  const { system } = call
  await readLists(call)
  const local = names.filter((one) => one.endsWith('.deb'))
  const missing = names.filter((one) => !local.includes(one) && !findPackage(one, system.distribution))
  if (missing.length > 0) {
    await call.err(missing.map((one) => `E: Unable to locate package ${one}\n`).join(''))
    return 100
  }
  const installed = installedPackages(system.disk, system.distribution)
  for (const one of names) {
    const version = installed.get(one)?.version
    if (version !== undefined) await call.out(`${one} is already the newest version (${version}).\n`)
  }
  const plan = resolvePackages(names, new Set(installed.keys()), system.distribution)
  if (plan.length === 0) return say(call, '0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n', 0)
  const kib = plan.reduce((sum, one) => sum + one.kib, 0)
  await call.out(`The following NEW packages will be installed:\n  ${plan.map((one) => one.name).join(' ')}\n`)
  await call.out(`0 upgraded, ${plan.length} newly installed, 0 to remove and 0 not upgraded.\n`)
  await call.out(
    `Need to get ${kib.toLocaleString('en')} kB of archives.\nAfter this operation, ${(kib * 4).toLocaleString('en')} kB of additional disk space will be used.\n`,
  )
  const isExtra = plan.length > names.length
  if (!isYes && isExtra && !(await agrees(call))) return say(call, 'Abort.\n', 1)
  return setUp(call, plan)
}

async function setUp(call: Call, plan: Package[]): Promise<number> {
  const { system, signal } = call
  for (const [at, { name, version, kib }] of plan.entries()) {
    await call.out(
      `Get:${at + 1} ${mirror} ${system.distribution.codename}/main amd64 ${name} amd64 ${version} [${kib.toLocaleString('en')} kB]\n`,
    )
    await system.pause(packageMs, signal)
    if (signal.aborted) return 130
  }
  for (const { name, version } of plan)
    await call.out(`Selecting previously unselected package ${name}.\nUnpacking ${name} (${version}) ...\n`)
  for (const one of plan) {
    if (one.kib * 4096 > system.disk.freeBytes) {
      await call.err(
        `dpkg: error processing archive /var/cache/apt/archives/${one.name}_${one.version}_amd64.deb (--unpack):\n failed to write (No space left on device)\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n`,
      )
      return 100
    }
    changePackages(system.disk, system.distribution, { add: [one] })
    await call.out(`Setting up ${one.name} (${one.version}) ...\n`)
    await system.pause(packageMs, signal)
    if (signal.aborted) return 130
  }
  return 0
}

async function removeApt(call: Call, { names, isYes }: Plan): Promise<number> {
  const { system } = call
  await readLists(call)
  const installed = installedPackages(system.disk, system.distribution)
  const there = names.filter((one) => installed.has(one))
  for (const one of names)
    if (!installed.has(one)) await call.out(`Package '${one}' is not installed, so not removed\n`)
  if (there.length === 0) return say(call, '0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n', 0)
  await call.out(
    `The following packages will be REMOVED:\n  ${there.join(' ')}\n0 upgraded, 0 newly installed, ${there.length} to remove and 0 not upgraded.\n`,
  )
  if (!isYes && !(await agrees(call))) return say(call, 'Abort.\n', 1)
  for (const one of there) await call.out(`Removing ${one} (${installed.get(one)?.version}) ...\n`)
  changePackages(system.disk, system.distribution, { remove: there })
  if (there.includes('walinuxagent')) system.removeIfThere('/usr/sbin/waagent')
  if (there.includes('cloud-init')) system.removeIfThere('/usr/bin/cloud-init')
  return 0
}

async function agrees(call: Call): Promise<boolean> {
  const answer = await call.ask('Do you want to continue? [Y/n] ')
  return answer !== null && /^(y|yes|)$/i.test(answer.trim())
}

async function readLists(call: Call): Promise<void> {
  await call.out('Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n')
}

async function listApt(call: Call, isInstalled: boolean): Promise<number> {
  await call.out('Listing... Done\n')
  if (!isInstalled) return 0
  for (const [name, { version }] of installedPackages(call.system.disk, call.system.distribution))
    await call.out(`${name}/${call.system.distribution.codename},now ${version} amd64 [installed]\n`)
  return 0
}

async function aptCache(call: Call): Promise<number> {
  const name = call.args.filter((arg) => !arg.startsWith('-')).at(-1) ?? ''
  const found = findPackage(name, call.system.distribution)
  if (!found) {
    await call.err(`N: Unable to locate package ${name}\n`)
    return 100
  }
  return say(call, `Package: ${found.name}\nVersion: ${found.version}\nInstalled-Size: ${found.kib * 4} kB\n`, 0)
}
