import { messages } from '../../src/shared/messages/messages'

export type TestLanguage = 'en' | 'de'

/** What stands on the buttons: a person reads them, so does a test. */
export function words(language: TestLanguage) {
  return messages[language].ui
}

/** Title of a step in a language. */
export function titleOf(language: TestLanguage, step: keyof (typeof messages)['en']['steps']) {
  return messages[language].steps[step].title
}
