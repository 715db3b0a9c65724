import type { Finding } from '../outputs'
import type { Language } from '../terms'
import { findings as diskDe } from './de/findings'
import { linuxFindings as linuxDe } from './de/findings-linux'
import { windowsFindings as windowsDe } from './de/findings-windows'
import { checks as checksDe } from './de/xray'
import { findings as disk } from './en/findings'
import { linuxFindings as linux } from './en/findings-linux'
import { windowsFindings as windows } from './en/findings-windows'
import { checks } from './en/xray'
import { fill, holesOf, lookUp } from './format'

const english = { ...disk, ...linux, ...windows }
const german: typeof english = { ...diskDe, ...linuxDe, ...windowsDe }

/** All texts of findings, per language. */
export const findingTexts = { en: english, de: german } as const

/** Id of a finding, or `id:variant` where an id has several texts. */
export type FindingKey = keyof typeof english

export type FindingText = {
  title: string
  message: string
  /** What it means on a Batch node; empty where the message says it all. */
  why: string
  remedy: string
}

/** Words of a finding with the figures of this disk. A finding that this version does not know speaks in its own words. */
export function findingText(finding: Finding, language: Language): FindingText {
  const texts: Record<string, Omit<FindingText, 'why'> & { why?: string }> = findingTexts[language]
  const text = lookUp(texts, finding.variant ? `${finding.id}:${finding.variant}` : finding.id)
  if (!text) return { title: finding.id, message: finding.message, why: '', remedy: finding.remedy }
  // Journals of earlier versions kept the words only, not the figures.
  const isOld = !finding.params && holesOf(text.message).length > 0
  const filled = (words: string) => fill(words, finding.params ?? {}, language)
  return {
    title: filled(text.title),
    message: isOld ? finding.message : filled(text.message),
    why: filled(text.why ?? ''),
    remedy: filled(text.remedy),
  }
}

/** What a check makes sure of. One that this version does not know is called by its id. */
export function checkTitle(id: string, language: Language): string {
  return lookUp(language === 'de' ? checksDe : checks, id) ?? lookUp(findingTexts[language], id)?.title ?? id
}
