import { checkTitle, findingText } from '../../shared/messages/finding-text'
import { fill } from '../../shared/messages/format'
import { messages } from '../../shared/messages/messages'
import type { Finding, Inspection } from '../../shared/outputs'
import type { Language, OsType } from '../../shared/terms'
import { commandBlocks, countsOf, inOrder, saidByFacts } from '../../shared/xray'
import { factsOf, headingOf, verdictText } from '../../shared/xray-words'
import { printable } from './io'

/** What was found in a disk, for the terminal: the words of the card in the window, in the same order. */
export function describe(file: string, seen: Inspection, language: Language = 'en'): string {
  const { xray } = messages[language]
  const facts = factsOf(seen, language)
  const width = Math.max(...facts.map(({ label }) => label.length)) + 2
  const read = fill(xray.readIn, { seconds: Math.max(0.01, seen.ms / 1000) }, language)
  return lines(
    `${printable(file)}: ${headingOf(seen, language)}`,
    `${read} ${verdictText(seen, language)}`,
    ...facts.map(({ label, value }) => `  ${label.padEnd(width)}${printable(value)}`),
    ...inOrder(seen.findings)
      .filter((finding) => !saidByFacts(finding))
      .map((finding) => findingLines(finding, seen.os?.type ?? null, language)),
    ...checkLines(seen, language),
  )
}

function findingLines(finding: Finding, os: OsType | null, language: Language): string {
  const { forms, xray } = messages[language]
  const { title, message, why, remedy } = findingText(finding, language)
  const places = os ? xray.on : xray.onSystem
  return lines(
    '',
    `${forms['disk.inspect'].severities[finding.severity]}: ${printable(title)} [${finding.id}]`,
    `  ${printable(`${message} ${why}`.trim())}`,
    `  ${printable(remedy)}`,
    ...commandBlocks(finding, os).flatMap(({ on, text }) => [
      `  ${places[on]}:`,
      ...text.split('\n').map((line) => `    ${printable(line)}`),
    ]),
  ).trimEnd()
}

/** How many checks found nothing, and which could not look. */
function checkLines(seen: Inspection, language: Language): string[] {
  const { xray } = messages[language]
  const { fine, unknown } = countsOf(seen)
  const names = (seen.unknown ?? []).map((id) => checkTitle(id, language)).join(', ')
  return [
    ...(fine || unknown ? [''] : []),
    ...(fine ? [fill(xray.countPassed, { n: fine }, language)] : []),
    ...(unknown ? [fill(xray.countUnknown, { n: unknown, names }, language)] : []),
  ]
}

function lines(...all: string[]): string {
  return `${all.join('\n')}\n`
}
