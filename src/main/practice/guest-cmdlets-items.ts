import { posix } from 'node:path'
import { expand, fileObject, keyObject, missing, pathsOf } from './guest-cmdlets-parts'
import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import { memberOf, PsError, textOf, wildcard, type PsValue } from './guest-powershell-values'
import { isRegistryPath, windowsPath } from './guest-windows-paths'
import type { WindowsState } from './guest-windows-state'

/** Files and folders, and keys of the registry by the same cmdlets. */
export const itemCmdlets: Record<string, Cmdlet> = {
  'get-childitem': getChildren,
  gci: getChildren,
  dir: getChildren,
  ls: getChildren,
  'get-item': getItem,
  gi: getItem,
  'new-item': newItem,
  ni: newItem,
  mkdir: (call) =>
    newItem({
      ...call,
      named: new Map([...call.named, ['itemtype', 'Directory']]),
      text: (names, place) => (names === 'itemtype type' ? 'Directory' : call.text(names, place)),
    }),
  'remove-item': removeItem,
  rm: removeItem,
  del: removeItem,
  'copy-item': copyItem,
  cp: copyItem,
  copy: copyItem,
  'move-item': moveItem,
  mv: moveItem,
  'rename-item': renameItem,
}

function getChildren(call: PsCall): Promise<PsValue[]> {
  const { host, session, has } = call
  const found: PsValue[] = []
  for (const path of pathsOf(call)) {
    if (isRegistryPath(path)) {
      if (!host.windows.key(path)) throw missing(path)
      found.push(...host.windows.subKeys(path).map((name) => keyObject(name)))
      continue
    }
    const places = expand(path, call)
    if (places.length === 0 && /[*?]/.test(path)) continue
    for (const place of places) {
      const node = host.windows.disk.tree.find(place)
      if (!node) throw missing(windowsPath(session.path(path)))
      if (node.kind !== 'folder' || /[*?]/.test(path)) found.push(fileObject(host.windows, place, node))
      else found.push(...childrenOf(host.windows, place, has('recurse')))
    }
  }
  const filter = call.text('filter', 1) ?? call.text('include')
  return Promise.resolve(
    found.filter(
      (one) =>
        (filter === undefined || wildcard(filter).test(textOf(memberOf(one, 'Name')))) &&
        (!has('directory') || memberOf(one, 'PSIsContainer') === true) &&
        (!has('file') || memberOf(one, 'PSIsContainer') === false),
    ),
  )
}

function childrenOf(state: WindowsState, place: string, isDeep: boolean): PsValue[] {
  const folder = state.disk.tree.find(place)
  if (folder?.kind !== 'folder') return []
  return [...folder.entries.values()]
    .filter(({ name }) => !name.startsWith('.windows'))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { sensitivity: 'base' }))
    .flatMap((node) => {
      const here = posix.join(place, node.name)
      return [fileObject(state, here, node), ...(isDeep && node.kind === 'folder' ? childrenOf(state, here, true) : [])]
    })
}

function getItem(call: PsCall): Promise<PsValue[]> {
  const { host } = call
  return Promise.resolve(
    pathsOf(call).flatMap((path) => {
      if (isRegistryPath(path)) {
        const key = host.windows.key(path)
        if (!key) throw missing(path)
        return [keyObject(key.name)]
      }
      return expand(path, call).map((place) => {
        const node = host.windows.disk.tree.find(place)
        if (!node) throw missing(windowsPath(place))
        return fileObject(host.windows, place, node)
      })
    }),
  )
}

function newItem(call: PsCall): Promise<PsValue[]> {
  const { host, session, text, value, has } = call
  const name = text('name')
  const given = text('path', 0) ?? '.'
  const path = name === undefined ? given : `${given}\\${name}`
  if (isRegistryPath(path)) {
    if (host.windows.key(path) && !has('force'))
      throw new PsError('A key in this path already exists.', 'ResourceExists')
    host.windows.makeKey(path)
    return Promise.resolve([keyObject(host.windows.key(path)?.name ?? path)])
  }
  const place = session.path(path)
  const existing = host.windows.disk.tree.find(place)
  const isFolder = /^(dir|directory|container)$/i.test(text('itemtype type') ?? '')
  if (existing && !(has('force') && (isFolder || existing.kind === 'file')))
    throw new PsError(`An item with the specified name ${windowsPath(place)} already exists.`, 'ResourceExists')
  if (isFolder) host.windows.makeFolders(place)
  else {
    if (has('force')) host.windows.makeFolders(posix.dirname(place))
    host.windows.writeText(place, textOf(value('value') ?? ''))
  }
  const node = host.windows.disk.tree.find(place)
  return Promise.resolve(node ? [fileObject(host.windows, place, node)] : [])
}

function removeItem(call: PsCall): Promise<PsValue[]> {
  const { host, session } = call
  for (const path of pathsOf(call)) {
    if (isRegistryPath(path)) {
      if (!host.windows.key(path)) throw missing(path)
      host.windows.removeKey(path)
      continue
    }
    const places = expand(path, call)
    for (const place of places) {
      if (!host.windows.disk.tree.find(place, false)) throw missing(windowsPath(session.path(path)))
      host.windows.remove(place)
    }
  }
  return Promise.resolve([])
}

function copyItem(call: PsCall): Promise<PsValue[]> {
  const { host, session, text } = call
  const target = session.path(text('destination', 1) ?? '.')
  for (const path of pathsOf(call)) {
    for (const place of expand(path, call)) {
      const node = host.windows.disk.tree.find(place)
      if (!node) throw missing(windowsPath(place))
      copyNode(host.windows, place, host.windows.isFolder(target) ? posix.join(target, node.name) : target)
    }
  }
  return Promise.resolve([])
}

function copyNode(state: WindowsState, from: string, to: string): void {
  const node = state.disk.tree.find(from)
  if (node?.kind === 'file') state.writeBytes(to, state.disk.read(node))
  if (node?.kind !== 'folder') return
  state.makeFolders(to)
  for (const { name } of [...node.entries.values()]) copyNode(state, posix.join(from, name), posix.join(to, name))
}

function moveItem(call: PsCall): Promise<PsValue[]> {
  const { host, session, text } = call
  const target = session.path(text('destination', 1) ?? '.')
  for (const path of pathsOf(call))
    for (const place of expand(path, call)) {
      if (!host.windows.disk.tree.find(place)) throw missing(windowsPath(place))
      host.windows.disk.move(place, host.windows.isFolder(target) ? posix.join(target, posix.basename(place)) : target)
    }
  return Promise.resolve([])
}

function renameItem({ host, session, text }: PsCall): Promise<PsValue[]> {
  const place = session.path(text('path', 0) ?? '')
  if (!host.windows.disk.tree.find(place)) throw missing(windowsPath(place))
  host.windows.disk.move(place, posix.join(posix.dirname(place), text('newname', 1) ?? ''))
  return Promise.resolve([])
}
