import { expand, missing, pathsOf } from './guest-cmdlets-parts'
import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import { objectOf, textOf, type PsValue } from './guest-powershell-values'
import { isRegistryPath, windowsPath } from './guest-windows-paths'

/** Paths and the folder that the session stands in. */
export const pathCmdlets: Record<string, Cmdlet> = {
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
