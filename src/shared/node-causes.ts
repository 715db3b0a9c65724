/** A node that needs a person, as far as its cause goes. */
export type TroubledNode = {
  id: string
  state: string
  errors: { code: string; message: string }[]
  startTask: { exitCode: number | null; code: string } | null
}
/** Why nodes need a person. `kind` is a key of the window's texts. */
export type NodeCause = {
  kind:
    | 'startTaskNotFound'
    | 'startTaskDenied'
    | 'startTaskExit'
    | 'diskFull'
    | 'nodeError'
    | 'silent'
    | 'offline'
    | 'unknown'
  exitCode: number | null
  /** The service's own words, '' where it has none. */
  code: string
  message: string
  /** Ids of the nodes. */
  nodes: string[]
}

/** Nodes of one pool grouped by what ails them, the most frequent first. Codes: Batch guide "Check for pool and node errors". */
export function causesOf(nodes: readonly TroubledNode[]): NodeCause[] {
  const causes = new Map<string, NodeCause>()
  for (const node of nodes) {
    const cause = causeOf(node)
    const key = [cause.kind, cause.exitCode, cause.code].join(' ')
    const known = causes.get(key)
    if (known) known.nodes.push(node.id)
    else causes.set(key, { ...cause, nodes: [node.id] })
  }
  return [...causes.values()].sort((a, b) => b.nodes.length - a.nodes.length)
}

function causeOf({ state, errors, startTask }: TroubledNode): Omit<NodeCause, 'nodes'> {
  const [error] = errors
  const none = { exitCode: null, code: error?.code ?? '', message: error?.message ?? '' }
  if (state === 'starttaskfailed') {
    const exitCode = startTask?.exitCode ?? null
    const code = startTask?.code ?? ''
    return { ...none, kind: startTaskKind(exitCode, code), exitCode, code }
  }
  if (error) return { ...none, kind: /^diskfull$/i.test(error.code) ? 'diskFull' : 'nodeError' }
  if (state === 'unusable') return { ...none, kind: 'silent' }
  return { ...none, kind: state === 'offline' ? 'offline' : 'unknown' }
}

/** What shells end with: 127 and 9009 (Windows) = no such command, 126 = there, but not to be run. */
function startTaskKind(exitCode: number | null, code: string): NodeCause['kind'] {
  if (exitCode === 127 || exitCode === 9009 || code === 'CommandProgramNotFound') return 'startTaskNotFound'
  return exitCode === 126 ? 'startTaskDenied' : 'startTaskExit'
}
