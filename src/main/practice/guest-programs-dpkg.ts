import { installedPackages } from './guest-packages'
import { say, type Call, type Program } from './guest-process'

/** dpkg of Debian's family. */
export const dpkgPrograms: Record<string, Program> = { dpkg: runDpkg, 'dpkg-query': runDpkg }

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

function globOf(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
}
