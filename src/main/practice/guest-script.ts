import type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode } from 'just-bash'
import { failAsBash } from './guest-script-failures'
import {
  command,
  errorDevice,
  everywhere,
  hiddenPrefix,
  literalOf,
  liveVariable,
  nameVariable,
  outputDevice,
  statement,
  word,
} from './guest-script-parts'

/**
 * Changes a parsed script so that it behaves as in a real shell, which the interpreter alone does not: output of each command appears when
 * the command ends and not when the script does, loops leave room for Ctrl+C, scripts know their own name, and failures pass as in bash.
 */
export type ScriptChange = {
  /** Output goes to the process's own streams at once; without it everything is collected, as in `$(...)`. */
  isLive: boolean
  /** Programs of the guest, which write by themselves. */
  programs: ReadonlySet<string>
  /** Shell words that the interpreter lacks. */
  words: ReadonlySet<string>
}

const outOfStreams = new Set([
  'break',
  'continue',
  'return',
  'exit',
  'exec',
  'set',
  'shift',
  'unset',
  'export',
  'local',
])
const declares = new Set(['declare', 'readonly', 'typeset', 'read', 'mapfile', 'readarray', 'let'])

export function changeScript(script: ScriptNode, change: ScriptChange): void {
  everywhere(script, (node) => {
    if (node['type'] === 'While' || node['type'] === 'Until' || node['type'] === 'For' || node['type'] === 'CStyleFor')
      (node['body'] as StatementNode[]).unshift(statement(command(`${hiddenPrefix}tick`)))
    if (node['type'] === 'ParameterExpansion' && isOwnName(node['parameter'])) node['parameter'] = nameVariable
    if (node['type'] === 'SimpleCommand') renameWord(node as unknown as SimpleCommandNode, change)
  })
  if (change.isLive && !redirectsItself(script)) makeLive(script.statements, change)
  failAsBash(script)
}

/** What a script reads before it can do anything: nothing, one line, or all that comes. */
export function inputOf(script: ScriptNode): 'nothing' | 'line' | 'all' {
  const firsts = script.statements.flatMap(({ pipelines }) => pipelines.map(({ commands }) => commands[0]))
  const kinds = firsts.map((first) => (first ? inputOfCommand(first) : 'nothing'))
  return kinds.find((kind) => kind !== 'nothing') ?? 'nothing'
}

function makeLive(statements: StatementNode[], change: ScriptChange): void {
  for (const { pipelines, background } of statements) {
    if (background) continue
    for (const pipeline of pipelines) makePipelineLive(pipeline, change)
  }
}

function makePipelineLive({ commands, pipeStderr = [] }: PipelineNode, change: ScriptChange): void {
  for (const [index, one] of commands.entries()) {
    const isLast = index === commands.length - 1
    if (one.type === 'SimpleCommand') makeCommandLive(one, isLast, pipeStderr[index] === true, change)
    else
      makeCompoundLive(
        one,
        { isLast, isAlone: commands.length === 1, isErrorPiped: pipeStderr[index] === true },
        change,
      )
  }
}

/** What stands in a block alone is made live itself; a block at the end of a pipe, or with outlets of its own, as a whole. */
function makeCompoundLive(
  one: Exclude<CommandNode, SimpleCommandNode>,
  { isLast, isAlone, isErrorPiped }: { isLast: boolean; isAlone: boolean; isErrorPiped: boolean },
  change: ScriptChange,
): void {
  if (one.type === 'FunctionDef') return
  if (!isAlone || one.redirections.some(({ operator }) => operator.includes('>'))) {
    if (isLast) one.redirections.unshift(redirection(1, outputDevice))
    if (!isErrorPiped) one.redirections.unshift(redirection(2, errorDevice))
    return
  }
  switch (one.type) {
    case 'If':
      for (const { condition, body } of one.clauses) {
        makeLive(condition, change)
        makeLive(body, change)
      }
      makeLive(one.elseBody ?? [], change)
      break
    case 'For':
    case 'CStyleFor':
    case 'Subshell':
    case 'Group':
      makeLive(one.body, change)
      break
    case 'While':
    case 'Until':
      makeLive(one.condition, change)
      makeLive(one.body, change)
      break
    case 'Case':
      for (const { body } of one.items) makeLive(body, change)
      break
    default:
  }
}

function makeCommandLive(one: SimpleCommandNode, isLast: boolean, isErrorPiped: boolean, change: ScriptChange): void {
  const name = literalOf(one.name)
  if (one.name === null || (name !== null && (outOfStreams.has(name) || declares.has(name)))) return
  const writers = one.redirections.filter(({ operator }) => operator.includes('>'))
  const joinsErrors = writers.length === 1 && writers[0]?.fd === 2 && writers[0].operator === '>&'
  const isOwn = name !== null && (change.programs.has(name) || isPath(name))
  if (isLast && isOwn && (writers.length === 0 || (joinsErrors && targetOf(one) === '1'))) {
    if (isPath(name) && !name.startsWith(hiddenPrefix)) {
      one.args.unshift(one.name)
      one.name = word(`${hiddenPrefix}run`)
    }
    one.assignments.push(assignment(liveVariable, joinsErrors ? '2' : '1'))
    one.redirections = one.redirections.filter(({ operator }) => !operator.includes('>'))
    return
  }
  if (isLast) one.redirections.unshift(redirection(1, outputDevice))
  if (!isErrorPiped) one.redirections.unshift(redirection(2, errorDevice))
}

function renameWord(one: SimpleCommandNode, { words }: ScriptChange): void {
  const name = literalOf(one.name)
  if (name === null) return
  const readsDevice = one.args.some((arg) => /^\/dev\/(u?random|zero)$/.test(literalOf(arg) ?? ''))
  const isLookUp = name === 'command' && /^-[vV]$/.test(literalOf(one.args[0]) ?? '')
  if (isLookUp) {
    one.args.shift()
    one.name = word(`${hiddenPrefix}lookup`)
  } else if (words.has(name)) one.name = word(`${hiddenPrefix}${name}`)
  else if (readsDevice && name === 'cat') one.name = word(`${hiddenPrefix}flood`)
  else if (readsDevice && name === 'head') one.name = word(`${hiddenPrefix}flood_head`)
}

/** `exec > log` sends everything that follows elsewhere; then nothing is live. */
function redirectsItself(script: ScriptNode): boolean {
  let found = false
  everywhere(script, (node) => {
    if (node['type'] !== 'SimpleCommand') return
    const one = node as unknown as SimpleCommandNode
    if (literalOf(one.name) === 'exec' && one.args.length === 0) found = true
  })
  return found
}

function inputOfCommand(one: CommandNode): 'nothing' | 'line' | 'all' {
  if (one.type === 'While' || one.type === 'Until')
    return hasInput(one.redirections) ? 'nothing' : readsLine(one.condition) ? 'all' : 'nothing'
  if (one.type === 'Group' || one.type === 'Subshell') return inputOf({ type: 'Script', statements: one.body })
  if (one.type !== 'SimpleCommand' || hasInput(one.redirections)) return 'nothing'
  const words = [one.name, ...one.args].map((each) => literalOf(each) ?? '?')
  return inputOfWords(words)
}

const filters =
  'cat tee wc sort head tail tac rev nl od base64 sha256sum sha1sum md5sum gzip gunzip zcat xargs uniq fold strings jq dd'
const readers = new Set(filters.split(' '))
const patternReaders = new Set(['grep', 'egrep', 'fgrep', 'sed', 'awk', 'tr', 'cut'])

function inputOfWords(words: string[]): 'nothing' | 'line' | 'all' {
  const [name = '', ...args] = words
  const plain = args.filter((arg) => !arg.startsWith('-') || arg === '-')
  if (name === 'sudo' || name === 'env' || name === 'nohup' || name === 'time') {
    const at = args.findIndex((arg) => !arg.startsWith('-') && !/^\w+=/.test(arg))
    return at < 0 ? 'nothing' : inputOfWords(args.slice(at))
  }
  if (name === 'read') return 'line'
  if (name === 'bash' || name === 'sh')
    return args.includes('-s') || args.length === 0 || plain[0] === '/dev/stdin' ? 'all' : 'nothing'
  if (name === 'tar') return plain.includes('-') && args.some((arg) => /^-?\w*x|^-?\w*t/.test(arg)) ? 'all' : 'nothing'
  if (name === 'tee') return 'all'
  if (name === 'dd') return args.some((arg) => arg.startsWith('if=')) ? 'nothing' : 'all'
  if (name === 'head' || name === 'tail') {
    const files = args.filter((arg, at) => !arg.startsWith('-') && !/^-[nc]$/.test(args[at - 1] ?? ''))
    return files.length === 0 ? 'all' : 'nothing'
  }
  if (readers.has(name)) return plain.length === 0 || plain.includes('-') ? 'all' : 'nothing'
  if (patternReaders.has(name))
    return plain.length <= (name === 'tr' ? 2 : 1) && args.length > 0 && !args.includes('-f') ? 'all' : 'nothing'
  return 'nothing'
}

function readsLine(condition: StatementNode[]): boolean {
  return condition.some(({ pipelines }) =>
    pipelines.some(({ commands }) =>
      commands.some((one) => one.type === 'SimpleCommand' && literalOf(one.name) === 'read'),
    ),
  )
}

function hasInput(redirections: SimpleCommandNode['redirections']): boolean {
  return redirections.some(({ operator }) => operator.startsWith('<') && operator !== '<>')
}

function targetOf(one: SimpleCommandNode): string | null {
  const target = one.redirections.find(({ operator }) => operator === '>&')?.target
  return target?.type === 'Word' ? literalOf(target) : null
}

function isPath(name: string): boolean {
  return name.includes('/')
}

function isOwnName(parameter: unknown): boolean {
  return parameter === '0' || parameter === 'BASH_SOURCE' || parameter === 'BASH_SOURCE[0]'
}

function assignment(name: string, value: string): SimpleCommandNode['assignments'][number] {
  return { type: 'Assignment', name, value: word(value), append: false, array: null }
}

function redirection(fd: number, path: string): SimpleCommandNode['redirections'][number] {
  return { type: 'Redirection', fd, operator: '>>', target: word(path) }
}
