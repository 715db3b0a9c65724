import { fill } from './messages/format'
import { messages } from './messages/messages'
import type { Inspection } from './outputs'
import { nodeAgentFor } from './node-agents'
import type { Language } from './terms'
import { architectureOf, countsOf } from './xray'

/** What the card of a disk and the command line say of it in one line each. */
export function headingOf(seen: Inspection, language: Language): string {
  const words = messages[language].forms['disk.inspect']
  const titles = {
    ok: words.titleOk,
    info: words.titleOk,
    warn: words.titleWarn,
    block: words.titleBlock,
    unreadable: words.titleUnreadable,
  }
  return titles[seen.verdict]
}

/** `2 things stop it, 1 deserves a look.` */
export function verdictText(seen: Inspection, language: Language): string {
  const { verdict } = messages[language].xray
  const { block, warn } = countsOf(seen)
  const sentence = block && warn ? verdict.both : block ? verdict.block : warn ? verdict.warn : verdict.ok
  return fill(sentence, { block, warn }, language)
}

/** Format, system, generation, node agent and processors, as far as the disk tells them. */
export function factsOf(seen: Inspection, language: Language): { label: string; value: string }[] {
  const { xray, ui, forms } = messages[language]
  const words = forms['disk.inspect']
  const { unknown } = ui.common
  const format = fill(
    '{format}, {bytes:size}',
    { format: words.formats[seen.format], bytes: seen.virtualSize },
    language,
  )
  return [
    // Number and unit stay on one line.
    { label: words.format, value: format.replace(/ (?=\S+$)/, '\u00a0') },
    { label: words.system, value: systemName(seen, language) ?? unknown },
    { label: words.generation, value: seen.generation ? words.generations[seen.generation] : unknown },
    { label: xray.agent, value: agentName(seen, language) ?? unknown },
    { label: xray.architecture, value: architectureOf(seen) ?? unknown },
  ]
}

function systemName({ os, findings }: Inspection, language: Language): string | null {
  const named = findings.find(({ id }) => id === 'os.identified')?.params?.['name']
  if (named !== undefined) return String(named)
  if (!os) return null
  return [os.id ?? messages[language].forms['disk.inspect'].os[os.type], os.versionId].filter(Boolean).join(' ')
}

function agentName({ os }: Inspection, language: Language): string | null {
  if (!os) return null
  const { name, isGuess } = nodeAgentFor(os)
  const agent = name.replace('batch.node.', '')
  return isGuess ? fill(messages[language].xray.agentGuess, { agent }, language) : agent
}
