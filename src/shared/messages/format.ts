import type { Language } from '../terms'
import { formats as formatsDe, kinds as kindsDe } from './de/kinds'
import { formats as formatsEn, kinds as kindsEn } from './en/kinds'
import { steps as stepsDe } from './de/steps'
import { steps as stepsEn } from './en/steps'

export type Params = Record<string, string | number>

const names = {
  en: { kinds: kindsEn, steps: stepsEn, formats: formatsEn },
  de: { kinds: kindsDe, steps: stepsDe, formats: formatsDe },
} as const
const hole = /\{(\w+)(?::([^{}]*))?\}/g
/** A part of a sentence for what is not always known. */
const optional = /\[\?([^[\]]*)\]/g
const sizeUnits = ['KiB', 'MiB', 'GiB', 'TiB'] as const
const missing = '…'

/**
 * Fills the holes of a text. `{name}` as it is; `{n:number}`; `{bytes:size}` in KiB to TiB; `{at:time}` and `{on:day}` from ISO 8601;
 * `{seconds:duration}`; `{share:percent}` from 0 to 100; `{n:plural:step:steps}` is only the word that fits n;
 * `{kind:kind}`, `{step:step}` and `{format:format}` name a kind of resource, a step or a disk format in the language. A value that is not there becomes `…`;
 * `[? in {region}]` is left out as a whole where one of its values is not there.
 */
export function fill(text: string, params: Params, language: Language): string {
  const known = (part: string) => [...part.matchAll(hole)].every(([, name]) => (valueOf(params, name!) ?? '') !== '')
  const sentence = text.replace(optional, (_whole, part: string) => (known(part) ? part : ''))
  return sentence.replace(hole, (_whole, name: string, format: string | undefined) => {
    const value = valueOf(params, name)
    if (value === undefined || value === '') return missing
    return formatted(value, (format ?? '').split(':'), language)
  })
}

/**
 * Words of a cloud, a disk or a stranger, without signs that are not seen or that turn the text around them: such words could
 * make a sentence of ours say something else. Line breaks stay.
 */
export function plain(text: string): string {
  return text.replace(unseen, '\uFFFD')
}

const unseen = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

function valueOf(params: Params, name: string): string | number | undefined {
  return Object.hasOwn(params, name) ? params[name] : undefined
}

/** Names and formats of the holes in a text, sorted, words of plurals left out: what two languages must share. */
export function holesOf(text: string): string[] {
  return [...text.matchAll(hole)].map(([, name, format]) => `${name}:${(format ?? '').split(':')[0]}`).sort()
}

/** Bytes in the largest unit that leaves a number of 1 or more: `1.5 GiB`. */
export function sizeText(bytes: number, language: Language): string {
  let size = bytes
  let unit = 'B'
  for (const next of sizeUnits) {
    if (Math.abs(size) < 1024) break
    size /= 1024
    unit = next
  }
  const digits = unit === 'B' || size >= 100 ? 0 : 1
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(size)} ${unit}`
}

function formatted(value: string | number, [format = '', ...words]: string[], language: Language): string {
  switch (format) {
    case 'number':
      return new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(Number(value))
    case 'size':
      return sizeText(Number(value), language)
    case 'time':
      return timeText(String(value), language)
    case 'day':
      return dayText(String(value), language)
    case 'duration':
      return durationText(Number(value), language)
    case 'percent':
      return new Intl.NumberFormat(language, { style: 'percent' }).format(Number(value) / 100)
    case 'plural':
      return (new Intl.PluralRules(language).select(Number(value)) === 'one' ? words[0] : words[1]) ?? missing
    case 'kind':
      return lookUp(names[language].kinds, String(value)) ?? plain(String(value))
    case 'format':
      return lookUp(names[language].formats, String(value)) ?? plain(String(value))
    case 'step':
      return lookUp(names[language].steps, String(value))?.title ?? plain(String(value))
    default:
      return plain(String(value))
  }
}

function timeText(at: string, language: Language): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return plain(at)
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(date)
}

/** A day of a document is the same day everywhere. */
function dayText(day: string, language: Language): string {
  const date = new Date(day)
  if (Number.isNaN(date.getTime())) return day
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(date)
}

/** Seconds below two minutes, minutes below two hours, hours above. */
function durationText(seconds: number, language: Language): string {
  const [value, unit] =
    seconds < 120 ? [seconds, 'second'] : seconds < 7200 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour']
  const options = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: unit === 'hour' ? 1 : 0 } as const
  return new Intl.NumberFormat(language, options).format(value)
}

/** Data that comes from elsewhere may hold any key, `constructor` too. */
export function lookUp<Value>(table: Record<string, Value>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
