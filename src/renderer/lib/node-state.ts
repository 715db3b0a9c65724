import { text } from './text.svelte'

/** A state of a node in words; one that is new to this version as the service spells it. */
export function nodeStateText(state: string): string {
  const words: Record<string, string> = text.messages.pools.nodeStates
  return Object.hasOwn(words, state) ? words[state]! : state
}
