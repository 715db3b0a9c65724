import type { Call, Program } from './guest-process'
import { changePackages, findPackage, installedPackages, resolvePackages, type Package } from './guest-packages'

/** Package tools: apt and dpkg on Debian's family, dnf, yum and rpm elsewhere. A tool that is not on the disk is not found by the shell. */
export const packagePrograms: Record<string, Program> = {
  apt: runApt,
  'apt-get': runApt,
  'apt-cache': aptCache,
  'apt-mark': () => Promise.resolve(0),
  'add-apt-repository': () => Promise.resolve(0),
  dpkg: runDpkg,
  'dpkg-query': runDpkg,
  dnf: runDnf,
  yum: runDnf,
  microdnf: runDnf,
  rpm: runRpm,
}

/** Virtual time of one package, so that progress can be seen. */
const setUpMs = 250
const mirror = 'http://azure.archive.ubuntu.com/ubuntu'

async function runApt(call: Call): Promise<number> {
  const { args, name } = call
  const words = args.filter((arg) => !arg.startsWith('-'))
  const [verb = '', ...names] = words.filter((word, at) => !(at > 0 && args[args.indexOf(word) - 1] === '-o'))
  const isYes = args.some((arg) => /^(-\w*y\w*|--yes|--assume-yes|-qq)$/.test(arg))
  const isQuiet = args.some((arg) => /^-q/.test(arg))
  const plan = { names: names.map((one) => one.replace(/=.*$/, '')), isYes, isQuiet }
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

type Plan = { names: string[]; isYes: boolean; isQuiet: boolean }

async function updateApt(call: Call): Promise<number> {
  const { distribution } = call.system
  const suites = ['', '-updates', '-security'].map((end) => `${distribution.codename}${end}`)
  for (const [at, suite] of suites.entries()) {
    await call.out(`Get:${at + 1} ${mirror} ${suite} InRelease [126 kB]\n`)
    await call.system.pause(setUpMs, call.signal)
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
    await system.pause(setUpMs, signal)
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
    await system.pause(setUpMs, signal)
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

async function runDpkg(call: Call): Promise<number> {
  const { args, system } = call
  const installed = installedPackages(system.disk, system.distribution)
  const names = args.filter((arg) => !arg.startsWith('-'))
  if (args.some((arg) => /^(-s|--status)$/.test(arg))) {
    for (const name of names) {
      const found = installed.get(name)
      if (!found) {
        await call.err(
          `dpkg-query: package '${name}' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.\n`,
        )
        return 1
      }
      await call.out(
        `Package: ${name}\nStatus: install ok installed\nInstalled-Size: ${found.kib}\nArchitecture: amd64\nVersion: ${found.version}\n`,
      )
    }
    return 0
  }
  if (args.some((arg) => /^(-W|--show)$/.test(arg))) return queryDpkg(call, installed, names)
  if (args.some((arg) => /^(-l|--list)$/.test(arg))) {
    const shown = [...installed].filter(([name]) => names.length === 0 || names.some((one) => globOf(one).test(name)))
    if (shown.length === 0) {
      await call.err(`dpkg-query: no packages found matching ${names.join(' ')}\n`)
      return 1
    }
    await call.out(
      'Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n||/ Name                 Version                      Architecture Description\n+++-====================-============================-============-===============\n',
    )
    for (const [name, { version }] of shown)
      await call.out(`ii  ${name.padEnd(20)} ${version.padEnd(28)} amd64        ${name}\n`)
    return 0
  }
  if (args.includes('--print-architecture')) return say(call, 'amd64\n', 0)
  if (args.includes('--configure') || args.some((arg) => /^(-i|--install)$/.test(arg))) {
    for (const name of names) await call.out(`Setting up ${name} ...\n`)
    return 0
  }
  await call.err('dpkg: error: need an action option\n')
  return 2
}

async function queryDpkg(
  call: Call,
  installed: ReadonlyMap<string, { version: string; kib: number }>,
  names: string[],
): Promise<number> {
  const at = call.args.findIndex((arg) => /^(-f|--showformat)/.test(arg))
  const given = at >= 0 ? call.args[at] : undefined
  const format =
    given === undefined
      ? '${Package}\\t${Version}\\n'
      : given.replace(/^(-f=?|--showformat=?)/, '') || (call.args[at + 1] ?? '')
  const wanted = names.filter((name) => name !== format)
  const missing = wanted.filter((name) => !name.includes('*') && !installed.has(name))
  for (const [name, { version, kib }] of installed) {
    if (wanted.length > 0 && !wanted.some((one) => globOf(one).test(name))) continue
    const fields: Record<string, string> = {
      Package: name,
      Version: version,
      Status: 'install ok installed',
      'db:Status-Status': 'installed',
      'db:Status-Abbrev': 'ii ',
      Architecture: 'amd64',
      'Installed-Size': String(kib),
    }
    await call.out(
      format
        .replace(/\$\{([\w:-]+)(;-?\d+)?\}/g, (_, field: string) => fields[field] ?? '')
        .replaceAll('\\n', '\n')
        .replaceAll('\\t', '\t'),
    )
  }
  for (const name of missing) await call.err(`dpkg-query: no packages found matching ${name}\n`)
  return missing.length > 0 ? 1 : 0
}

async function runDnf(call: Call): Promise<number> {
  const { args, system, user, name } = call
  const words = args.filter((arg) => !arg.startsWith('-'))
  const [verb = '', ...names] = words
  const isYes = args.some((arg) => /^-\w*y|--assumeyes/.test(arg))
  if (args.includes('--version')) return say(call, '4.14.0\n', 0)
  if (verb === 'list' || verb === 'repolist') {
    if (verb === 'list')
      for (const [one, { version }] of installedPackages(system.disk, system.distribution))
        await call.out(`${`${one}.x86_64`.padEnd(40)} ${version} @System\n`)
    return 0
  }
  if (user.uid !== 0 && verb !== 'search' && verb !== 'info') {
    await call.err(
      'Error: This command has to be run with superuser privileges (under the root user on most systems).\n',
    )
    return 1
  }
  await call.out('Last metadata expiration check: 0:03:12 ago.\n')
  if (/^(makecache|check-update|clean|config-manager|module|autoremove|update-minimal)$/.test(verb))
    return say(call, 'Complete!\n', 0)
  if (/^(update|upgrade)$/.test(verb) && names.length === 0)
    return say(call, 'Dependencies resolved.\nNothing to do.\nComplete!\n', 0)
  if (verb === 'groupinstall' || (verb === 'group' && names[0] === 'install'))
    return installDnf(call, ['gcc', 'gcc-c++', 'make', 'git'], isYes)
  if (/^(install|reinstall|localinstall|update|upgrade)$/.test(verb)) return installDnf(call, names, isYes)
  if (verb === 'remove' || verb === 'erase') {
    const installed = installedPackages(system.disk, system.distribution)
    const there = names.filter((one) => installed.has(one))
    if (there.length > 0 && !isYes && !(await agreesDnf(call))) return say(call, 'Operation aborted.\n', 1)
    changePackages(system.disk, system.distribution, { remove: there })
    if (there.includes('walinuxagent')) system.removeIfThere('/usr/sbin/waagent')
    return say(
      call,
      there.length === 0
        ? 'No packages marked for removal.\nComplete!\n'
        : `Removed:\n  ${there.join('\n  ')}\nComplete!\n`,
      0,
    )
  }
  await call.err(`No such command: ${verb}. Please use /usr/bin/${name} --help\n`)
  return 1
}

async function installDnf(call: Call, names: string[], isYes: boolean): Promise<number> {
  const { system, signal } = call
  const missing = names.filter((one) => !/\.rpm$/.test(one) && !findPackage(one, system.distribution))
  if (missing.length > 0) {
    for (const one of missing) await call.out(`No match for argument: ${one}\n`)
    await call.err(`Error: Unable to find a match: ${missing.join(' ')}\n`)
    return 1
  }
  const installed = installedPackages(system.disk, system.distribution)
  const plan = resolvePackages(names, new Set(installed.keys()), system.distribution)
  if (plan.length === 0) return say(call, 'Dependencies resolved.\nNothing to do.\nComplete!\n', 0)
  await call.out(
    `Dependencies resolved.\nInstalling:\n${plan.map((one) => ` ${one.name}  x86_64  ${one.version}  baseos  ${one.kib} k\n`).join('')}\nInstall  ${plan.length} Packages\n`,
  )
  if (!isYes && !(await agreesDnf(call))) return say(call, 'Operation aborted.\n', 1)
  for (const [at, one] of plan.entries()) {
    if (one.kib * 4096 > system.disk.freeBytes) {
      await call.err(
        'Error: Transaction test error:\n  installing package needs more space on the / filesystem: No space left on device\n',
      )
      return 1
    }
    changePackages(system.disk, system.distribution, { add: [one] })
    await call.out(`  Installing       : ${one.name}-${one.version}.x86_64  ${at + 1}/${plan.length}\n`)
    await system.pause(setUpMs, signal)
    if (signal.aborted) return 130
  }
  return say(
    call,
    `\nInstalled:\n  ${plan.map((one) => `${one.name}-${one.version}.x86_64`).join('\n  ')}\n\nComplete!\n`,
    0,
  )
}

async function agreesDnf(call: Call): Promise<boolean> {
  const answer = await call.ask('Is this ok [y/N]: ')
  return answer !== null && /^y(es)?$/i.test(answer.trim())
}

async function runRpm(call: Call): Promise<number> {
  const { args, system } = call
  const installed = installedPackages(system.disk, system.distribution)
  const names = args.filter((arg) => !arg.startsWith('-'))
  if (args.some((arg) => /^-\w*q\w*a/.test(arg))) {
    for (const [name, { version }] of installed) await call.out(`${name}-${version}.x86_64\n`)
    return 0
  }
  if (!args.some((arg) => /^-\w*q/.test(arg))) return 0
  let code = 0
  for (const name of names) {
    const found = installed.get(name)
    await call.out(found ? `${name}-${found.version}.x86_64\n` : `package ${name} is not installed\n`)
    if (!found) code = 1
  }
  return code
}

function globOf(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
}

async function say(call: Call, text: string, code: number): Promise<number> {
  await call.out(text)
  return code
}
