import type { Component } from 'svelte'
import type { SettingsSection } from '../../lib/shell.svelte'
import LookSection from './LookSection.svelte'

/** The sections of the settings in their order; each is a component of its own, its title in `messages.settings.sections`. */
export const sections: { id: SettingsSection; component: Component }[] = [{ id: 'look', component: LookSection }]
