import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { articleItems } from '../../../src/shared/article-items'
import { AppError, errorCodes, remedies } from '../../../src/shared/errors'
import * as nameRules from '../../../src/shared/forms/names'
import { findingText, findingTexts } from '../../../src/shared/messages/finding-text'
import { holesOf } from '../../../src/shared/messages/format'
import { errorText, messages, waitText } from '../../../src/shared/messages/messages'
import { phases, stepIds } from '../../../src/shared/terms'

/** Every text of a language with its place, such as `errors.offline.what`. */
function texts(value: unknown, place = ''): [string, string][] {
  if (typeof value === 'string') return [[place, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, place ? `${place}.${key}` : key))
}

const english = texts({ ...messages.en, findings: findingTexts.en })
const german = new Map(texts({ ...messages.de, findings: findingTexts.de }))
/** Texts that may be empty: a step that makes nothing says nothing. */
const mayBeEmpty = /^steps\..*\.makes$/

test('both languages have the same texts, none of them empty', () => {
  expect(english.length).toBeGreaterThan(300)
  expect([...german.keys()].sort()).toEqual(english.map(([place]) => place).sort())
  const empty = [...english, ...german].filter(([place, text]) => !text.trim() && !mayBeEmpty.test(place))
  expect(empty).toEqual([])
})

test('both languages have the same holes', () => {
  const differing = english.filter(([place, text]) => {
    const [here, there] = [holesOf(text), holesOf(german.get(place) ?? '')].map(
      (holes) => new Set(holes.filter((hole) => !hole.endsWith(':plural'))),
    )
    return [...here!, ...there!].some((hole) => !here!.has(hole) || !there!.has(hole))
  })
  expect(differing.map(([place]) => place)).toEqual([])
})

test('no hole is left open by mistake', () => {
  const odd = [...english, ...german].filter(([, text]) => /[{}]/.test(text.replace(/\{\w+(:[^{}]*)?\}/g, '')))
  expect(odd).toEqual([])
})

test('every error, step, phase and naming rule has its words, and errors have their button', () => {
  expect(Object.keys(messages.en.errors).sort()).toEqual([...errorCodes].sort())
  expect(Object.keys(remedies).sort()).toEqual([...errorCodes].sort())
  expect(Object.keys(messages.en.steps)).toEqual([...stepIds])
  expect(Object.keys(articleItems)).toEqual([...stepIds])
  expect(Object.keys(messages.en.phases)).toEqual([...phases])
  expect(Object.keys(messages.en.names).sort()).toEqual(Object.keys(nameRules).sort())
})

test('fields and checks are called as the screen calls them, and for a command by their keys', () => {
  const input = new AppError('input.invalid', { step: 'pool.create', fields: 'vmSize, nodeAgentSku, strange' }).toData()
  expect(errorText(input, 'en').what).toBe('These fields need another value: Node size, Node agent, strange.')
  expect(errorText(input, 'de').what).toContain(`: ${messages.de.forms['pool.create'].vmSize}, `)
  expect(errorText(input, 'de', 'keys').what).toContain(': vmSize, nodeAgentSku, strange.')
  const checks = new AppError('verify.failed', { checks: 'nodeIdle' }).toData()
  expect(errorText(checks, 'de').what).toContain(messages.de.forms['finish.verify'].checks.nodeIdle)
  const hostile = new AppError('input.invalid', { step: '__proto__', fields: 'constructor' }).toData()
  expect(errorText(hostile, 'en').what).toBe('These fields need another value: constructor.')
})

test('every wait of a step has its words', () => {
  const waits = inSources('src/main/steps', /\bkey: '(\w+)'/g)
  expect(waits.length).toBeGreaterThan(3)
  expect(waits.filter((key) => !Object.hasOwn(messages.en.waits, key))).toEqual([])
})

function inSources(folder: string, pattern: RegExp): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  const found = files.flatMap((name) => [...readFileSync(path.join(folder, name), 'utf8').matchAll(pattern)])
  return [...new Set(found.map(([, id]) => id!))]
}

test('the naming rules name messages that exist', () => {
  for (const rule of Object.values(nameRules)) {
    const issue = rule.safeParse('').error?.issues[0]
    expect(messages.en.names).toHaveProperty(issue!.message)
  }
})

test('what happened and what to do are sentences', () => {
  for (const language of ['en', 'de'] as const) {
    for (const [place, text] of texts(messages[language].errors)) {
      expect(text, `${language} ${place}`).toMatch(/([.?]|\{reason\}]?)$/)
      expect(text, `${language} ${place}`).toMatch(/^[A-ZÄÖÜ{]/)
    }
  }
})

test('German holds no English left over', () => {
  const words = (text: string) => text.replace(/\{[^{}]*\}/g, ' ').match(/\p{L}{3,}/gu) ?? []
  const same = english.filter(([place, text]) => german.get(place) === text && words(text).length > 1)
  // Names that are the same in both languages.
  const names = /Batch Image Studio|Azure US Government|onmicrosoft|^batch\.node|^portal\.azure\./
  expect(same.filter(([, text]) => !names.test(text)).map(([place]) => place)).toEqual([])
  const leftover = /\b(the|and|with|your|please|cannot|file is|will be|this step)\b/i
  expect([...german].filter(([, text]) => leftover.test(text))).toEqual([])
})

test('German speaks to people as Sie', () => {
  expect([...german].filter(([, text]) => /\b(du|dein|deine|deinen|dir|dich)\b/i.test(text))).toEqual([])
})

test('errors name kinds and steps in the language of the reader', () => {
  const taken = new AppError('cloud.name-taken', { kind: 'Batch account', name: 'mine' }).toData()
  expect(errorText(taken, 'en').what).toContain('Batch account “mine”')
  expect(errorText(taken, 'de').what).toContain('Batch-Konto „mine“')
  const early = new AppError('step.not-ready', { step: 'pool.create', missing: 'image.version' }).toData()
  expect(errorText(early, 'de').what).toContain('Pool anlegen')
})

test('a wait or finding that this version does not know is no failure', () => {
  expect(waitText({ key: 'constructor', params: {} }, 'en')).toBe('')
  const finding = { id: 'new.one', severity: 'warn', message: 'm', remedy: 'r' } as const
  expect(findingText(finding, 'de')).toEqual({ title: 'new.one', message: 'm', why: '', remedy: 'r' })
})

test('a finding carries the figures of its disk in either language', () => {
  const finding = {
    id: 'disk.size.alignment',
    severity: 'warn',
    params: { padding: 1536 },
    message: '',
    remedy: '',
  } as const
  expect(findingText(finding, 'en').message).toContain('1.5 KiB of zeros')
  expect(findingText(finding, 'de').message).toContain('1,5 KiB Nullen')
})
