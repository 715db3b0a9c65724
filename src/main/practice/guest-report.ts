import { distributionOf } from './guest-distributions'
import { windowsVersion } from './guest-windows-base'
import { WindowsState } from './guest-windows-state'
import type { Place } from './guest-places'
import type { GuestExtension, GuestReport } from './guests'

const extensionName = /^([A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*)\.([A-Za-z0-9]+)-(\d+(?:\.\d+)+)$/

/** What can be told of a system from its disk alone; null where there is none. */
export function reportOf(place: Place | null): GuestReport | null {
  if (!place) return null
  return place.facts.image.osType === 'Linux' ? linuxReport(place) : windowsReport(place)
}

/** Lays an extension's folder onto the disk, as the agent does. */
export function addExtensionFiles(place: Place | null, extension: GuestExtension): void {
  if (!place) return
  const root = { mode: 0o755, uid: 0, gid: 0, mtimeMs: place.disk.now() }
  const folder = folderOf(place, extension)
  const parents = [
    extensionFolder(place),
    folder.replace(/\/[^/]*$/, ''),
    folder,
    ...['config', 'status', 'bin'].map((name) => `${folder}/${name}`),
  ]
  for (const path of parents) if (!place.disk.tree.find(path)) place.disk.makeFolder(path, root)
  place.disk.write(`${folder}/HandlerManifest.json`, Buffer.from('[{"version":1.0}]\n'), { ...root, mode: 0o600 })
}

export function removeExtensionFiles(place: Place | null, { publisher, type }: GuestExtension): void {
  if (!place) return
  const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  for (const found of extensionsOf(place)) {
    if (!isSame(found.publisher, publisher) || !isSame(found.type, type)) continue
    const folder = folderOf(place, found)
    place.disk.remove(isWindows(place) ? folder.replace(/\/[^/]*$/, '') : folder)
  }
}

/** Linux: publisher, type and version in one name; Windows: the version is a folder below. */
function folderOf(place: Place, { publisher, type, version }: GuestExtension): string {
  return `${extensionFolder(place)}/${publisher}.${type}${isWindows(place) ? '/' : '-'}${version}`
}

function isWindows({ facts }: Place): boolean {
  return facts.image.osType === 'Windows'
}

function linuxReport(place: Place): GuestReport {
  const { disk, facts } = place
  const { id, versionId, agentVersion } = distributionOf(facts.image)
  const has = (path: string) => disk.tree.find(path) !== null
  const users = (disk.readText('/etc/passwd') ?? '').split('\n').filter((line) => {
    const uid = Number(line.split(':')[2])
    return uid >= 1000 && uid < 60_000
  })
  const hasAgent = has('/usr/sbin/waagent')
  const extensions = extensionsOf(place)
  const generalized = !has('/var/lib/waagent/provisioned') && users.length === 0
  const obstacles = [
    ...(hasAgent ? [] : ['linux.agent']),
    ...(extensions.length > 0 ? ['azure.extensions'] : []),
    ...(generalized ? [] : ['linux.generalized']),
  ]
  return {
    os: { type: 'Linux', id, versionId },
    computerName: (disk.readText('/etc/hostname') ?? '').trim(),
    generalized,
    obstacles,
    agent: hasAgent ? { version: agentVersion } : null,
    extensions,
  }
}

function windowsReport(place: Place): GuestReport {
  const state = new WindowsState(place, () => place.disk.now())
  const { year } = windowsVersion(place.facts.image)
  const agent = state.service('WindowsAzureGuestAgent')
  const extensions = extensionsOf(place)
  const generalized = state.imageState === 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'
  const cdrom = state.registryValue('HKLM:\\SYSTEM\\CurrentControlSet\\Services\\cdrom', 'Start')
  const obstacles = [
    ...(agent ? [] : ['azure.agent.windows']),
    ...(extensions.length > 0 ? ['azure.extensions'] : []),
    ...(generalized ? [] : ['windows.generalized']),
    // Without /mode:vm a new machine looks for all its hardware anew and never leaves setup.
    ...(generalized && !state.kept.hadModeVm ? ['windows.mode-vm'] : []),
    ...(cdrom === 4 ? ['windows.dvd'] : []),
  ]
  return {
    os: { type: 'Windows', id: 'windows', versionId: year },
    computerName: state.kept.computerName,
    generalized,
    obstacles,
    agent: agent?.[1].status === 'Running' ? { version: '2.7.41491.1172' } : null,
    extensions,
  }
}

function extensionFolder(place: Place): string {
  return isWindows(place) ? '/C:/Packages/Plugins' : '/var/lib/waagent'
}

function extensionsOf(place: Place): GuestExtension[] {
  const folder = place.disk.tree.find(extensionFolder(place))
  if (folder?.kind !== 'folder') return []
  const names = [...folder.entries.values()].flatMap((node) => {
    if (node.kind !== 'folder') return []
    return isWindows(place) ? [...node.entries.values()].map(({ name }) => `${node.name}-${name}`) : [node.name]
  })
  return names.flatMap((name) => {
    const found = name.startsWith('WALinuxAgent-') ? null : extensionName.exec(name)
    return found ? [{ publisher: found[1] ?? '', type: found[2] ?? '', version: found[3] ?? '' }] : []
  })
}
