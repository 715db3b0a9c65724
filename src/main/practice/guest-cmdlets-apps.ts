import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import { listOf, memberOf, objectOf, PsError, textOf, wildcard, type PsValue } from './guest-powershell-values'
import type { Appx } from './guest-windows-kept'

/** Apps, installers and tasks: what gets onto the machine. */
export const appCmdlets: Record<string, Cmdlet> = {
  'start-process': startProcess,
  saps: startProcess,
  'get-appxpackage': (call) => appx(call, ({ isInstalled }) => isInstalled),
  'get-appxprovisionedpackage': (call) => appx(call, ({ isProvisioned }) => isProvisioned),
  'get-provisionedappxpackage': (call) => appx(call, ({ isProvisioned }) => isProvisioned),
  'add-appxpackage': addAppx,
  'remove-appxpackage': (call) => removeAppx(call, 'isInstalled'),
  'remove-appxprovisionedpackage': (call) => removeAppx(call, 'isProvisioned'),
  'invoke-webrequest': noNetwork,
  iwr: noNetwork,
  'invoke-restmethod': noNetwork,
  'start-bitstransfer': noNetwork,
  'new-scheduledtaskaction': ({ text }) =>
    Promise.resolve([objectOf('action', { Execute: text('execute', 0) ?? '', Arguments: text('argument') ?? '' })]),
  'new-scheduledtasktrigger': () => Promise.resolve([objectOf('trigger', {})]),
  'new-scheduledtaskprincipal': () => Promise.resolve([objectOf('principal', {})]),
  'register-scheduledtask': registerTask,
  'start-scheduledtask': startTask,
  'get-scheduledtask': getTask,
  'get-scheduledtaskinfo': getTask,
  'unregister-scheduledtask': ({ text, host }) => (
    delete host.windows.kept.tasks[text('taskname', 0) ?? ''],
    Promise.resolve([])
  ),
  msiexec: ({ positional, host }) =>
    Promise.resolve(
      (install(host.windows, positional.map(textOf).find((one) => /\.msi$/i.test(one)) ?? 'package.msi'), []),
    ),
  winget: (call) => installer(call, 'Successfully installed'),
  choco: (call) => installer(call, 'Chocolatey installed 1/1 packages.'),
  'install-package': (call) => installer(call, 'Installed'),
}

async function startProcess(call: PsCall): Promise<PsValue[]> {
  const { text, value, host, session, has } = call
  const file = text('filepath', 0) ?? ''
  const args = listOf(value('argumentlist args', 1) ?? null).map(textOf)
  const result = objectOf('process', { Id: 5120, ProcessName: file, ExitCode: 0, HasExited: true })
  if (/sysprep(\.exe)?$/i.test(file)) {
    host.windows.startSysprep(`sysprep.exe ${args.join(' ')}`)
    if (has('wait'))
      while (host.windows.kept.sysprep && !host.signal.aborted) await host.windows.wait(5_000, host.signal)
  } else if (/msiexec(\.exe)?$/i.test(file))
    install(host.windows, args.find((one) => /\.msi"?$/i.test(one)) ?? 'package.msi')
  else if (/^(powershell|cmd|shutdown)(\.exe)?$/i.test(file))
    result.properties.set('ExitCode', await session.run(`${file} ${args.join(' ')}`))
  else {
    const place = session.path(file)
    if (!host.windows.disk.tree.find(place))
      throw new PsError(
        'This command cannot be run due to the error: The system cannot find the file specified.',
        'InvalidOperation',
      )
    install(host.windows, file)
  }
  return has('passthru') ? [result] : []
}

/** A program that was installed: what "Apps" would list. */
function install(windows: PsCall['host']['windows'], file: string): void {
  const name = file
    .replaceAll('"', '')
    .replace(/^.*[\\/]/, '')
    .replace(/\.(msi|exe)$/i, '')
  const key = `HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${name}`
  windows.setRegistryValue(key, 'DisplayName', name)
  windows.setRegistryValue(key, 'DisplayVersion', '1.0.0')
  windows.makeFolders(`/C:/Program Files/${name}`)
}

async function installer({ positional, host, name }: PsCall, words: string): Promise<PsValue[]> {
  const [verb = '', what = ''] = positional.map(textOf)
  if (!/install|upgrade/i.test(verb)) return [`${name}: ${verb} is not in practice mode`]
  install(host.windows, what)
  await host.windows.wait(5_000, host.signal)
  return [words]
}

function appx({ text, host }: PsCall, is: (one: Appx) => boolean): Promise<PsValue[]> {
  const name = text('name', 0)
  const found = host.windows.kept.appx.filter((one) => is(one) && (name === undefined || wildcard(name).test(one.name)))
  return Promise.resolve(
    found.map((one) =>
      objectOf('appx', {
        Name: one.name,
        DisplayName: one.name,
        Version: one.version,
        PackageFullName: fullName(one),
        PackageName: fullName(one),
        IsFramework: false,
        NonRemovable: one.isSystem,
        SignatureKind: one.isSystem ? 'System' : 'Store',
      }),
    ),
  )
}

function fullName({ name, version, publisher }: Appx): string {
  return `${name}_${version}_x64__${publisher}`
}

/** Installed for this user only: what makes Sysprep fail later. */
function addAppx({ text, host }: PsCall): Promise<PsValue[]> {
  const name = (text('path', 0) ?? 'App')
    .replace(/^.*[\\/]/, '')
    .replace(/\.(appx|msix)(bundle)?$/i, '')
    .replace(/_.*$/, '')
  host.windows.kept.appx.push({
    name,
    version: '1.0.0.0',
    publisher: '8wekyb3d8bbwe',
    isProvisioned: false,
    isInstalled: true,
    isSystem: false,
  })
  return Promise.resolve([])
}

function removeAppx({ text, input, host }: PsCall, what: 'isInstalled' | 'isProvisioned'): Promise<PsValue[]> {
  const names =
    text('package packagename', 0) !== undefined
      ? [text('package packagename', 0) ?? '']
      : input.map((one) => textOf(memberOf(one, 'PackageFullName')))
  for (const name of names) {
    const found = host.windows.kept.appx.find((one) => fullName(one) === name || one.name === name)
    if (!found) throw new PsError('Deployment failed with HRESULT: 0x80073CF1, Package was not found.', 'NotSpecified')
    found[what] = false
  }
  host.windows.kept.appx = host.windows.kept.appx.filter(
    ({ isInstalled, isProvisioned }) => isInstalled || isProvisioned,
  )
  return Promise.resolve([])
}

function noNetwork({ text }: PsCall): Promise<PsValue[]> {
  const host = /\/\/([^/]+)/.exec(text('uri source', 0) ?? '')?.[1] ?? ''
  throw new PsError(
    `The remote name could not be resolved: '${host}'. (The machines of the practice cloud have no network: upload the file over the Files panel instead.)`,
    'InvalidOperation',
  )
}

function registerTask({ text, value, host }: PsCall): Promise<PsValue[]> {
  const action = value('action') ?? null
  host.windows.kept.tasks[text('taskname', 0) ?? ''] = {
    action: `${textOf(memberOf(action, 'Execute'))} ${textOf(memberOf(action, 'Arguments'))}`,
    result: 267_011,
  }
  return Promise.resolve([objectOf('task', { TaskName: text('taskname', 0) ?? '', State: 'Ready' })])
}

async function startTask({ text, host, session }: PsCall): Promise<PsValue[]> {
  const task = host.windows.kept.tasks[text('taskname', 0) ?? '']
  if (!task) throw new PsError('The system cannot find the file specified.', 'ObjectNotFound')
  const log = /\*> '([^']+)'/.exec(task.action)?.[1]
  // Updates come from a server that practice machines do not reach: there are none.
  if (log !== undefined) host.windows.writeText(session.path(log), 'There are no updates in practice mode.\r\n')
  await host.windows.wait(3_000, host.signal)
  task.result = 0
  return []
}

function getTask({ text, host }: PsCall): Promise<PsValue[]> {
  const name = text('taskname', 0) ?? '*'
  const found = Object.entries(host.windows.kept.tasks).filter(([one]) => wildcard(name).test(one))
  return Promise.resolve(
    found.map(([TaskName, { result }]) => objectOf('task', { TaskName, State: 'Ready', LastTaskResult: result })),
  )
}
