import type { Component } from 'svelte'
import type { SettingsSection } from '../../lib/shell.svelte'
import AccountsSection from './AccountsSection.svelte'
import CloudsSection from './CloudsSection.svelte'
import FoldersSection from './FoldersSection.svelte'
import LogSection from './LogSection.svelte'
import LookSection from './LookSection.svelte'
import NetworkSection from './NetworkSection.svelte'
import NoticesSection from './NoticesSection.svelte'
import SupportSection from './SupportSection.svelte'
import UploadsSection from './UploadsSection.svelte'

/** The sections of the settings in their order; each is a component of its own, its title in `messages.settings.sections`. */
export const sections: { id: SettingsSection; component: Component }[] = [
  { id: 'look', component: LookSection },
  { id: 'notices', component: NoticesSection },
  { id: 'clouds', component: CloudsSection },
  { id: 'accounts', component: AccountsSection },
  { id: 'network', component: NetworkSection },
  { id: 'uploads', component: UploadsSection },
  { id: 'folders', component: FoldersSection },
  { id: 'log', component: LogSection },
  { id: 'support', component: SupportSection },
]
