import type { preflight as english } from '../en/preflight'

export const preflight: typeof english = {
  register: {
    label: 'Fehlende Azure-Dienste freischalten',
    hint: 'Einmal je Abonnement nötig und kostenlos: Batch, Compute und Speicher.',
  },
}
