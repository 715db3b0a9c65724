import { expand, missing, pathsOf } from './guest-cmdlets-parts'
import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import { listOf, numberOf, objectOf, textOf, type PsValue } from './guest-powershell-values'
import { windowsPath } from './guest-windows-paths'

/** What is in files. */
export const contentCmdlets: Record<string, Cmdlet> = {
  'get-content': getContent,
  gc: getContent,
  cat: getContent,
  type: getContent,
  'set-content': (call) => putContent(call, false),
  'add-content': (call) => putContent(call, true),
  'out-file': (call) => putContent(call, call.has('append')),
  'clear-content': (call) => putContent({ ...call, input: [''] }, false),
  'get-filehash': getHash,
  'expand-archive': expandArchive,
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
