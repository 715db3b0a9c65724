import { expect, test } from 'vitest'
import { fill, holesOf, sizeText } from '../../../src/shared/messages/format'

test.each([
  ['en', 0, '0 B'],
  ['en', 1023, '1,023 B'],
  ['en', 1024, '1 KiB'],
  ['en', 1536, '1.5 KiB'],
  ['de', 1536, '1,5 KiB'],
  ['en', 127 * 2 ** 30, '127 GiB'],
  ['en', 1.25 * 2 ** 40, '1.3 TiB'],
  ['en', 5000 * 2 ** 40, '5,000 TiB'],
] as const)('%s: %d bytes are %s', (language, bytes, text) => {
  expect(sizeText(bytes, language)).toBe(text)
})

test.each([
  ['en', '{n:number} {n:plural:step:steps}', { n: 1 }, '1 step'],
  ['en', '{n:number} {n:plural:step:steps}', { n: 0 }, '0 steps'],
  ['en', 'No {kind:kind}.', { kind: 'a\u202Eb' }, 'No a\uFFFDb.'],
  ['en', 'Not {name}.', { name: 'a\u202Egnp.exe\u001b[2J' }, 'Not a\uFFFDgnp.exe\uFFFD[2J.'],
  ['en', 'Until {at:time}.', { at: 'a\u202Eb' }, 'Until a\uFFFDb.'],
  ['en', 'No cores[? in {region}][?: {used} of {limit}].', { used: 0, limit: 0 }, 'No cores: 0 of 0.'],
  ['en', 'No cores[? in {region}][?: {used} of {limit}].', { region: 'eu', limit: 4 }, 'No cores in eu.'],
  ['de', '{n:number} {n:plural:Schritt:Schritte}', { n: 1234.5 }, '1.234,5 Schritte'],
  ['en', '{share:percent}', { share: 42 }, '42%'],
  ['de', '{share:percent}', { share: 42 }, '42 %'],
  ['en', '{seconds:duration}', { seconds: 90 }, '90 sec'],
  ['en', '{seconds:duration}', { seconds: 600 }, '10 min'],
  ['de', '{seconds:duration}', { seconds: 9000 }, '2,5 Std.'],
  ['de', '{kind:kind}', { kind: 'page blob' }, 'Seitenblob'],
  ['en', '{kind:kind}', { kind: 'constructor' }, 'constructor'],
  ['de', '{step:step}', { step: 'disk.upload' }, 'Datenträger hochladen'],
  ['en', '{name} and {name}', { name: '$& {x}' }, '$& {x} and $& {x}'],
  ['en', 'without {value}', {}, 'without …'],
  ['en', 'without {value}', { value: '' }, 'without …'],
  ['en', '{at:time}', { at: 'soon' }, 'soon'],
] as const)('%s: %s', (language, text, params, expected) => {
  expect(fill(text, params, language).replaceAll('\u00a0', ' ')).toBe(expected)
})

test('a time is written as people of the language write it', () => {
  const params = { at: '2026-03-31T12:00:00Z' }
  expect(fill('{at:time}', params, 'de')).toContain('31.03.2026')
  expect(fill('{at:time}', params, 'en')).toContain('Mar 31, 2026')
})

test('holes are listed with their format, without the words of plurals', () => {
  expect(holesOf('{b} {a:size} {n:plural:step:steps}')).toEqual(['a:size', 'b:', 'n:plural'])
})
