import { posix } from 'node:path'
import type { PsCall } from './guest-powershell-invoke'
import {
  isObject,
  listOf,
  memberOf,
  objectOf,
  PsError,
  textOf,
  wildcard,
  type PsObject,
} from './guest-powershell-values'
import type { GuestNode } from './guest-tree'
import { windowsPath } from './guest-windows-paths'
import type { WindowsState } from './guest-windows-state'

/** The paths that a cmdlet is given by name, in order or through the pipe; else the folder it stands in. */
export function pathsOf({ value, input, session }: PsCall): string[] {
  const given = value('path literalpath filepath', 0)
  const all =
    given === undefined
      ? input.map((one) => (isObject(one) ? (memberOf(one, 'FullName') ?? memberOf(one, 'PSPath') ?? one) : one))
      : listOf(given)
  return all.length > 0 ? all.map(textOf) : [session.cwd]
}

/** Places that a path with wildcards stands for. */
export function expand(path: string, { session, host, value }: PsCall): string[] {
  if (!/[*?[]/.test(path) || value('literalpath') !== undefined) return [session.path(path)]
  let found = ['/']
  for (const name of session
    .path(path)
    .split('/')
    .filter((one) => one !== '')) {
    found = found.flatMap((folder) => {
      if (!/[*?]/.test(name))
        return host.windows.disk.tree.find(posix.join(folder, name)) ? [posix.join(folder, name)] : []
      const node = host.windows.disk.tree.find(folder)
      return node?.kind === 'folder'
        ? [...node.entries.values()]
            .filter((one) => wildcard(name).test(one.name))
            .map((one) => posix.join(folder, one.name))
        : []
    })
  }
  return found
}

/** A file or folder as `Get-Item` gives it. */
export function fileObject(state: WindowsState, place: string, node: GuestNode): PsObject {
  const isFolder = node.kind === 'folder'
  const parent = windowsPath(posix.dirname(place))
  const name = node.name === '' ? windowsPath(place) : node.name
  return objectOf('file', {
    Mode: isFolder ? 'd-----' : '-a----',
    LastWriteTime: new Date(node.mtimeMs),
    Length: isFolder ? null : node.kind === 'file' ? node.size : 0,
    Name: name,
    FullName: windowsPath(state.disk.tree.resolve(place)),
    BaseName: name.replace(/\.[^.]*$/, ''),
    Extension: /\.[^.]*$/.exec(name)?.[0] ?? '',
    DirectoryName: parent,
    Directory: objectOf('folder', { FullName: parent, Name: parent.replace(/^.*\\/, '') }),
    PSIsContainer: isFolder,
  })
}

/** A key of the registry as `Get-Item` gives it. */
export function keyObject(name: string): PsObject {
  return objectOf('key', {
    Name: name.replace(/^HKLM:/, 'HKEY_LOCAL_MACHINE').replace(/^HKCU:/, 'HKEY_CURRENT_USER'),
    PSPath: name,
    PSChildName: name.replace(/^.*\\/, ''),
  })
}

export function missing(path: string): PsError {
  return new PsError(`Cannot find path '${path}' because it does not exist.`, 'ObjectNotFound')
}
