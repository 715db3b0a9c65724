/** Words of the settings screen. */
export const settings = {
  title: 'Settings',
  menu: 'Settings…',
  back: 'Back',
  list: 'Sections of the settings',
  sections: {
    look: 'Language and appearance',
    network: 'Network',
  },
  look: {
    lead: 'Both change at once, also while a run is working.',
    language: 'Language',
    languages: { system: 'Like the system', en: 'English', de: 'Deutsch' },
    theme: 'Appearance',
    themes: { system: 'Like the system', light: 'Light', dark: 'Dark' },
  },
}
