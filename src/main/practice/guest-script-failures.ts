import type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode } from 'just-bash'
import {
  command,
  errorDevice,
  everywhere,
  hiddenPrefix,
  literalOf,
  outputDevice,
  statement,
  word,
} from './guest-script-parts'

/**
 * Changes a parsed script so that commands fail as in bash, where the interpreter alone would end the script (its version 3.4.2):
 * - What stands before `||` or `&&`, or behind `!`, fails without consequence under `set -e`, and so does all in it. The interpreter
 *   heeds that in the condition of an `if` only, so that it becomes one.
 * - What stands in `$(…)` fails without consequence.
 * - A function or a subshell that ends with a failed `a && b` has failed for those who called it.
 * - A file that cannot be opened fails its command, not the script. The interpreter heeds that for descriptors from 3 on, so that
 *   files are opened on one of those first.
 */
export function failAsBash(script: ScriptNode): void {
  let descriptor = firstDescriptor
  everywhere(script, (node) => {
    if (Array.isArray(node['redirections']))
      node['redirections'] = (node['redirections'] as RedirectionNode[]).flatMap((one) =>
        opensFile(one) ? opened(one, descriptor++) : [one],
      )
    if (node['type'] === 'CommandSubstitution') heedNothing(node['body'] as ScriptNode)
    if (node['type'] === 'FunctionDef' || node['type'] === 'Subshell') endWithStatus(node as unknown as Ending)
    if (node['type'] === 'Statement') ignoreFailures(node as unknown as StatementNode)
  })
}

type RedirectionNode = SimpleCommandNode['redirections'][number]
type IfNode = Extract<CommandNode, { type: 'If' }>
type Ending = { body: CommandNode | StatementNode[] }

/** Above those that scripts choose for themselves. */
const firstDescriptor = 300
const devices: ReadonlySet<string> = new Set([outputDevice, errorDevice, '/dev/null'])

function opensFile({ fd, fdVariable, operator, target }: RedirectionNode): boolean {
  const isOfFile = operator === '>' || operator === '>>' || operator === '>|' || operator === '&>' || operator === '&>>'
  const isStandard = fdVariable === undefined && (fd ?? 1) < 3
  return isOfFile && isStandard && target.type === 'Word' && !devices.has(literalOf(target) ?? '')
}

/** `2> file` as `300> file 2>&300`. */
function opened(one: RedirectionNode, descriptor: number): RedirectionNode[] {
  const { operator, fd } = one
  const isBoth = operator === '&>' || operator === '&>>'
  const plain = operator === '&>' ? '>' : operator === '&>>' ? '>>' : operator
  const joined = (of: number): RedirectionNode => ({
    ...{ type: 'Redirection', fd: of, operator: '>&' },
    target: word(String(descriptor)),
  })
  return [{ ...one, fd: descriptor, operator: plain }, ...(isBoth ? [1, 2] : [fd ?? 1]).map(joined)]
}

function ignoreFailures(one: StatementNode): void {
  const last = one.pipelines.length - 1
  for (const [index, pipeline] of one.pipelines.entries()) {
    const isHeeded = index < last && one.operators[index] !== ';'
    if (isHeeded || pipeline.negated) asCondition(pipeline)
    // A list of its own, so that it is forgotten whether the one before might fail.
    else if (index > 0) one.pipelines[index] = piped({ type: 'Group', body: [listed(pipeline)], redirections: [] })
  }
}

/** Programs in a row stay, whose single ends are to be had from PIPESTATUS. */
function asCondition(pipeline: PipelineNode): void {
  const isPlainRow = pipeline.commands.length > 1 && pipeline.commands.every(({ type }) => type === 'SimpleCommand')
  if (isPlainRow) return
  const { commands, pipeStderr } = pipeline
  const inner: PipelineNode = { type: 'Pipeline', commands, negated: false, ...(pipeStderr ? { pipeStderr } : {}) }
  pipeline.commands = [conditionOf([listed(inner)])]
  delete pipeline.pipeStderr
}

/** An `if` that ends as its condition does. */
function conditionOf(condition: StatementNode[]): IfNode {
  return {
    type: 'If',
    clauses: [{ condition, body: [] }],
    elseBody: [{ ...status(), pipelines: [...status().pipelines, piped(command(':'))], operators: ['&&'] }],
    redirections: [],
  }
}

function endWithStatus(one: Ending): void {
  if (Array.isArray(one.body)) one.body.push(status())
  else one.body = { type: 'Group', body: [listed(piped(one.body)), status()], redirections: [] }
}

/** `set -e` does not reach into `$(…)`; a lone `$(< file)` reads that file. */
function heedNothing(body: ScriptNode): void {
  const [first] = body.statements
  const one = first?.pipelines[0]?.commands[0]
  const isReading = one?.type === 'SimpleCommand' && one.name === null
  if (first && !isReading) body.statements = [listed(piped(conditionOf(body.statements)))]
}

/** A command that ends as the one before it did. */
function status(): StatementNode {
  const one = command(`${hiddenPrefix}status`)
  one.args.push({ type: 'Word', parts: [{ type: 'ParameterExpansion', parameter: '?', operation: null }] })
  return statement(one)
}

function piped(one: CommandNode): PipelineNode {
  return { type: 'Pipeline', commands: [one], negated: false }
}

function listed(pipeline: PipelineNode): StatementNode {
  return { type: 'Statement', pipelines: [pipeline], operators: [], background: false }
}
