import { posix } from 'node:path'
import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import {
  isObject,
  listOf,
  memberOf,
  numberOf,
  objectOf,
  PsError,
  textOf,
  wildcard,
  type PsObject,
  type PsValue,
} from './guest-powershell-values'
import type { GuestNode } from './guest-tree'
import { isRegistryPath, windowsPath, type WindowsState } from './guest-windows-state'

/** Files and folders, and the registry through the same cmdlets. */
export const fileCmdlets: Record<string, Cmdlet> = {
  'get-childitem': getChildren,
  gci: getChildren,
  dir: getChildren,
  ls: getChildren,
  'get-item': getItem,
  gi: getItem,
  'get-content': getContent,
  gc: getContent,
  cat: getContent,
  type: getContent,
  'set-content': (call) => putContent(call, false),
  'add-content': (call) => putContent(call, true),
  'out-file': (call) => putContent(call, call.has('append')),
  'clear-content': (call) => putContent({ ...call, input: [''] }, false),
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
  'test-path': testPath,
  'join-path': ({ text, positional }) =>
    Promise.resolve([
      [text('path', 0), text('childpath', 1), ...positional.slice(2).map(textOf)]
        .filter((one) => one !== undefined)
        .join('\\')
        .replace(/\\{2,}/g, '\\'),
    ]),
  'split-path': ({ text, input, has }) => {
    const path = text('path', 0) ?? textOf(input[0] ?? '')
    return Promise.resolve([has('leaf') ? path.replace(/^.*[\\/]/, '') : path.replace(/[\\/][^\\/]*$/, '')])
  },
  'resolve-path': ({ text, session }) =>
    Promise.resolve([objectOf('path', { Path: windowsPath(session.path(text('path', 0) ?? '.')) })]),
  'set-location': setLocation,
  cd: setLocation,
  'get-location': ({ session }) => Promise.resolve([objectOf('path', { Path: session.cwd })]),
  pwd: ({ session }) => Promise.resolve([objectOf('path', { Path: session.cwd })]),
  'push-location': setLocation,
  'pop-location': () => Promise.resolve([]),
  'get-itemproperty': getProperty,
  gp: getProperty,
  'get-itempropertyvalue': async (call) => [memberOf((await getProperty(call))[0] ?? null, call.text('name', 1) ?? '')],
  'set-itemproperty': setProperty,
  sp: setProperty,
  'new-itemproperty': setProperty,
  'remove-itemproperty': removeProperty,
  'get-filehash': getHash,
  'expand-archive': expandArchive,
  'get-acl': ({ text }) =>
    Promise.resolve([objectOf('acl', { Path: text('path', 0) ?? '', Owner: 'BUILTIN\\Administrators' })]),
  'set-acl': () => Promise.resolve([]),
}

function pathsOf({ value, input, session }: PsCall): string[] {
  const given = value('path literalpath filepath', 0)
  const all =
    given === undefined
      ? input.map((one) => (isObject(one) ? (memberOf(one, 'FullName') ?? memberOf(one, 'PSPath') ?? one) : one))
      : listOf(given)
  return all.length > 0 ? all.map(textOf) : [session.cwd]
}

/** Places that a path with wildcards stands for. */
function expand(path: string, { session, host }: PsCall): string[] {
  if (!/[*?[]/.test(path)) return [session.path(path)]
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

function fileObject(state: WindowsState, place: string, node: GuestNode): PsObject {
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

function missing(path: string): PsError {
  return new PsError(`Cannot find path '${path}' because it does not exist.`, 'ObjectNotFound')
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

function keyObject(name: string): PsObject {
  return objectOf('key', {
    Name: name.replace(/^HKLM:/, 'HKEY_LOCAL_MACHINE').replace(/^HKCU:/, 'HKEY_CURRENT_USER'),
    PSPath: name,
    PSChildName: name.replace(/^.*\\/, ''),
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

function getContent(call: PsCall): Promise<PsValue[]> {
  const { host, has, value } = call
  const all: PsValue[] = []
  for (const path of pathsOf(call)) {
    const places = expand(path, call)
    for (const place of places) {
      const text = host.windows.text(place)
      if (text === null) throw missing(windowsPath(place))
      if (has('raw')) all.push(text)
      else
        all.push(
          ...text
            .replace(/\r?\n$/, '')
            .split(/\r?\n/)
            .filter((line, at, lines) => lines.length > 1 || line !== '' || text.length > 0),
        )
    }
  }
  const first = value('totalcount head first')
  const last = value('tail last')
  if (first !== undefined) return Promise.resolve(all.slice(0, numberOf(first)))
  return Promise.resolve(last === undefined ? all : all.slice(-numberOf(last)))
}

function putContent(call: PsCall, isAdded: boolean): Promise<PsValue[]> {
  const { host, session, value, input, has } = call
  const path = textOf(value('path literalpath filepath', 0) ?? '')
  const content = value('value inputobject', 1)
  const lines = (content === undefined ? input : listOf(content)).map(textOf)
  const text = has('nonewline') ? lines.join('') : lines.map((line) => `${line}\r\n`).join('')
  const place = session.path(path)
  host.windows.writeText(place, isAdded ? (host.windows.text(place) ?? '') + text : text)
  return Promise.resolve([])
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

function testPath(call: PsCall): Promise<PsValue[]> {
  const { host, text } = call
  const kind = (text('pathtype') ?? '').toLowerCase()
  return Promise.resolve(
    pathsOf(call).map((path) => {
      if (isRegistryPath(path)) return host.windows.key(path) !== null
      return expand(path, call).some((place) => {
        const node = host.windows.disk.tree.find(place)
        return node !== null && (kind === '' || kind === 'any' || (kind === 'container') === (node.kind === 'folder'))
      })
    }),
  )
}

function setLocation({ session, host, text }: PsCall): Promise<PsValue[]> {
  const path = text('path literalpath', 0) ?? '~'
  const place =
    path === '~' ? session.path(host.windows.environment('USERPROFILE', host.user) ?? 'C:\\') : session.path(path)
  if (!host.windows.isFolder(place)) throw missing(windowsPath(place))
  session.cwd = windowsPath(host.windows.disk.tree.resolve(place))
  return Promise.resolve([])
}

function getProperty(call: PsCall): Promise<PsValue[]> {
  const { host, text } = call
  return Promise.resolve(
    pathsOf(call).flatMap((path) => {
      if (!isRegistryPath(path))
        return expand(path, call).flatMap((place) => {
          const node = host.windows.disk.tree.find(place)
          return node ? [fileObject(host.windows, place, node)] : []
        })
      const keys = path.endsWith('\\*') ? host.windows.subKeys(path.slice(0, -2)) : [path]
      return keys.map((one) => {
        const key = host.windows.key(one)
        if (!key) throw missing(path)
        const name = text('name', 1)
        if (name !== undefined && host.windows.registryValue(one, name) === null)
          throw new PsError(
            `Property ${name} does not exist at path ${key.name.replace(/^HKLM:/, 'HKEY_LOCAL_MACHINE')}.`,
            'InvalidArgument',
          )
        return objectOf('properties', { ...key.values, PSChildName: key.name.replace(/^.*\\/, '') })
      })
    }),
  )
}

function setProperty(call: PsCall): Promise<PsValue[]> {
  const { host, text, value, name } = call
  const path = text('path literalpath', 0) ?? ''
  if (!isRegistryPath(path)) return Promise.resolve([])
  if (!host.windows.key(path) && name.toLowerCase().startsWith('set')) throw missing(path)
  const property = text('name', 1) ?? ''
  const given = value('value', 2) ?? null
  const isNumber = /dword|qword/i.test(text('propertytype type') ?? '') || typeof given === 'number'
  host.windows.setRegistryValue(
    path,
    property,
    Array.isArray(given) ? given.map(textOf) : isNumber ? numberOf(given) : textOf(given),
  )
  return Promise.resolve(name.toLowerCase().startsWith('new') ? [objectOf('properties', { [property]: given })] : [])
}

function removeProperty({ host, text }: PsCall): Promise<PsValue[]> {
  const path = text('path literalpath', 0) ?? ''
  const name = text('name', 1) ?? ''
  const values = host.windows.key(path)?.values
  const key = Object.keys(values ?? {}).find((one) => one.toLowerCase() === name.toLowerCase())
  if (!values || key === undefined)
    throw new PsError(`Property ${name} does not exist at path ${path}.`, 'InvalidArgument')
  delete values[key]
  return Promise.resolve([])
}

async function getHash(call: PsCall): Promise<PsValue[]> {
  const { createHash } = await import('node:crypto')
  const algorithm = (call.text('algorithm') ?? 'SHA256').toLowerCase()
  return pathsOf(call).flatMap((path) =>
    expand(path, call).map((place) => {
      const node = call.host.windows.disk.tree.find(place)
      if (node?.kind !== 'file') throw missing(windowsPath(place))
      const hash = createHash(algorithm).update(call.host.windows.disk.read(node)).digest('hex').toUpperCase()
      return objectOf('hash', { Algorithm: algorithm.toUpperCase(), Hash: hash, Path: windowsPath(place) })
    }),
  )
}

function expandArchive({ host, session, text }: PsCall): Promise<PsValue[]> {
  const path = text('path literalpath', 0) ?? ''
  host.windows.requireText(session.path(path), path)
  host.windows.makeFolders(session.path(text('destinationpath', 1) ?? '.'))
  return Promise.resolve([])
}
