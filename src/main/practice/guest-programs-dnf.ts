import { changePackages, findPackage, installedPackages, packageMs, resolvePackages } from './guest-packages'
import { say, type Call, type Program } from './guest-process'

/** dnf, yum and rpm of Red Hat's family. */
export const dnfPrograms: Record<string, Program> = { dnf: runDnf, yum: runDnf, microdnf: runDnf, rpm: runRpm }

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
    await system.pause(packageMs, signal)
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
