import type { settings as english } from '../en/settings'

export const settings: typeof english = {
  title: 'Einstellungen',
  menu: 'Einstellungen…',
  back: 'Zurück',
  list: 'Abschnitte der Einstellungen',
  sections: {
    look: 'Sprache und Darstellung',
    network: 'Netzwerk',
  },
  look: {
    lead: 'Beides ändert sich sofort, auch während ein Durchlauf arbeitet.',
    language: 'Sprache',
    languages: { system: 'Wie das System', en: 'English', de: 'Deutsch' },
    theme: 'Darstellung',
    themes: { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  },
}
