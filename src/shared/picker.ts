import type { Option } from './contract'

/** A heading of a picker's list: a section with a word of its own, or a group by its own name. */
export type Heading = { section: 'recent' | 'recommended' | 'others' | 'unfit' } | { group: string }
export type Section = { heading: Heading | null; options: Option[] }

/** The options that fit what was typed: recent and recommended ones first, then group by group, what does not fit last. */
export function sections(options: readonly Option[], typed: string): Section[] {
  const found = options.filter((option) => contains(option, typed))
  const first = (['recent', 'recommended'] as const).map((section) => ({
    heading: { section },
    options: found.filter((option) => option.first === section && !option.unfit),
  }))
  const rest = found.filter((option) => !option.first && !option.unfit)
  const hasFirst = first.some((section) => section.options.length > 0)
  const unfit = { heading: { section: 'unfit' as const }, options: found.filter((option) => option.unfit) }
  return [...first, ...grouped(rest, hasFirst), unfit].filter((section) => section.options.length > 0)
}

/** Azure compares names without regard to case. */
export function isNamed(option: Option, name: string): boolean {
  return isSame(option.label, name) || isSame(option.value, name)
}

export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** A text in parts, so that what matches can be marked. */
export function marked(text: string, typed: string): { text: string; isMatch: boolean }[] {
  const lower = text.toLowerCase()
  const isMatch = new Array<boolean>(text.length).fill(false)
  for (const word of wordsOf(typed)) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
      isMatch.fill(true, at, at + word.length)
    }
  }
  const parts: { text: string; isMatch: boolean }[] = []
  for (const [at, letter] of [...text.split('')].entries()) {
    const last = parts.at(-1)
    if (last && last.isMatch === isMatch[at]) last.text += letter
    else parts.push({ text: letter, isMatch: isMatch[at] ?? false })
  }
  return parts
}

function grouped(options: Option[], hasFirst: boolean): Section[] {
  const groups = new Map<string, Option[]>()
  for (const option of options) {
    const group = option.group ?? ''
    groups.set(group, [...(groups.get(group) ?? []), option])
  }
  return [...groups].map(([group, its]) => ({
    heading: group ? { group } : hasFirst ? { section: 'others' } : null,
    options: its,
  }))
}

/** Every word typed stands somewhere in what the option says. */
function contains(option: Option, typed: string): boolean {
  const all = `${option.label} ${option.value} ${option.detail ?? ''} ${option.group ?? ''}`.toLowerCase()
  return wordsOf(typed).every((word) => all.includes(word))
}

function wordsOf(typed: string): string[] {
  return typed.toLowerCase().split(/\s+/).filter(Boolean)
}
