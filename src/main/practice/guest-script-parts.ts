import type { PipelineNode, SimpleCommandNode, StatementNode, WordNode } from 'just-bash'

/** The interpreter takes its programs from /usr/bin only; these are there without being listed. */
export const hiddenPrefix = '/usr/bin/_'
export const outputDevice = '/dev/.practice/out'
export const errorDevice = '/dev/.practice/err'
/** Set for a program that may write to the streams: 1, or 2 when its errors go where its output goes. */
export const liveVariable = '_LIVE'
export const nameVariable = '_ZERO'

/** The text of a word that holds no expansion; null for any other. */
export function literalOf(word: WordNode | null | undefined): string | null {
  if (!word) return null
  let text = ''
  for (const part of word.parts) {
    if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Escaped') text += part.value
    else if (part.type === 'DoubleQuoted') {
      const inner = literalOf({ type: 'Word', parts: part.parts })
      if (inner === null) return null
      text += inner
    } else return null
  }
  return text
}

export function everywhere(value: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) {
    for (const one of value as unknown[]) everywhere(one, visit)
  } else if (typeof value === 'object' && value !== null) {
    const node = value as Record<string, unknown>
    for (const one of Object.values(node)) if (typeof one === 'object') everywhere(one, visit)
    visit(node)
  }
}

export function word(text: string): WordNode {
  return { type: 'Word', parts: [{ type: 'Literal', value: text }] }
}

export function command(name: string): SimpleCommandNode {
  return { type: 'SimpleCommand', assignments: [], name: word(name), args: [], redirections: [] }
}

export function statement(one: SimpleCommandNode): StatementNode {
  const pipeline: PipelineNode = { type: 'Pipeline', commands: [one], negated: false }
  return { type: 'Statement', pipelines: [pipeline], operators: [], background: false }
}
