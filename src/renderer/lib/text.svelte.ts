import { fill as fillHoles } from '../../shared/messages/format'
import { messages, type Messages } from '../../shared/messages/messages'
import type { Language } from '../../shared/terms'

class Text {
  language = $state<Language>('en')

  get messages(): Messages {
    return messages[this.language]
  }
}

/** The language on screen. */
export const text = new Text()

/** Fills the holes of a text in the language on screen. */
export function fill(template: string, params: Record<string, string | number>): string {
  return fillHoles(template, params, text.language)
}

export function sizeText(bytes: number): string {
  // Number and unit stay on one line.
  return fill('{bytes:size}', { bytes }).replace(' ', '\u00a0')
}

/** A span of time in one or two units: `9 min`, `1 h 5 min`; below ten seconds with the given decimals. */
export function spanText(seconds: number, digits = 0): string {
  if (digits > 0 && seconds < 1) return unit(Math.max(1, Math.round(seconds * 1000)), 'millisecond')
  if (digits > 0 && seconds < 10) return unit(Number(seconds.toFixed(digits)), 'second')
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return unit(whole, 'second')
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return unit(minutes, 'minute')
  const rest = minutes % 60
  return rest ? `${unit(Math.floor(minutes / 60), 'hour')} ${unit(rest, 'minute')}` : unit(minutes / 60, 'hour')
}

export function clockText(at: number, withSeconds = false): string {
  return new Intl.DateTimeFormat(text.language, {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
    hour12: false,
  }).format(at)
}

/** Date and time as people write it: today only the time. */
export function timeText(iso: string, withSeconds = false): string {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return iso
  const day = new Intl.DateTimeFormat(text.language, { dateStyle: 'short' })
  if (day.format(at) === day.format(Date.now())) return clockText(at, withSeconds)
  return new Intl.DateTimeFormat(text.language, { dateStyle: 'medium', timeStyle: 'short' }).format(at)
}

/** A day as people write it. */
export function dayText(iso: string): string {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return iso
  // A day without a time is the same day everywhere.
  const timeZone = /^\d{4}-\d\d-\d\d$/.test(iso) ? 'UTC' : undefined
  return new Intl.DateTimeFormat(text.language, { dateStyle: 'medium', timeZone }).format(at)
}

export function numberText(value: number, digits = 0): string {
  return new Intl.NumberFormat(text.language, { maximumFractionDigits: digits }).format(value)
}

function unit(value: number, name: 'millisecond' | 'second' | 'minute' | 'hour'): string {
  return new Intl.NumberFormat(text.language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
}

/** A kind of resource in the language on screen. */
export function kindText(what: string): string {
  const { kinds } = text.messages
  return Object.hasOwn(kinds, what) ? kinds[what as keyof typeof kinds] : what
}
