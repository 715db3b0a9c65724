import { distributionOf } from './guest-distributions'
import type { Place } from './guest-places'
import type { GuestExtension, GuestReport } from './guests'

const extensionName = /^([A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*)\.([A-Za-z0-9]+)-(\d+(?:\.\d+)+)$/

/** What can be told of a system from its disk alone; null where there is none. */
export function reportOf(place: Place | null): GuestReport | null {
  if (!place) return null
  return place.facts.image.osType === 'Linux' ? linuxReport(place) : windowsReport(place)
}

/** Lays an extension's folder onto the disk, as the agent does. */
export function addExtensionFiles(place: Place | null, { publisher, type, version }: GuestExtension): void {
  if (!place) return
  const root = { mode: 0o755, uid: 0, gid: 0, mtimeMs: place.disk.now() }
  const folder = `${extensionFolder(place)}/${publisher}.${type}-${version}`
  for (const path of ['', '/config', '/status', '/bin'])
    if (!place.disk.tree.find(folder + path)) place.disk.makeFolder(folder + path, root)
  place.disk.write(`${folder}/HandlerManifest.json`, Buffer.from('[{"version":1.0}]\n'), { ...root, mode: 0o600 })
}

export function removeExtensionFiles(place: Place | null, { publisher, type }: GuestExtension): void {
  if (!place) return
  for (const found of extensionsOf(place)) {
    if (found.publisher.toLowerCase() !== publisher.toLowerCase() || found.type.toLowerCase() !== type.toLowerCase())
      continue
    place.disk.remove(`${extensionFolder(place)}/${found.publisher}.${found.type}-${found.version}`)
  }
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
  const { image, setup } = place.facts
  const os = { type: image.osType, id: null, versionId: null }
  return {
    os,
    computerName: setup.computerName,
    generalized: false,
    obstacles: [],
    agent: { version: '2.7.41491.1172' },
    extensions: extensionsOf(place),
  }
}

function extensionFolder({ facts }: Place): string {
  return facts.image.osType === 'Windows' ? '/C:/Packages/Plugins' : '/var/lib/waagent'
}

function extensionsOf(place: Place): GuestExtension[] {
  const folder = place.disk.tree.find(extensionFolder(place))
  if (folder?.kind !== 'folder') return []
  return [...folder.entries.values()].flatMap(({ name, kind }) => {
    const found = kind === 'folder' && !name.startsWith('WALinuxAgent-') ? extensionName.exec(name) : null
    return found ? [{ publisher: found[1] ?? '', type: found[2] ?? '', version: found[3] ?? '' }] : []
  })
}
