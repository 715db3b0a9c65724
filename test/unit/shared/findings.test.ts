import { expect, test } from 'vitest'
import { findingTexts } from '../../../src/shared/messages/finding-text'

test.each(['en', 'de'] as const)(
  'every finding says in %s what it is, what it means on a node and what to do',
  (language) => {
    const texts = Object.entries<{ title: string; message: string; why?: string; remedy: string }>(
      findingTexts[language],
    )
    const incomplete = texts.filter(([, { title, message, why, remedy }]) =>
      [title, message, why, remedy].some((text) => text === undefined || text.trim() === ''),
    )
    expect(texts.length).toBeGreaterThan(100)
    expect(incomplete.map(([key]) => key)).toEqual([])
  },
)

test('what a finding means is written in both languages, not copied', () => {
  const german = Object.entries<{ message: string; why?: string }>(findingTexts.de)
  const english = findingTexts.en as Record<string, { message: string; why?: string }>
  expect(german.filter(([key, { why }]) => why === english[key]?.why).map(([key]) => key)).toEqual([])
  expect(german.filter(([key, { message }]) => message === english[key]?.message).map(([key]) => key)).toEqual([])
})
